"""docs/api.md says who may ask what, and shows answers, as the code has them."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from api.access.policy import Policy, policy_of
from api.access.role import Role
from api.answers import Change, Desk
from api.app import ROUTERS, flat
from api.routes.devices import Device, Devices
from api.routes.people import PersonAt
from occupancy import prospect
from occupancy.state import State

WORDS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
COLUMNS = (
    (Role.SCREEN,),
    (Role.STAFF,),
    (Role.ANALYST,),
    (Role.FACILITIES, Role.ADMIN),
)


def described() -> dict[tuple[str, str], frozenset[str] | None]:
    """Who may ask each method and path, by the table; None where anyone may."""
    table = WORDS.partition("## Who may ask")[2].partition("\n## ")[0]
    found: dict[tuple[str, str], frozenset[str] | None] = {}
    for line in re.findall(r"^\| .*`.*$", table, re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        method = "GET"
        for word in re.findall(r"`([^`]+)`", cells[0]):
            *named, path = word.split()
            method = named[0] if named else method
            allowed = zip(COLUMNS, cells[1:], strict=False)
            roles = frozenset(r for column, said in allowed for r in column if said != "no")
            found[method, path] = None if cells[1].startswith("anyone") else roles
    return found


def enforced() -> dict[tuple[str, str], frozenset[str] | None]:
    """Who may ask each method and path of the API, by the code."""
    found: dict[tuple[str, str], frozenset[str] | None] = {}
    for route in flat(route for router in ROUTERS for route in router.routes):
        path = re.sub(r"\{\w+\}", "{id}", route.path)
        if path.startswith("/v1") or path in {"/healthz", "/readyz", "/metrics"}:
            policy = policy_of(route)
            roles = frozenset(policy.roles) if isinstance(policy, Policy) else None
            found.update({(method, path): roles for method in route.methods})
    return found


def test_the_table_of_roles_is_what_the_routes_enforce():
    """Each path in the table is there, each route is in the table, for the same roles."""
    assert described() == enforced()


def blocks() -> list[dict]:
    """The answers that the guide shows."""
    return [json.loads(text) for text in re.findall(r"```json\n(.*?)```", WORDS, re.DOTALL)]


def test_the_desk_shown_has_the_fields_of_a_desk():
    """The example of a desk has what an answer has, with `distance` as near asks for."""
    (desk,) = blocks()[0]["desks"]

    msgspec.convert(desk, Desk, strict=False)
    assert set(desk) == {*Desk.__struct_encode_fields__, "distance"}


def test_the_outlook_shown_has_the_fields_of_an_outlook():
    """The example has what an answer has, and each cause that may be told has a row."""
    shown = blocks()[1]["outlook"]

    msgspec.convert(shown, list[Change])
    assert all(set(change) == set(Change.__struct_encode_fields__) for change in shown)
    documented = re.findall(r"`([a-z-]+)`", Path(prospect.__file__).read_text(encoding="utf-8"))
    table = WORDS.partition("| cause | what may come |")[2].partition("\n\n")[0]
    assert set(documented) == set(re.findall(r"`([a-z-]+)`", table)) - {"source"}


def test_the_person_shown_has_the_fields_of_a_person():
    """The example of a person has what an answer has, and no place finer than a room."""
    found = msgspec.convert(blocks()[2], PersonAt)

    assert set(blocks()[2]) == set(PersonAt.__struct_encode_fields__)
    assert found.place is not None
    assert found.place.kind == "room"


def test_the_devices_shown_have_the_fields_of_devices():
    """The example has what an answer has."""
    shown = blocks()[3]

    msgspec.convert(shown, Devices)
    assert set(shown) == set(Devices.__struct_encode_fields__)
    assert set(shown["devices"][0]) == set(Device.__struct_encode_fields__)


@pytest.mark.parametrize("state", State)
def test_every_state_is_explained(state):
    """The guide says what to show for each state."""
    assert f"\n| `{state.value}` |" in WORDS
