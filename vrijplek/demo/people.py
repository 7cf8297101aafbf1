"""The demo's invented people: enrolled once, with a key for each role.

Their tags come from the simulator through a pipe and are hashed here; no address is written down.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from api.access.role import Role
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from sensors.tag import tag_of
from vrijplek.private import write_private

HIDDEN_EVERY = 8
"""Every eighth has not opted in, so that the finder's rule can be seen."""
CARRIERS = ("Wim Watch", "Bea Baken", "Fatima Foon", "Tom Tag")
OFFICIALS = (
    ("vera", "Vera de Staf", Role.STAFF),
    ("anne", "Anne Lijst", Role.ANALYST),
    ("fedor", "Fedor Sleutel", Role.FACILITIES),
    ("adam", "Adam Beheer", Role.ADMIN),
)


class Invented(msgspec.Struct, frozen=True):
    """A person of the simulator."""

    id: str
    name: str
    address: str
    """Address of the tag; in memory only."""


def invented(building: Path, people: int, seed: int) -> list[Invented]:
    """The simulator's people, asked of the simulator itself."""
    told = subprocess.run(  # noqa: S603 - our own simulator
        [
            sys.executable,
            "-m",
            "firmware_sim",
            "roster",
            *("--building", str(building), "--people", str(people), "--seed", str(seed)),
        ],
        check=True,
        capture_output=True,
    )
    return msgspec.json.decode(told.stdout, type=list[Invented])


def carriers(addresses: Sequence[str]) -> list[Invented]:
    """An invented person for each address of a real tag."""
    return [
        Invented(f"t-{number:03}", CARRIERS[(number - 1) % len(CARRIERS)], address)
        for number, address in enumerate(addresses, 1)
    ]


def enrol(store: PeopleStore, people: Sequence[Invented]) -> None:
    """Enrol people and their tags; who is known already stays as they are."""
    known = {person.id for person in store.register.persons()}
    for number, person in enumerate(people):
        if person.id not in known:
            visible = number % HIDDEN_EVERY != HIDDEN_EVERY - 1
            choice = Visibility(visible=visible, precision=Precision.ROOM)
            store.register.add(person.name, Role.STAFF, choice, person.id)
        tag = tag_of(person.address, store.site_key)
        if tag not in store.register.tags_of(person.id):
            store.register.enrol(person.id, tag)


def keys(store: PeopleStore, file: Path, now_ms: int) -> dict[str, str]:
    """The demo's keys by role, made once and kept in a file of the owner's alone.

    Args:
        store: Where their hashes go.
        file: `keys.json`.
        now_ms: Now, ms UTC.
    """
    if file.exists():
        return {str(role): str(key) for role, key in json.loads(file.read_text()).items()}
    known = {person.id for person in store.register.persons()}
    made = {"screen": store.keys.for_screen("demo", now_ms)}
    for person_id, name, role in OFFICIALS:
        if person_id not in known:
            store.register.add(name, role, Visibility(), person_id)
        made[role.value] = store.keys.for_person(person_id, now_ms)
    write_private(file, json.dumps(made, indent=2) + "\n")
    return made
