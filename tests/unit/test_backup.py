"""Backups: what is in them, what is not, what is refused, and what comes back."""

import os
import sqlite3
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.clock import ManualClock
from support.command import Command
from support.keeping import killed, rows, say, scanned
from support.office import START_MS
from support.service import Ingest
from support.speaker import motion

from ingest.journal import VERSION, Journal
from occupancy.snapshot import freeze, thawed, without_tags
from occupancy.state import State
from occupancy.store.sqlite import open_database
from vrijplek.backup import copying, label, restoring
from vrijplek.backup.label import Kind, Label
from vrijplek.lock import StateLock


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def state(tmp_path):
    """A state folder, of a service that was killed while it followed a badge."""
    return killed(tmp_path)


def test_without_tags_is_what_a_stop_would_have_left(state):
    """Byte for byte, whatever was believed of tags."""
    ingest = Ingest(state / "vrijplek.sqlite", ManualClock())
    assert thawed(freeze(ingest.estimator)).tracks
    expected = freeze(ingest.estimator, with_tags=False)
    assert without_tags(freeze(ingest.estimator)) == expected
    ingest.connection.close()


def test_a_backup_has_all_but_whereabouts_and_tags(vrijplek, state, tmp_path):
    """Journal, history, what was believed of spaces; no sighting, no tag, none of their bytes."""
    assert vrijplek("backup", "copy.sqlite", "--state", state).code == 0
    copy = tmp_path / "copy.sqlite"
    for table in ("journal", "transitions", "gaps", "quarantine", "sqlite_sequence"):
        query = f"SELECT * FROM {table}"  # noqa: S608
        assert rows(copy, query) == rows(state / "vrijplek.sqlite", query)
    assert rows(copy, "SELECT count(*) FROM journal")[0][0] > 60
    assert rows(copy, "SELECT * FROM sightings") == []
    assert rows(copy, "SELECT * FROM spare_tag") == []
    connection = open_database(copy)
    snapshot = Journal(connection).snapshot()
    connection.close()
    assert thawed(snapshot.estimator).tracks == {}
    assert rows(state / "vrijplek.sqlite", "SELECT count(*) FROM sightings") != [(0,)]
    [(tag,)] = rows(state / "vrijplek.sqlite", "SELECT tag FROM spare_tag")
    assert tag.encode() not in copy.read_bytes()


def test_a_backup_is_for_its_owner_alone_and_nothing_lies_beside_it(vrijplek, state, tmp_path):
    """In a folder it has a dated name; what is printed names it."""
    folder = tmp_path / "copies"
    folder.mkdir()
    ended = vrijplek("backup", folder, "--people", folder, "--state", state)
    assert ended.code == 0
    names = sorted(file.name.partition("-")[0] for file in folder.iterdir())
    assert names == ["people", "vrijplek"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert str(file) in ended.out
    assert "not encrypted" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--state", "elsewhere", "x"), "found no vrijplek.sqlite in elsewhere"),
        (("gone/x",), "found no folder gone, expected one for the copy"),
        (("notes.txt",), "notes.txt is there and no backup of vrijplek.sqlite"),
        (("kept/vrijplek.sqlite",), "is there and no backup of vrijplek.sqlite"),
        (("x", "--people", "x"), "found one file for both"),
    ],
)
def test_a_backup_with_wrong_words_ends_with_2(vrijplek, state, tmp_path, words, told):
    """Nothing is written or replaced."""
    (tmp_path / "notes.txt").write_text("notes")
    before = (state / "vrijplek.sqlite").read_bytes()
    ended = vrijplek("backup", *words, VRIJPLEK_STATE=str(state))
    assert ended.code == 2
    assert told in ended.err
    assert (tmp_path / "notes.txt").read_text() == "notes"
    assert (state / "vrijplek.sqlite").read_bytes() == before
    assert not (tmp_path / "x").exists()


def test_an_earlier_backup_is_replaced_by_a_later_one_of_the_same_kind_alone(vrijplek, state):
    """A nightly copy under one name; persons never go where places were."""
    assert vrijplek("backup", "a.sqlite", "--state", state).code == 0
    assert vrijplek("backup", "a.sqlite", "--state", state).code == 0
    ended = vrijplek("backup", "b.sqlite", "--people", "a.sqlite", "--state", state)
    assert ended.code == 2
    assert "a.sqlite is there and no backup of people.sqlite" in ended.err


