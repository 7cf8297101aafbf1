"""Rounds whose disk is full, damaged, or of another version; and a broker that forgets."""

from threading import Event

import pytest
from support.office import START_MS
from support.speaker import UP_MS, motion, readings, status

from ingest.journal import SEALED, NewerDatabaseError
from ingest.mailbox import Letter
from ingest.patience import StoppedError
from ingest.pipeline import SNAPSHOT_EVERY_MS
from ingest.seal import DamagedError


def say(clock, board, *parts, seq):
    """A message composed and received now."""
    return readings(board, *parts, seq=seq, up=UP_MS + clock.ms - START_MS, at_ms=clock.ms)


class MakesRoom(Event):
    """Makes room on the disk at the first wait."""

    def __init__(self, connection):
        super().__init__()
        self.connection = connection

    def wait(self, timeout=None):
        """Go on at once, with room."""
        self.connection.execute("PRAGMA max_page_count = 1000000")
        return False


def many(clock):
    """Messages that fill some pages."""
    clock.wait(1)
    seen = [motion(f"pir-{1 + n % 2}", on=n % 4 < 2) for n in range(60)]
    return [say(clock, "d1", *seen, seq=seq) for seq in range(40)]


def damage(ingest, table, column):
    """Flip the last byte of a row, as a bad disk does."""
    ingest.rows_before = ingest.rows("journal")
    [(row, kept)] = ingest.connection.execute(f"SELECT rowid, {column} FROM {table} LIMIT 1")  # noqa: S608
    flipped = kept[:-1] + bytes([kept[-1] ^ 1])
    change = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
    ingest.connection.execute(change, (flipped, row))


def test_a_full_disk_holds_a_round_up_and_loses_nothing(ingest, clock):
    """The round ends once there is room; each row is there once, and the answer is right."""
    rows = ingest.rows("journal")
    [(pages,)] = ingest.connection.execute("PRAGMA page_count")
    ingest.connection.execute(f"PRAGMA max_page_count = {pages}")
    patience = ingest.pipeline.patience
    patience.stopping = MakesRoom(ingest.connection)
    letters = many(clock)
    assert ingest.hear(*letters) == {"d1"}
    assert patience.waits == 1
    assert ingest.rows("journal") == rows + 2
    before = ingest.belief()
    after = ingest.crash()
    assert after.belief() == before
    after.connection.close()


def test_who_is_stopped_at_a_full_disk_has_written_nothing(ingest, clock):
    """The next process hears the letters again as new ones."""
    [(pages,)] = ingest.connection.execute("PRAGMA page_count")
    ingest.connection.execute(f"PRAGMA max_page_count = {pages}")
    ingest.pipeline.patience.stopping.set()
    letters = many(clock)
    with pytest.raises(StoppedError):
        ingest.hear(*letters)
    after = ingest.crash()
    assert after.hear(*letters) == {"d1"}
    assert after.pipeline.counters.duplicates == 0
    after.connection.close()


def test_a_snapshot_that_was_flipped_is_left_and_the_journal_folded(ingest, clock):
    """The state is what it was; nothing of the damaged bytes is believed."""
    clock.wait(SNAPSHOT_EVERY_MS / 1000)
    ingest.hear(say(clock, "d1", motion(), seq=0))
    before = ingest.belief()
    damage(ingest, "snapshot", "estimator")
    after = ingest.crash()
    assert after.pages == ingest.rows_before
    assert after.belief() == before
    after.connection.close()


def test_a_page_that_was_flipped_is_never_believed(ingest, clock):
    """The start ends with an error that names the row."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    ingest.connection.execute("DELETE FROM snapshot")
    damage(ingest, "journal", "body")
    with pytest.raises(DamagedError, match="row 1 of the journal"):
        ingest.crash()


def test_an_earlier_version_of_the_database_is_taken_over(ingest, clock):
    """What was kept without checksums gets them, and the fold is the same."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    before = ingest.belief()
    for table, column in SEALED:
        bare = f"UPDATE {table} SET {column} = substr({column}, 5)"  # noqa: S608
        ingest.connection.execute(bare)
    ingest.connection.execute("PRAGMA user_version = 0")
    after = ingest.crash()
    assert after.belief() == before
    after.connection.close()


def test_a_later_version_of_the_database_is_refused(ingest):
    """It is left as it is."""
    ingest.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerDatabaseError, match="found database version 99"):
        ingest.crash()


def test_a_session_that_the_broker_forgot_is_written_down(ingest, clock):
    """With the times between which messages may be missing; once."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    heard_ms = clock.ms
    clock.wait(30)
    ingest.pipeline.interrupt(clock.ms, "the broker had forgotten the session")
    ingest.wait(3)
    [row] = ingest.connection.execute("SELECT from_ms, to_ms, why FROM interruptions").fetchall()
    assert row == (heard_ms, heard_ms + 30_000, "the broker had forgotten the session")


def test_a_birth_is_told_to_whoever_asks_boards(ingest, clock):
    """A retained one as well: the board may have been there for long."""
    birth = status("d1", "online", at_ms=clock.ms)
    done = ingest.pipeline.round([Letter(birth, 1, 1, 1)], clock.now_ms())
    assert (done.born, done.safe) == (frozenset({"d1"}), frozenset())
