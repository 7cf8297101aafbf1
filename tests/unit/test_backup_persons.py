"""Persons in backups: copied only when asked for, and back only as far as nobody objects."""

import pytest
from support.command import Command
from support.keeping import killed, rows

from api.people.person import Visibility
from api.people.store import PeopleStore


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def state(tmp_path):
    """A state folder, of a service that was killed while it followed a badge."""
    return killed(tmp_path)


def persons(state):
    """Who is known, and whether they want to be found."""
    store = PeopleStore(state / "people.sqlite")
    found = {p.id: p.visibility.visible for p in store.register.persons()}
    store.close()
    return found


@pytest.mark.parametrize("lost", ["nothing", "people.sqlite", "both"])
def test_who_was_erased_does_not_come_back(vrijplek, state, lost):
    """By no backup of before; the list of the erased is in later backups of places too."""
    vrijplek("backup", "old.sqlite", "--people", "persons.sqlite", "--state", state)
    assert vrijplek("access", "remove", "wim", "--state", state).code == 0
    vrijplek("backup", "new.sqlite", "--state", state)
    if lost != "nothing":
        (state / "people.sqlite").unlink()
    if lost == "both":
        (state / "vrijplek.sqlite").unlink()
    words = ["new.sqlite"] if lost == "both" else ["old.sqlite"]
    ended = vrijplek("restore", "persons.sqlite", *words, "--state", state)
    assert ended.code == 0, ended.err
    assert set(persons(state)) == {"ada"}
    assert "1 person(s), 1 removed since left out" in ended.out
    again = vrijplek("restore", "persons.sqlite", "--state", state)
    assert again.code == 0
    assert set(persons(state)) == {"ada"}
    left = b"".join(f.read_bytes() for f in state.glob("people.sqlite*"))
    assert b"Invented wim" not in left
    assert b"Invented ada" in left


def test_what_was_withdrawn_since_stays_withdrawn(vrijplek, state):
    """A choice not to be found, a revoked key, a tag given back; a look-up since is not lost."""
    vrijplek("backup", "a.sqlite", "--people", "b.sqlite", "--state", state)
    store = PeopleStore(state / "people.sqlite")
    store.register.choose("ada", Visibility())
    [key] = store.keys.all()
    store.keys.revoke(key.id)
    [tag] = store.register.tags_of("wim")
    store.register.unenrol(tag)
    store.close()
    ended = vrijplek("restore", "b.sqlite", "--state", state)
    assert ended.code == 0
    assert persons(state) == {"ada": False, "wim": True}
    assert rows(state / "people.sqlite", "SELECT * FROM key") == []
    assert rows(state / "people.sqlite", "SELECT person FROM tag") == [("ada",)]
    assert "opt in again" not in ended.out


def test_where_nobody_knows_what_was_withdrawn_everyone_is_asked_again(vrijplek, state):
    """The present file is gone, or of another site."""
    vrijplek("backup", "a.sqlite", "--people", "b.sqlite", "--state", state)
    (state / "people.sqlite").unlink()
    PeopleStore(state / "people.sqlite").close()
    ended = vrijplek("restore", "b.sqlite", "--state", state)
    assert ended.code == 0
    assert persons(state) == {"ada": False, "wim": False}
    assert "everyone has to opt in again" in ended.out


def test_persons_are_copied_when_asked_for_and_without_sessions(vrijplek, state, tmp_path):
    """A ticket or a session in a file would sign somebody in."""
    assert vrijplek("backup", "a.sqlite", "--state", state).code == 0
    assert not (tmp_path / "people.sqlite").exists()
    assert vrijplek("backup", "a.sqlite", "--people", "b.sqlite", "--state", state).code == 0
    assert rows(tmp_path / "b.sqlite", "SELECT id FROM person ORDER BY id") == [("ada",), ("wim",)]
    assert rows(tmp_path / "b.sqlite", "SELECT count(*) FROM ticket") == [(0,)]
    assert rows(tmp_path / "a.sqlite", "SELECT name FROM sqlite_master WHERE name = 'person'") == []
