"""The command `vrijplek access`: persons, tags, keys and links."""

import re

import pytest
from support.command import Command

from api.access.role import Role
from api.access.token import hash_of
from sensors.tag import tag_of
from vrijplek.running import Running

ADDRESS = "c3:00:00:00:00:2a"


def added(access, *words):
    """Id and key of a new person."""
    ended = access("add-person", *words)
    assert ended.code == 0
    return re.fullmatch(r"id   (\w+)\nkey  (\S+)\n", ended.out).groups()


def test_a_person_gets_an_id_and_a_key_that_works(access, people):
    """A running service takes them over; the person shows nothing yet."""
    person, key = added(access, "Ada de Vries", "--role", "facilities")
    caller = people.keys.caller(hash_of(key))
    assert (caller.person, caller.role) == (person, Role.FACILITIES)
    assert people.register.person(person).name == "Ada de Vries"
    assert not people.register.person(person).visibility.visible
    assert "ada" not in person


def test_a_person_is_staff_where_nothing_is_said(access, people):
    """The least that a colleague may."""
    person, _ = added(access, "Ada")
    assert people.register.person(person).role is Role.STAFF


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Hall", "--role", "screen"), "found role screen, expected add-screen for a screen"),
        (("  ",), "found an empty name, expected one that colleagues know"),
        (("Ada", "--role", "king"), "king"),
    ],
)
def test_a_wrong_person_is_refused(access, people, words, told):
    """With exit code 2, and nobody is entered."""
    ended = access("add-person", *words)
    assert ended.code == 2
    assert told in ended.err
    assert people.register.persons() == ()


def test_a_screen_gets_a_key_for_its_floor(access, people):
    """Of no person."""
    ended = access("add-screen", "lift", "--floor", "floor-0")
    caller = people.keys.caller(hash_of(ended.out.split()[1]))
    assert (caller.role, caller.screen, caller.floor) == (Role.SCREEN, "lift", "floor-0")


def test_a_tag_is_kept_as_its_hash_alone(access, people, tmp_path):
    """The address is in no file, and not printed."""
    person, _ = added(access, "Ada")
    ended = access("tag", person, ADDRESS)
    assert ended.out == f"{person} has 1 tag(s)\n"
    assert people.register.tags_of(person) == (tag_of(ADDRESS, people.site_key),)
    written = b"".join(file.read_bytes() for file in (tmp_path / "kept").iterdir())
    assert ADDRESS.encode() not in written
    assert ADDRESS.replace(":", "").encode() not in written


@pytest.mark.parametrize("words", [("tag", "nobody", ADDRESS), ("link", "nobody")])
def test_an_unknown_person_is_told(access, words, tmp_path):
    """With exit code 1."""
    Running("http://127.0.0.1:8000", "127.0.0.1", 1883, "given", "hq").save(tmp_path / "kept")
    ended = access(*words)
    assert ended.code == 1
    assert "found no person 'nobody', expected an id of the people store" in ended.err


def test_a_link_signs_in_once_by_the_clock_of_the_service(access, people, tmp_path):
    """A service whose clock goes elsewhere takes it all the same."""
    start_ms, anchor_ms = 4_000_000_000_000, 1
    Running("http://h:1", "h", 1, "given", "hq", 1.0, start_ms, anchor_ms).save(tmp_path / "kept")
    person, _ = added(access, "Ada")
    ended = access("link", person)
    token = re.fullmatch(r"http://h:1/sign-in/(\S+)\n", ended.out)[1]
    assert people.sessions.redeem(hash_of(token), start_ms, start_ms + 1) is not None
    assert people.sessions.redeem(hash_of(token), start_ms, start_ms + 1) is None


def test_people_are_listed_with_their_ids(access, people):
    """A lost id can be found again; what they chose is told, their tags only counted."""
    person, _ = added(access, "Ada de Vries")
    access("tag", person, ADDRESS)
    said = access("people").out

    assert person in said
    assert "Ada de Vries" in said
    assert ADDRESS not in said


def test_another_key_works_beside_the_first(access, people):
    """Both act as the person."""
    person, first = added(access, "Ada")
    second = access("key", person).out.split()[-1]

    assert [people.keys.caller(hash_of(k)).person for k in (first, second)] == [person, person]


def test_a_tag_that_is_forgotten_belongs_to_nobody(access, people):
    """And forgetting it again says that nobody has it."""
    person, _ = added(access, "Ada")
    access("tag", person, ADDRESS)
    assert access("untag", ADDRESS).code == 0
    assert people.register.tags_of(person) == ()
    again = access("untag", ADDRESS)
    assert (again.code, "found nobody with this tag" in again.err) == (1, True)


def test_a_person_who_is_removed_is_gone_with_key_and_tag(access, people):
    """The key is worthless and the tag a stranger's."""
    person, key = added(access, "Ada")
    access("tag", person, ADDRESS)
    assert access("remove", person).code == 0
    assert people.keys.caller(hash_of(key)) is None
    assert people.register.tags_of(person) == ()
    assert access("remove", person).code == 1


def test_keys_are_listed_by_id_and_never_shown(access, people):
    """With person and role, or the screen and its floor."""
    person, key = added(access, "Ada", "--role", "analyst")
    access("add-screen", "lift", "--floor", "floor-0")
    told = access("list").out
    ids = {each.id for each in people.keys.all()}
    assert len(ids) == 2
    assert all(word in told for word in (*ids, person, "analyst", "screen", "lift", "floor-0"))
    assert key not in told


def test_a_revoked_key_is_worthless(access, people):
    """For the service that runs, too."""
    _, key = added(access, "Ada")
    [known] = people.keys.all()
    assert access("revoke", known.id).out == f"key {known.id} is worthless now\n"
    assert people.keys.caller(hash_of(key)) is None


def test_a_key_that_nobody_has_is_told(access):
    """With where ids are listed."""
    ended = access("revoke", "4f1c09be")
    assert ended.code == 1
    assert "found no key '4f1c09be', expected an id of `vrijplek access list`" in ended.err


@pytest.mark.parametrize(
    "words",
    [("list",), ("revoke", "x"), ("add-person", "Ada"), ("add-screen", "x"), ("tag", "x", "y")],
)
def test_a_folder_without_a_people_store_is_told(monkeypatch, capsys, tmp_path, words):
    """A typing mistake makes no new store."""
    vrijplek = Command(monkeypatch, capsys)
    ended = vrijplek("access", *words, "--state", tmp_path)
    assert ended.code == 2
    assert f"found no people.sqlite in {tmp_path}, expected the state folder" in ended.err
    assert list(tmp_path.iterdir()) == []