def test_a_damaged_database_gives_no_backup(vrijplek, state, tmp_path):
    """The error names what SQLite found; the last good copy stays."""
    assert vrijplek("backup", "copy.sqlite", "--state", state).code == 0
    before = (tmp_path / "copy.sqlite").read_bytes()
    file = state / "vrijplek.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = bytearray(file.read_bytes())
    whole[4096:] = b"\xa5" * (len(whole) - 4096)
    file.write_bytes(whole)
    ended = vrijplek("backup", "copy.sqlite", "--state", state)
    assert ended.code == 1
    assert "the database can't be used" in ended.err
    assert (tmp_path / "copy.sqlite").read_bytes() == before
    assert [f.name for f in tmp_path.iterdir() if f.name.startswith(".copy")] == []


def test_a_backup_that_is_broken_off_leaves_nothing(state, tmp_path, monkeypatch):
    """Ctrl-C in the midst of a long query; the last copy stays."""
    folder = tmp_path / "copies"
    folder.mkdir()
    stamp = Label(Kind.PLACES, START_MS, "0")
    copying.copy(state / "vrijplek.sqlite", folder / "a.sqlite", stamp, lambda _part: None)
    before = (folder / "a.sqlite").read_bytes()
    monkeypatch.setattr(copying, "INSTRUCTIONS", 100)

    def press(_part):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(state / "vrijplek.sqlite", folder / "a.sqlite", stamp, press)
    assert [file.name for file in folder.iterdir()] == ["a.sqlite"]
    assert (folder / "a.sqlite").read_bytes() == before


def test_what_a_killed_one_has_left_is_taken_away(vrijplek, state, tmp_path):
    """Of an earlier date too; what a living process writes is left alone."""
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / ".vrijplek-20260101T000000Z.sqlite.999999999").touch()
    (folder / ".vrijplek-20260101T000000Z.sqlite.999999999-journal").touch()
    (folder / ".vrijplek-20260101T000000Z.sqlite.1").touch()
    (folder / ".notes.999999999").touch()
    assert vrijplek("backup", folder, "--state", state).code == 0
    left = sorted(file.name for file in folder.iterdir() if file.name.startswith("."))
    assert left == [".notes.999999999", ".vrijplek-20260101T000000Z.sqlite.1"]


def believed(state):
    """What a service would show after its start, but for rooms, of which a badge may tell."""
    ingest = Ingest(state / "vrijplek.sqlite", ManualClock())
    shown = ingest.view.spaces.items()
    found = {space: (s.state, s.since_ms) for space, s in shown if space.startswith("desk")}
    ingest.connection.close()
    assert found["desk-1"][0] is State.OCCUPIED
    return found


def test_what_is_restored_gives_the_same_states(vrijplek, state, tmp_path):
    """In an empty folder, as on a new machine, for its owner alone."""
    vrijplek("backup", "copy.sqlite", "--state", state)
    ended = vrijplek("restore", "copy.sqlite", "--state", "new")
    assert ended.code == 0
    assert "vrijplek.sqlite in new is what it was at" in ended.out
    assert "boards send again what they still hold" in ended.out
    assert believed(tmp_path / "new") == believed(state)
    assert stat.S_IMODE((tmp_path / "new" / "vrijplek.sqlite").stat().st_mode) == 0o600
    assert rows(tmp_path / "new" / "vrijplek.sqlite", "SELECT name FROM sqlite_master") != []
    names = rows(tmp_path / "new" / "vrijplek.sqlite", "SELECT name FROM sqlite_master")
    assert (label.TABLE,) not in names


def test_what_was_there_is_kept_aside_without_whereabouts(vrijplek, state):
    """Under a dated name that is told; nobody would purge sightings there."""
    vrijplek("backup", "copy.sqlite", "--state", state)
    clock = ManualClock()
    clock.wait(70)
    ingest = Ingest(state / "vrijplek.sqlite", clock)
    ingest.hear(say(clock, "d1", motion(on=False), seq=1), say(clock, "r1", scanned(), seq=5))
    count = ingest.rows("journal")
    ingest.connection.close()
    ended = vrijplek("restore", "copy.sqlite", "--state", state)
    assert ended.code == 0
    [aside] = state.glob("vrijplek-before-*.sqlite")
    assert str(aside) in ended.out
    assert rows(aside, "SELECT count(*) FROM journal") == [(count,)]
    assert rows(aside, "SELECT count(*) FROM sightings") == [(0,)]
    assert rows(state / "vrijplek.sqlite", "SELECT count(*) FROM journal")[0][0] < count


