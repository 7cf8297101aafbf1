"""The demo's invented people, their keys, and the passwords of its boards."""

import json

import pytest
from support.office import OFFICE

from api.access.role import Role
from api.access.token import hash_of
from api.people.person import Precision
from api.people.store import PeopleStore
from sensors.tag import tag_of
from vrijplek.broker.accounts import REPLAY
from vrijplek.broker.folder import STAFF
from vrijplek.demo import people
from vrijplek.demo.building import building_file
from vrijplek.demo.credentials import accounts
from vrijplek.demo.people import Invented, carriers, enrol, invented, keys
from vrijplek.errors import UsageError

NOW_MS = 1_795_428_000_000


def crowd(count):
    """Invented people with an address each."""
    return [
        Invented(f"p-{n:03}", f"Person {n}", f"c3:00:00:00:00:{n:02x}") for n in range(1, count + 1)
    ]


@pytest.fixture
def store(tmp_path):
    """An empty people store."""
    made = PeopleStore(tmp_path / "people.sqlite")
    yield made
    made.close()


def test_every_eighth_is_hidden(store):
    """So that the finder's rule can be seen; all others are shown down to the room."""
    enrol(store, crowd(24))
    persons = {person.id: person.visibility for person in store.register.persons()}
    hidden = sorted(key for key, chosen in persons.items() if not chosen.visible)
    assert hidden == ["p-008", "p-016", "p-024"]
    assert {chosen.precision for chosen in persons.values()} == {Precision.ROOM}


def test_the_tag_of_a_hidden_person_is_not_heard(store):
    """It is enrolled, and counts once they opt in."""
    enrol(store, crowd(8))
    tags = {person.id: tag_of(person.address, store.site_key) for person in crowd(8)}
    assert store.is_enrolled(tags["p-001"])
    assert not store.is_enrolled(tags["p-008"])
    assert store.register.tags_of("p-008") == (tags["p-008"],)


def test_a_second_start_changes_nobody(store):
    """Who withdrew in between stays withdrawn; nobody gets a second tag."""
    enrol(store, crowd(2))
    first = store.register.person("p-001")
    hidden = type(first.visibility)(visible=False)
    store.register.choose("p-001", hidden)
    enrol(store, crowd(3))
    assert store.register.person("p-001").visibility == hidden
    assert [len(store.register.tags_of(f"p-00{n}")) for n in (1, 2, 3)] == [1, 1, 1]


def test_no_address_is_in_the_file(store, tmp_path):
    """Only hashes are written down."""
    enrol(store, crowd(8))
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for person in crowd(8):
        assert person.address.encode() not in written
        assert person.address.replace(":", "").encode() not in written


def test_keys_are_made_once_and_kept(store, tmp_path):
    """A second start gives the same ones, and they work."""
    file = tmp_path / "keys.json"
    made = keys(store, file, NOW_MS)
    assert set(made) == {role.value for role in Role}
    assert keys(store, file, NOW_MS + 1) == made == json.loads(file.read_text())
    for role, key in made.items():
        assert store.keys.caller(hash_of(key)).role == role


def test_keys_are_for_the_owner_alone(store, tmp_path):
    """They open the API."""
    keys(store, tmp_path / "keys.json", NOW_MS)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_lost_keys_are_made_anew_for_the_same_persons(store, tmp_path):
    """Nobody is entered twice."""
    file = tmp_path / "keys.json"
    first = keys(store, file, NOW_MS)
    file.unlink()
    second = keys(store, file, NOW_MS)
    assert not set(first.values()) & set(second.values())
    assert len(store.register.persons()) == len(people.OFFICIALS)


def test_a_screens_key_belongs_to_no_person(store, tmp_path):
    """Each other one belongs to an invented person."""
    made = keys(store, tmp_path / "keys.json", NOW_MS)
    callers = {role: store.keys.caller(hash_of(key)) for role, key in made.items()}
    assert callers["screen"].person is None
    assert all(caller.person for role, caller in callers.items() if role != "screen")


def test_carriers_of_real_tags_are_invented_and_found(store):
    """One for each address, in order, and more than there are names for."""
    addresses = [f"watch:{n}" for n in range(6)]
    found = carriers(addresses)
    enrol(store, found)
    assert [person.address for person in found] == addresses
    assert len({person.id for person in found}) == 6
    assert all(store.is_enrolled(tag_of(address, store.site_key)) for address in addresses)


def test_the_simulators_people_are_asked_of_the_simulator():
    """The same seed gives the same people, each with an address of their own."""
    file = building_file("demo-office")
    found = invented(file, 5, 7)
    assert len({person.address for person in found}) == len({p.id for p in found}) == 5
    assert invented(file, 5, 7) == found


def test_each_board_and_each_part_has_its_own_password(tmp_path):
    """Kept from one start to the next; a new board gets one, an old one keeps its own."""
    file = tmp_path / "broker.json"
    first = {account.name: account for account in accounts(OFFICE, file)}
    assert {*STAFF, REPLAY, "d1", "master"} <= set(first)
    assert len({account.password for account in first.values()}) == len(first)
    kept = json.loads(file.read_text())
    del kept["d1"]
    file.write_text(json.dumps(kept))
    second = {account.name: account for account in accounts(OFFICE, file)}
    assert second["d2"] == first["d2"]
    assert second["d1"].password != first["d1"].password
    assert file.stat().st_mode & 0o777 == 0o600


def test_boards_have_no_rule_but_those_for_all(tmp_path):
    """Only parts of the service have rules of their own."""
    ruled = {account.name for account in accounts(OFFICE, tmp_path / "b.json") if account.rules}
    assert ruled == {*STAFF, REPLAY}


def test_a_building_is_found_by_name_or_file(tmp_path):
    """Those that come along by their name, others by their path; a typing mistake is told."""
    mine = tmp_path / "mine.yaml"
    mine.touch()
    assert building_file(str(mine)) == mine
    assert building_file("espresense-house").name == "espresense-house.yaml"
    with pytest.raises(UsageError, match=r"'demo-ofice', expected a file or one of demo-office, "):
        building_file("demo-ofice")
