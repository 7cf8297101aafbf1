"""Backups beside a writer at full speed, and kill -9 in the midst of a backup or a restore."""

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.house import until

from ingest.journal import Journal, Page
from ingest.seal import sealed
from occupancy.store.sqlite import SqliteHistory, open_database
from vrijplek import __version__
from vrijplek.backup import copying
from vrijplek.backup.label import Kind, Label

ROOT = Path(__file__).parents[2]
ENOUGH_BYTES = 60_000_000


def vrijplek(*words, **more):
    """A command as a child process."""
    return subprocess.Popen(
        [sys.executable, "-m", "vrijplek", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


@pytest.fixture
def large(tmp_path):
    """A state folder with a database of some size."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    connection = open_database(state / "vrijplek.sqlite")
    connection.execute("PRAGMA synchronous = OFF")
    Journal(connection)
    SqliteHistory(connection)
    body = sealed(os.urandom(20_000))
    rows = [(number, body) for number in range(ENOUGH_BYTES // len(body))]
    connection.executemany("INSERT INTO journal (at_ms, body) VALUES (?, ?)", rows)
    connection.close()
    return state


def counted(file):
    """Rows of the journal and their highest id; the database is whole."""
    with sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        [found] = connection.execute("SELECT count(*), max(id) FROM journal").fetchall()
    connection.close()
    return found


def test_a_copy_beside_a_writer_at_full_speed_is_of_one_moment(large, tmp_path, record_property):
    """Two tables that change in one transaction agree; the writer goes on meanwhile."""
    database = large / "vrijplek.sqlite"
    writer = open_database(database)
    writer.execute("PRAGMA synchronous = OFF")
    writer.execute("CREATE TABLE twin (id INTEGER PRIMARY KEY)")
    journal, ending, longest_s, written = (
        Journal(writer),
        threading.Event(),
        [0.0],
        itertools.count(),
    )

    def write():
        while not ending.is_set():
            began_s = time.monotonic()
            with journal.transaction():
                number = journal.append(Page((), next(written)), 0)
                writer.execute("INSERT INTO twin VALUES (?)", (number,))
            longest_s[0] = max(longest_s[0], time.monotonic() - began_s)

    before, _ = counted(database)
    thread = threading.Thread(target=write)
    thread.start()
    for number in range(3):
        target = tmp_path / f"copy-{number}.sqlite"
        began = next(written)
        parts = []
        copying.copy(database, target, Label(Kind.PLACES, 0, __version__), parts.append)
        assert next(written) - began > 20
        assert parts == sorted(parts)
        assert parts[-1] == 1.0
        rows, _ = counted(target)
        with sqlite3.connect(target) as connection:
            [(twins,)] = connection.execute("SELECT count(*) FROM twin").fetchall()
        connection.close()
        assert rows == before + twins
    ending.set()
    thread.join()
    writer.close()
    record_property("longest_write_ms", longest_s[0] * 1000)
    print(f"\nlongest transaction beside a copy of 60 MB: {longest_s[0] * 1000:.0f} ms")
    assert longest_s[0] < 1.0


@pytest.mark.parametrize("after_s", [0.6, 0.8, 1.0, 1.2, 1.5])
def test_a_backup_that_is_killed_leaves_the_last_one(large, tmp_path, after_s):
    """Whole, under its name; the next one takes away what was left."""
    folder = tmp_path / "copies"
    folder.mkdir()
    target = folder / "copy.sqlite"
    copying.copy(
        large / "vrijplek.sqlite", target, Label(Kind.PLACES, 1, __version__), lambda _part: None
    )
    child = vrijplek("backup", target, "--state", large)
    time.sleep(after_s)
    child.kill()
    child.communicate()
    assert counted(target) == counted(large / "vrijplek.sqlite")
    again = vrijplek("backup", target, "--state", large)
    told, _ = again.communicate(timeout=60)
    assert again.returncode == 0, told
    assert [file.name for file in folder.iterdir()] == ["copy.sqlite"]


@pytest.mark.parametrize("after_s", [0.6, 0.8, 1.0, 1.2, 1.5])
def test_a_restore_that_is_killed_leaves_what_was_or_what_comes(large, tmp_path, after_s):
    """Never half of each, and never nothing; restoring again mends it."""
    target = tmp_path / "copy.sqlite"
    copying.copy(
        large / "vrijplek.sqlite", target, Label(Kind.PLACES, 1, __version__), lambda _part: None
    )
    connection = open_database(large / "vrijplek.sqlite")
    connection.execute("DELETE FROM journal WHERE id % 2")
    connection.close()
    old, new = counted(large / "vrijplek.sqlite"), counted(target)
    child = vrijplek("restore", target, "--state", large)
    time.sleep(after_s)
    child.kill()
    child.communicate()
    assert counted(large / "vrijplek.sqlite") in {old, new}
    again = vrijplek("restore", target, "--state", large)
    told, _ = again.communicate(timeout=60)
    assert again.returncode == 0, told
    assert counted(large / "vrijplek.sqlite") == new
    assert [file.name for file in large.iterdir() if file.name.startswith(".")] == []


@pytest.mark.broker
@pytest.mark.timeout(120)
def test_a_service_is_backed_up_while_it_runs_and_restored_into_the_same_states(house):
    """What boards said after the backup and still hold comes again; what they don't is a gap."""
    house.start_ready()
    boards = [house.board(f"f0-d{number:02}") for number in range(1, 4)]
    for board in boards:
        board.motion("pir-1")
    until(lambda: all(board.durable == 0 for board in boards), "it is safe")
    before = house.desks()
    ended = vrijplek("backup", house.folder / "copy.sqlite", "--state", house.state)
    told, _ = ended.communicate(timeout=60)
    assert ended.returncode == 0, told
    refused = vrijplek("restore", house.folder / "copy.sqlite", "--state", house.state)
    told, _ = refused.communicate(timeout=60)
    assert refused.returncode == 3
    assert house.is_ready()
    for board in boards:
        board.motion("pir-2")
        board.motion("pir-3")
    until(lambda: all(board.durable == 2 for board in boards), "it is safe")
    house.stop(signal.SIGKILL)
    ended = vrijplek("restore", house.folder / "copy.sqlite", "--state", house.state)
    told, _ = ended.communicate(timeout=60)
    assert ended.returncode == 0, told
    house.start_ready()
    after = house.desks()
    assert {desk for desk, (what, _) in before.items() if what == "occupied"} <= {
        desk for desk, (what, _) in after.items() if what == "occupied"
    }
    holding, forgetful, _ = boards
    holding.publish(holding.said[1])
    holding.publish(holding.said[2])
    forgetful.send({"kind": "motion", "sensor": "pir-4", "on": True}, oldest=3)
    until(lambda: house.metric("vrijplek_gaps_total") == 1, "the gap is written down")
    until(lambda: house.metric("vrijplek_messages_accepted_total") >= 3, "the rest has come again")
    assert [b["gaps"] for b in house.get("/v1/boards")["boards"] if b["id"] == "f0-d02"] == [1]
