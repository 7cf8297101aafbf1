"""Each quarter is told once, by a pipeline on a real database."""

import sqlite3

import pytest
from support.clock import ManualClock
from support.hall import hall
from support.office import START_MS
from support.service import Ingest

from occupancy.aggregate import QUARTER_MS
from occupancy.closing import GRACE_MS, WATCHED_MS
from occupancy.state import State
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import KEPT_MS
from occupancy.transition import Transition
from vrijplek.aggregation import aggregate

HALL = hall((0, 12, 8))
FIRST_MS = -(-START_MS // QUARTER_MS) * QUARTER_MS
MINUTE_S = 60


class Counting:
    """A service without a network that tells its quarters."""

    def __init__(self, folder):
        self.clock = ManualClock()
        self.clock.ms = FIRST_MS - 60_000
        self.posted = []
        self.ingest = Ingest(folder / "vrijplek.sqlite", self.clock, HALL)
        self._join()

    def _join(self):
        ingest = self.ingest
        self.kept = SqliteAggregates(ingest.connection)
        aggregate(ingest.pipeline, ingest.history, self.kept, self._post)

    def _post(self, told, now_ms):
        self.posted.append((now_ms, told))

    def crash(self):
        """The next process on the same file."""
        self.ingest = self.ingest.crash()
        self._join()

    def was(self, desk, event_ms, after, before=State.FREE):
        """Have history hold a change."""
        self.ingest.history.append([Transition(desk, before, after, event_ms, 0.9)])

    def told(self, area="hq"):
        """What is on disk of an area."""
        return self.kept.aggregates(area, 0, 2**53)


@pytest.fixture
def counting(tmp_path):
    """A new one, a minute before a quarter begins."""
    made = Counting(tmp_path)
    yield made
    made.ingest.connection.close()


def test_a_quarter_is_told_after_its_grace(counting):
    """Not a second sooner, all areas at once, and no more than once."""
    counting.ingest.wait((GRACE_MS + 59_000) / 1000)
    assert counting.told() == []
    counting.ingest.wait(1)
    assert [one.from_ms for one in counting.told()] == [FIRST_MS]
    counting.ingest.wait(13 * MINUTE_S)
    [(at_ms, told)] = counting.posted
    assert at_ms == FIRST_MS + GRACE_MS
    assert [one.area for one in told] == ["hq", "f0", "f0-z1", "f0-z2"]


def test_a_reading_that_comes_late_within_the_grace_counts(counting):
    """With what it says of the start of the quarter; what happened after that does not."""
    counting.ingest.wait(4 * MINUTE_S)
    for n in range(6):
        counting.was(f"f0-z1-d{n}", FIRST_MS - 1000, State.OCCUPIED)
    for n in range(6, 12):
        counting.was(f"f0-z1-d{n}", FIRST_MS - 1000, State.FREE, State.UNKNOWN)
        counting.was(f"f0-z1-d{n}", FIRST_MS + 1000, State.OCCUPIED)
    counting.ingest.wait(3 * MINUTE_S)
    [zone] = counting.told("f0-z1")
    assert (zone.free, zone.occupied, zone.away, zone.unknown) == (6, 6, 0, 0)


def test_what_was_told_is_not_corrected(counting):
    """A reading after the grace changes history and not the aggregate."""
    counting.ingest.wait(7 * MINUTE_S)
    before = counting.told("f0-z1")
    for n in range(6):
        counting.was(f"f0-z1-d{n}", FIRST_MS - 1000, State.OCCUPIED)
    counting.crash()
    counting.ingest.wait(5 * MINUTE_S)
    assert counting.told("f0-z1") == before
    assert len(counting.posted) == 1


def test_a_quarter_that_began_during_a_stop_is_not_told(counting):
    """Neither at the start nor later; the next one is."""
    counting.ingest.wait(30)
    counting.clock.wait(WATCHED_MS / 1000 + 10)
    counting.crash()
    counting.ingest.wait(25 * MINUTE_S)
    assert [one.from_ms for one in counting.told()] == [FIRST_MS + QUARTER_MS]


def test_a_quarter_that_began_before_the_first_start_is_not_told(counting):
    """Nothing was known then."""
    counting.clock.ms = FIRST_MS + 1000
    counting.ingest.wait(8 * MINUTE_S)
    assert counting.told() == []


def test_a_short_stop_costs_no_quarter(counting):
    """A restart across its start, and one across the end of its grace."""
    counting.ingest.wait(30)
    counting.clock.wait(60)
    counting.crash()
    counting.ingest.wait(4 * MINUTE_S)
    counting.clock.wait(3 * MINUTE_S)
    counting.crash()
    counting.ingest.wait(2)
    assert [one.from_ms for one in counting.told()] == [FIRST_MS]


def test_a_write_that_failed_tells_when_it_succeeds(counting):
    """What was posted and rolled back is posted again with the transaction that stays."""
    counting.ingest.wait(5 * MINUTE_S + 59)
    counting.ingest.journal.broken = True
    counting.clock.wait(1)
    with pytest.raises(sqlite3.OperationalError):
        counting.ingest.pipeline.round([], counting.clock.now_ms())
    assert counting.told() == []
    counting.crash()
    counting.ingest.wait(1)
    assert [one.from_ms for one in counting.told()] == [FIRST_MS]


def test_a_desk_that_has_not_changed_for_longer_than_history_is_kept_is_known(counting):
    """It was what it is now, or what it was before its next change."""
    counting.ingest.wait(2 * MINUTE_S)
    ingest = counting.ingest
    for n in range(12):
        counting.was(f"f0-z1-d{n}", FIRST_MS - KEPT_MS - 1000, State.FREE, State.UNKNOWN)
        counting.was(f"f0-z1-d{n}", FIRST_MS + 1000, State.OCCUPIED, State.FREE)
    ingest.history.purge(FIRST_MS)
    ingest.wait(5 * MINUTE_S)
    [zone] = counting.told("f0-z1")
    assert (zone.free, zone.unknown) == (12, 0)


def test_a_damaged_transition_counts_as_unknown(counting):
    """One flipped byte does not keep the service from going on."""
    counting.ingest.wait(2 * MINUTE_S)
    for n in range(12):
        counting.was(f"f0-z1-d{n}", FIRST_MS - 1000, State.FREE, State.UNKNOWN)
    counting.ingest.connection.execute(
        "UPDATE transitions SET probability = 0.1 WHERE space < 'f0-z1-d5'"
    )
    counting.ingest.wait(5 * MINUTE_S)
    [zone] = counting.told("f0-z1")
    assert (zone.free, zone.unknown) == (5, 7)
