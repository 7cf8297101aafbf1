"""The vault: keys of phones and sensors, sealed on the disk and read by the service alone."""

import sqlite3
import stat
from contextlib import closing
from types import SimpleNamespace

import pytest

from api.people.database import SCHEMA
from api.people.person import UnknownPersonError, Visibility
from api.people.store import REFRESH_S, VAULT_KEY, PeopleStore
from api.people.vault import VaultKeyError
from sensors.tag import tag_of
from vrijplek.doctor.vault import vault

IRK = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")
RPA = "7081940dfbaa"
SENSOR = "5448e68f80a5"
BIND_KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


def test_neither_key_is_in_any_file(store, path):
    """In no order of bytes, neither as bytes nor as hex; the file that opens them is private."""
    person = store.register.add("Sam")
    store.vault.keep_irk(person.id, IRK)
    store.vault.keep_bind_key(SENSOR, BIND_KEY)
    files = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    for secret in (IRK, IRK[::-1], BIND_KEY, BIND_KEY[::-1]):
        assert not [
            n for n, kept in files.items() if secret in kept or secret.hex().encode() in kept
        ]
    assert stat.S_IMODE((path.parent / VAULT_KEY).stat().st_mode) == 0o600
    assert set(files) == {VAULT_KEY, "people.sqlite", "people.sqlite-wal", "people.sqlite-shm"}


def test_a_phone_with_a_key_is_a_tag_of_its_person(store):
    """The address that comes of the key, and the key as ESPresense names it, are that tag."""
    person = store.register.add("Sam", visibility=Visibility(visible=True))
    tag = store.vault.keep_irk(person.id, IRK)
    assert store.register.tags_of(person.id) == (tag,)
    assert store.is_enrolled(tag)
    assert tag_of(store.vault.keys.name_of(RPA), store.site_key) == tag
    assert tag_of(f"irk:{IRK[::-1].hex()}", store.site_key) == tag


def test_a_key_in_the_other_order_is_the_same_phone(store):
    """Tools disagree about the order; it is kept once."""
    person = store.register.add("Sam")
    assert store.vault.keep_irk(person.id, IRK) == store.vault.keep_irk(person.id, IRK[::-1])
    assert len(store.vault.keys.resolving_keys) == 1


def test_what_is_forgotten_resolves_no_more(store):
    """With the person, with `--forget`, or with the tag."""
    for forget in (
        lambda person, _tag: store.register.remove(person),
        lambda person, _tag: store.vault.forget_irks(person),
        lambda _person, tag: store.register.unenrol(tag),
    ):
        person = store.register.add("Sam")
        tag = store.vault.keep_irk(person.id, IRK)
        forget(person.id, tag)
        store.vault.load()
        assert store.vault.keys.name_of(RPA) == ""
        assert not store.is_enrolled(tag)


def test_a_key_of_nobody_is_not_kept(store):
    """Who is not in the people store has no phone."""
    with pytest.raises(UnknownPersonError):
        store.vault.keep_irk("nobody", IRK)
    assert store.vault.keys.resolving_keys == ()


def test_a_key_that_another_process_keeps_is_read_soon(path):
    """Within the time of one look at the file."""
    now_s = [0.0]
    here, there = PeopleStore(path, lambda: now_s[0]), PeopleStore(path)
    there.vault.keep_bind_key(SENSOR, BIND_KEY)
    now_s[0] += REFRESH_S
    assert here.vault.keys.bind_keys == {SENSOR: BIND_KEY}
    assert there.vault.forget_bind_key(SENSOR)
    assert not there.vault.forget_bind_key(SENSOR)
    now_s[0] += REFRESH_S
    assert here.vault.keys.bind_keys == {}
    here.close()
    there.close()


def test_without_its_file_a_key_is_unreadable_and_the_doctor_says_so(store, path):
    """The store opens all the same; what is entered again is readable again."""
    person = store.register.add("Sam")
    store.vault.keep_irk(person.id, IRK)
    patient = SimpleNamespace(state=path.parent)
    assert [one.is_well for one in vault(patient)] == [True]
    (path.parent / VAULT_KEY).unlink()
    again = PeopleStore(path)
    assert (again.vault.unreadable, again.vault.keys.resolving_keys) == (1, ())
    (finding,) = vault(patient)
    assert "1 of which people.key does not open" in finding.found
    again.vault.keep_irk(person.id, IRK)
    assert (again.vault.unreadable, len(again.vault.keys.resolving_keys)) == (0, 1)
    again.close()


def test_a_file_that_holds_no_key_is_told(store, path):
    """With what was found and what was expected."""
    store.vault.keep_bind_key(SENSOR, BIND_KEY)
    (path.parent / VAULT_KEY).write_bytes(b"short")
    with pytest.raises(VaultKeyError, match="found 5 bytes, expected 32"):
        PeopleStore(path)


def test_a_store_of_the_version_before_is_brought_up_to_date(path):
    """With all that was in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO schema_version VALUES (1)")
        connection.execute("INSERT INTO person (id, name, role) VALUES ('p1', 'Sam', 'staff')")
        connection.commit()
    people = PeopleStore(path)
    people.vault.keep_irk("p1", IRK)
    assert people.register.person("p1").name == "Sam"
    people.close()
    PeopleStore(path).close()
