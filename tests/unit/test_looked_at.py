"""Which building a command that looks on takes."""

from contextlib import closing
from pathlib import Path

import pytest

from api.people.store import PeopleStore
from sensors.keys import NO_KEYS
from vrijplek.building import BuildingError
from vrijplek.commands.state import building_of, keys_of
from vrijplek.demo.building import building_file
from vrijplek.running import Running

HERE = Running("http://127.0.0.1:9", "127.0.0.1", 9, "given", "hq")


def saved(state: Path, building: Path) -> Path:
    """The state folder of a service with a building."""
    Running(HERE.http, "127.0.0.1", 9, "given", "hq", building=str(building)).save(state)
    return state


def test_it_is_that_of_the_running_service(tmp_path):
    """Where none is named, and it is that service which is looked at."""
    state = saved(tmp_path, building_file("demo-office"))
    assert building_of("", state, is_its_own=True).site == "demo"
    assert building_of("", state, is_its_own=False) is None


def test_what_is_named_goes_before_it(tmp_path):
    """By its name or its path."""
    state = saved(tmp_path, building_file("demo-office"))
    other = building_of("espresense-house", state, is_its_own=True)
    assert other.site != "demo"


def test_without_a_service_there_is_none(tmp_path):
    """Nor with one of a version that did not tell."""
    assert building_of("", tmp_path, is_its_own=True) is None
    HERE.save(tmp_path)
    assert building_of("", tmp_path, is_its_own=True) is None


def test_a_building_that_is_wrong_by_now_is_told(tmp_path):
    """As any other that is wrong."""
    file = tmp_path / "hq.yaml"
    file.write_text("site: hq\n")
    with pytest.raises(BuildingError):
        building_of("", saved(tmp_path, file), is_its_own=True)


def test_its_keys_are_those_of_its_vault(tmp_path):
    """Not where another broker is looked at, and none where there is no people store."""
    assert keys_of(tmp_path, is_its_own=True) == NO_KEYS
    with closing(PeopleStore(tmp_path / "people.sqlite")) as people:
        people.vault.keep_bind_key("5448e68f80a5", bytes(16))
    assert keys_of(tmp_path, is_its_own=True).bind_keys == {"5448e68f80a5": bytes(16)}
    assert keys_of(tmp_path, is_its_own=False) == NO_KEYS
