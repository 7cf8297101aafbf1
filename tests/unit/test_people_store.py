"""The people store on disk."""

import sqlite3
import stat

import pytest

from api.access.role import Role
from api.access.token import hash_of
from api.people.database import OtherVersionError
from api.people.person import UnknownPersonError, Visibility
from api.people.store import REFRESH_S, PeopleStore
from sensors.tag import tag_of

ADDRESS = "C3:00:00:00:00:2A"


def test_no_key_ticket_session_or_address_is_in_any_file(store, path):
    """Only hashes are, and the files are readable by their owner alone."""
    person = store.register.add("Sam")
    store.register.enrol(person.id, tag_of(ADDRESS, store.site_key))
    secrets = [
        store.keys.for_person(person.id, 0),
        store.keys.for_screen("hall", 0),
        (ticket := store.sessions.ticket(person.id, 0)),
        store.sessions.redeem(hash_of(ticket), 1, 1000),
        store.sessions.ticket(person.id, 0),
        ADDRESS,
        ADDRESS.lower(),
        ADDRESS.lower().replace(":", ""),
    ]
    files = list(path.parent.iterdir())
    assert len(files) >= 2
    for file in files:
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_removed_person_leaves_no_trace_in_the_files(store, path):
    """Name, tags and keys are overwritten, not only unlinked."""
    person = store.register.add("Quetzalcoatl")
    tag = tag_of(ADDRESS, store.site_key)
    store.register.enrol(person.id, tag)
    key = store.keys.for_person(person.id, 0)
    store.register.remove(person.id)
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Quetzalcoatl" not in content
    assert tag.encode() not in content
    assert hash_of(key) not in content
    assert store.keys.caller(hash_of(key)) is None


def test_everything_is_there_after_a_restart(store, path):
    """Persons, choices, keys, sessions and the site key."""
    person = store.register.add("Sam", Role.ADMIN, Visibility(visible=True))
    tag = tag_of(ADDRESS, store.site_key)
    store.register.enrol(person.id, tag)
    key = store.keys.for_person(person.id, 0)
    session = store.sessions.redeem(hash_of(store.sessions.ticket(person.id, 0)), 1, 1000)
    again = PeopleStore(path)
    assert again.register.person(person.id) == person
    assert again.is_enrolled(tag)
    assert again.site_key == store.site_key
    assert again.keys.caller(hash_of(key)).role is Role.ADMIN
    assert again.sessions.caller(hash_of(session), 999).person == person.id
    again.close()


def test_a_key_revoked_by_another_process_counts_no_more_soon(path):
    """Within the time of one look at the file."""
    now_s = [0.0]
    here = PeopleStore(path, lambda: now_s[0])
    there = PeopleStore(path)
    key = there.keys.for_screen("hall", 0)
    now_s[0] += REFRESH_S
    assert here.keys.caller(hash_of(key)).screen == "hall"
    there.keys.revoke(there.keys.all()[0].id)
    now_s[0] += REFRESH_S
    assert here.keys.caller(hash_of(key)) is None
    here.close()
    there.close()


def test_only_tags_of_those_who_opted_in_are_listened_to(store):
    """A tag of someone who did not opt in, or of nobody, is as good as unknown."""
    tag = tag_of(ADDRESS, store.site_key)
    person = store.register.add("Sam")
    assert not store.is_enrolled(tag)
    store.register.enrol(person.id, tag)
    assert not store.is_enrolled(tag)
    store.register.choose(person.id, Visibility(visible=True))
    assert store.is_enrolled(tag)
    store.register.unenrol(tag)
    assert not store.is_enrolled(tag)


def test_unknown_persons_are_refused(store):
    """For each thing that belongs to a person."""
    for ask in (
        lambda: store.register.enrol("nobody", tag_of(ADDRESS, b"k")),
        lambda: store.register.choose("nobody", Visibility()),
        lambda: store.keys.for_person("nobody", 0),
        lambda: store.sessions.ticket("nobody", 0),
    ):
        with pytest.raises(UnknownPersonError, match="nobody"):
            ask()


def test_a_file_of_another_version_is_refused(store, path):
    """It says which version was found and which expected."""
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(OtherVersionError, match=r"found schema version 99 .* expected at most 2"):
        PeopleStore(path)
