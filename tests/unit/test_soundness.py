"""What is looked at before a database is believed."""

import itertools
import sqlite3

import pytest

from ingest import soundness
from ingest.seal import DamagedError
from ingest.soundness import make_sure
from occupancy.store.sqlite import open_database

ROWS = 2_000


@pytest.fixture
def file(tmp_path):
    """A database of some pages, closed."""
    path = tmp_path / "some.sqlite"
    connection = open_database(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
    connection.executemany("INSERT INTO t (body) VALUES (?)", [(b"x" * 200,)] * ROWS)
    connection.close()
    return path


def flipped(path, page, page_bytes=4096):
    """Turn the head of one page into something else, as a bad disk does."""
    held = bytearray(path.read_bytes())
    start = (page - 1) * page_bytes
    held[start : start + 12] = bytes(b ^ 0xFF for b in held[start : start + 12])
    path.write_bytes(held)


def test_a_sound_file_is_sound(file):
    """All of it was checked."""
    connection = open_database(file)
    assert make_sure(connection)
    connection.close()


def test_a_broken_page_is_found(file):
    """Before anything is read for use, with what SQLite found."""
    flipped(file, 5)
    connection = open_database(file)
    with pytest.raises(DamagedError, match=r"(?i)page|malformed|btree"):
        make_sure(connection)
    connection.close()


def test_a_check_that_takes_too_long_is_broken_off(file, monkeypatch):
    """The start goes on, and it is told that not all was checked; later statements run."""
    monkeypatch.setattr(soundness, "STEPS", 100)
    connection = open_database(file)
    assert not make_sure(connection, check_s=1.5, clock_s=itertools.count().__next__)
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (ROWS,)
    connection.close()


def test_the_log_is_written_into_the_file_first(file):
    """What the last process left in the log is in the file, and the log is empty."""
    left = open_database(file)
    left.execute("INSERT INTO t (body) VALUES (x'00')")
    connection = open_database(file)
    log = file.with_name(file.name + "-wal")
    assert log.stat().st_size > 0
    make_sure(connection)
    assert log.stat().st_size == 0
    left.close()
    connection.close()


def test_a_log_that_can_not_be_written_is_an_error(file):
    """Then nothing may be acknowledged: the start fails."""
    left = open_database(file)
    left.execute("INSERT INTO t (body) VALUES (x'00')")
    reader = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    reader.execute("PRAGMA query_only=ON")
    with pytest.raises(sqlite3.OperationalError):
        make_sure(reader)
    reader.close()
    left.close()