def test_a_log_that_was_left_is_not_taken_for_that_of_the_backup(vrijplek, state):
    """What is damaged goes aside with its log."""
    vrijplek("backup", "copy.sqlite", "--state", state)
    expected = believed(state)
    file = state / "vrijplek.sqlite"
    file.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    (state / "vrijplek.sqlite-wal").write_bytes(b"left behind")
    assert vrijplek("restore", "copy.sqlite", "--state", state).code == 0
    assert believed(state) == expected
    assert [f.read_bytes() for f in state.glob("vrijplek-before-*-wal")] == [b"left behind"]


def test_while_a_service_runs_nothing_is_restored(vrijplek, state):
    """Exit code 3, and the folder is as it was."""
    vrijplek("backup", "copy.sqlite", "--state", state)
    before = (state / "vrijplek.sqlite").read_bytes()
    lock = StateLock(state)
    ended = vrijplek("restore", "copy.sqlite", "--state", state)
    lock.release()
    assert ended.code == 3
    assert "another vrijplek works in" in ended.err
    assert (state / "vrijplek.sqlite").read_bytes() == before


def test_what_root_restores_belongs_to_the_owner_of_the_folder(vrijplek, state, monkeypatch):
    """The service runs as that user, and could not open it else."""
    vrijplek("backup", "copy.sqlite", "--state", state)
    given, real = {}, Path.stat
    folder = real(state)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda file, uid, _gid: given.update({file.name: uid}))
    other = SimpleNamespace(st_uid=folder.st_uid + 7, st_gid=folder.st_gid, st_mode=folder.st_mode)
    restoring.give_to_owner(state)
    assert given == {}
    monkeypatch.setattr(
        Path, "stat", lambda path, **more: other if path == state else real(path, **more)
    )
    assert vrijplek("restore", "copy.sqlite", "--state", state).code == 0
    assert given["vrijplek.sqlite"] == given["lock"] == folder.st_uid + 7


def broken(file, how):
    """Spoil a backup."""
    whole = file.read_bytes()
    if how == "truncated":
        file.write_bytes(whole[: len(whole) // 2])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "text":
        file.write_text("a note\n" * 500)
    elif how == "flipped":
        [(body,)] = rows(file, "SELECT body FROM journal ORDER BY length(body) DESC LIMIT 1")
        file.write_bytes(whole.replace(body, body[:-1] + bytes([body[-1] ^ 1])))
    else:
        with sqlite3.connect(file) as connection:
            connection.execute(
                {
                    "unlabelled": f"DROP TABLE {label.TABLE}",
                    "strange": f"UPDATE {label.TABLE} SET kind = 'cakes'",  # noqa: S608
                    "newer": f"PRAGMA user_version = {VERSION + 1}",
                }[how]
            )
        connection.close()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("truncated", "SQLite says: database disk image is malformed"),
        ("empty", "a database that is no backup"),
        ("text", "SQLite says: file is not a database"),
        ("flipped", "a damaged database: row"),
        ("unlabelled", "a database that is no backup"),
        ("strange", "a backup of 'cakes'"),
        ("newer", f"database version {VERSION + 1} of software"),
    ],
)
def test_what_is_no_whole_backup_is_refused(vrijplek, state, tmp_path, how, told):
    """With what was found; nothing has changed, not even by a whole one beside it."""
    vrijplek("backup", "a.sqlite", "--people", "b.sqlite", "--state", state)
    broken(tmp_path / "a.sqlite", how)
    before = {file.name: file.read_bytes() for file in state.iterdir()}
    ended = vrijplek("restore", "b.sqlite", "a.sqlite", "--state", state)
    assert ended.code == 1
    assert told in ended.err.replace("\n", " ")
    assert "nothing was changed" in ended.err
    assert {file.name: file.read_bytes() for file in state.iterdir()} == before


def test_files_that_are_not_there_or_twice_end_with_2(vrijplek, state):
    """As with other commands."""
    vrijplek("backup", "a.sqlite", "--state", state)
    assert vrijplek("restore", "gone.sqlite", "--state", state).code == 2
    twice = vrijplek("restore", "a.sqlite", "a.sqlite", "--state", state)
    assert twice.code == 2
    assert "two backups of the same kind" in twice.err


def test_a_label_tells_what_a_backup_is(vrijplek, state, tmp_path):
    """Kind, time and the version that made it."""
    vrijplek("backup", "a.sqlite", "--state", state)
    found = label.read(tmp_path / "a.sqlite")
    assert found.kind is Kind.PLACES
    assert found.made_ms > START_MS
