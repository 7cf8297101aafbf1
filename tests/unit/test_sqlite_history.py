"""History in SQLite."""

import sqlite3
import stat

import pytest

from occupancy.evidence import BADGE, Evidence
from occupancy.history import DamagedHistoryError, spans
from occupancy.state import State
from occupancy.store.sqlite import KEPT_MS, SqliteHistory, open_database
from occupancy.transition import Transition

REASONS = (Evidence("d1/pir", "motion", 3.0, 1_000), Evidence(BADGE, "badge", 1.25, None))


def move(event_ms, after=State.OCCUPIED, space="desk-1", before=State.FREE, **more):
    return Transition(space, before, after, event_ms, 0.9, **more)


@pytest.fixture
def file(tmp_path):
    """Where the database lies."""
    return tmp_path / "history.sqlite"


@pytest.fixture
def connection(file):
    """A connection that writes."""
    opened = open_database(file)
    yield opened
    opened.close()


@pytest.fixture
def history(connection):
    """An empty history."""
    return SqliteHistory(connection)


def test_a_transition_comes_back_as_it_was(history):
    """State, time, probability, reasons and lateness survive."""
    moved = move(1_000, reasons=REASONS, late=True)
    history.append([moved])
    assert history.transitions("desk-1", 0, 2_000) == [moved]


def test_a_row_that_was_flipped_is_never_told(history, connection):
    """Neither in a period nor as the last one before; another space's rows are."""
    history.append([move(1_000), move(1_000, space="desk-2")])
    connection.execute("UPDATE transitions SET event_ms = 1001 WHERE space = 'desk-1'")
    with pytest.raises(DamagedHistoryError, match="desk-1 at 1001"):
        history.transitions("desk-1", 0, 2_000)
    with pytest.raises(DamagedHistoryError):
        history.before("desk-1", 2_000)
    assert history.transitions("desk-2", 0, 2_000) == [move(1_000, space="desk-2")]


def test_rows_of_an_earlier_version_are_told_without_a_checksum(history, connection):
    """The column is added to a table that has none."""
    history.append([move(1_000)])
    connection.execute("ALTER TABLE transitions DROP COLUMN checksum")
    again = SqliteHistory(connection)
    assert again.transitions("desk-1", 0, 2_000) == [move(1_000)]
    again.append([move(2_000)])
    assert again.before("desk-1", 3_000) == move(2_000)


def test_a_period_includes_its_start_and_not_its_end(history):
    """From inclusive, to exclusive, oldest first, one space only."""
    history.append([move(30), move(10), move(20), move(20, space="desk-2")])
    assert [t.event_ms for t in history.transitions("desk-1", 10, 30)] == [10, 20]


def test_before_is_the_last_one_strictly_before(history):
    """None where there is none."""
    history.append([move(10), move(20, State.AWAY)])
    assert history.before("desk-1", 10) is None
    assert history.before("desk-1", 20) == move(10)
    assert history.before("desk-1", 99) == move(20, State.AWAY)


def test_the_same_transition_twice_is_one_row(history):
    """Writing again after a crash changes nothing."""
    for _ in range(2):
        history.append([move(10), move(20, State.AWAY)])
    assert len(history.transitions("desk-1", 0, 99)) == 2


def test_two_transitions_at_one_moment_keep_their_order(history):
    """The later one decides what the space was from there on."""
    history.append(
        [move(10, State.FREE, before=State.UNKNOWN), move(10, State.OCCUPIED, before=State.FREE)]
    )
    assert [t.after for t in history.transitions("desk-1", 0, 99)] == [State.FREE, State.OCCUPIED]
    assert [s.state for s in spans(history, "desk-1", 0, 20)] == [State.UNKNOWN, State.OCCUPIED]
    assert history.before("desk-1", 99).after is State.OCCUPIED


def test_a_state_that_comes_back_at_the_same_moment_is_the_last(history):
    """Occupied, away and occupied again in one millisecond is occupied."""
    history.append([move(10), move(10, State.AWAY, before=State.OCCUPIED)])
    history.append([move(10, State.OCCUPIED, before=State.AWAY)])
    assert history.before("desk-1", 99).after is State.OCCUPIED


def test_transitions_are_kept_for_thirty_days(history):
    """At thirty days they are still there, a millisecond later they are deleted."""
    history.append([move(0), move(1)])
    history.purge(KEPT_MS + 1)
    assert [t.event_ms for t in history.transitions("desk-1", 0, 99)] == [1]


def test_a_reader_sees_what_was_committed_and_cannot_write(file, history):
    """Beside the writer, on a connection of its own."""
    history.append([move(10)])
    reader = open_database(file, read_only=True)
    past = SqliteHistory(reader, read_only=True)
    assert past.transitions("desk-1", 0, 99) == [move(10)]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        past.append([move(20)])
    reader.close()


def test_the_file_belongs_to_its_owner_alone(file, connection):
    """Nobody else reads or writes it."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)]
)
def test_the_database_loses_nothing_and_keeps_nothing_deleted(connection, pragma, value):
    """Write-ahead log, full synchronisation, deleted rows overwritten."""
    assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_what_is_no_database_is_an_error(file):
    """A file that is something else is not overwritten."""
    file.write_bytes(b"not a database, but long enough to be looked at" * 20)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        open_database(file)
    assert file.read_bytes().startswith(b"not a database")
