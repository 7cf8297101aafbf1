"""A commit that can't be made now is tried again."""

import sqlite3
import threading

import pytest

from ingest.patience import Patience, StoppedError, passing
from occupancy.store.sqlite import open_database


@pytest.fixture
def database(tmp_path):
    """A database that may grow by nothing."""
    connection = open_database(tmp_path / "full.sqlite")
    connection.execute("CREATE TABLE t (body BLOB)")
    [(pages,)] = connection.execute("PRAGMA page_count")
    connection.execute(f"PRAGMA max_page_count = {pages}")
    yield connection
    connection.close()


class Writes:
    """Inserts a row; makes room, or gives up, at a certain attempt."""

    def __init__(self, connection, at, then):
        self.connection, self.at, self.then = connection, at, then
        self.attempts = 0

    def __call__(self):
        """One attempt."""
        self.attempts += 1
        if self.attempts == self.at:
            self.then()
        self.connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def test_a_full_disk_is_waited_for(database):
    """It writes once there is room, and says meanwhile what it waits for."""
    patience = Patience(retry_s=0.001)
    told = []

    def make_room():
        told.append(patience.trouble)
        database.execute("PRAGMA max_page_count = 100000")

    writes = Writes(database, 3, make_room)
    patience.until_written(writes)
    assert (writes.attempts, patience.waits, told) == (3, 2, ["the disk is full"])
    assert patience.trouble == ""
    assert database.execute("SELECT count(*) FROM t").fetchone() == (1,)


def test_a_database_that_another_holds_is_waited_for(database, tmp_path):
    """Until the other lets go."""
    database.execute("PRAGMA max_page_count = 100000")
    database.execute("PRAGMA busy_timeout = 0")
    other = open_database(tmp_path / "full.sqlite")
    other.execute("BEGIN IMMEDIATE")
    patience = Patience(retry_s=0.001)
    patience.until_written(Writes(database, 2, lambda: other.execute("ROLLBACK")))
    other.close()
    assert patience.waits == 1


def test_a_stop_ends_the_waiting(database):
    """With an error of its own: nothing was written."""
    stopping = threading.Event()
    patience = Patience(stopping, retry_s=60)
    with pytest.raises(StoppedError, match="the disk is full"):
        patience.until_written(Writes(database, 1, stopping.set))
    assert database.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_what_will_not_pass_is_raised_at_once(database):
    """A table that is not there does not come by waiting."""
    patience = Patience(retry_s=60)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        patience.until_written(lambda: database.execute("INSERT INTO nowhere VALUES (1)"))
    assert patience.waits == 0


def test_a_sync_that_failed_does_not_pass():
    """After it nobody knows what is on disk: the service has to end."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    assert passing(error) == ""
