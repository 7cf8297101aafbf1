"""History is copied day by day into another store, however often it is begun."""

import pytest
from support.hall import hall

from occupancy.aggregate import Aggregate
from occupancy.history import HistoryError
from occupancy.point import Point, PointsRefusedError, StoreError, aggregate_point, transition_point
from occupancy.space import Kind
from occupancy.state import State
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import SqliteHistory, open_database
from occupancy.transition import Transition
from vrijplek import migration
from vrijplek.migration import DAY_MS, TRIES, Migration, Outcome, Source

HALL = hall((0, 6))
START_MS = 20_000 * DAY_MS + 5_000


class Elsewhere:
    """Another store in memory; the same measurement, tags and time is one row."""

    def __init__(self):
        self.rows: dict[str, dict[tuple, Point]] = {}
        self.fails: list[Exception] = []
        self.wrong: set[int] = set()
        self.sends = 0

    def notices(self):
        """Nothing."""
        return ()

    def send(self, stream, points):
        """Take points, unless the test says no."""
        self.sends += 1
        if self.fails:
            raise self.fails.pop(0)
        if any(point.at_ms in self.wrong for point in points):
            raise PointsRefusedError("status 400: no", 400)
        for point in points:
            key = (point.measurement, tuple(sorted(point.tags.items())), point.at_ms)
            self.rows.setdefault(stream, {})[key] = point

    def count(self, stream, from_ms, to_ms):
        """As a census."""
        return sum(from_ms <= p.at_ms < to_ms for p in self.rows.get(stream, {}).values())


@pytest.fixture
def kept(tmp_path):
    """Three days of ten transitions."""
    connection = open_database(tmp_path / "vrijplek.sqlite")
    history = SqliteHistory(connection)
    history.append(
        Transition("f0-z1-d0", State.FREE, State.OCCUPIED, START_MS + day * DAY_MS + n, 0.9)
        for day in range(3)
        for n in range(10)
    )
    yield history
    connection.close()


@pytest.fixture
def elsewhere():
    """A store that is empty."""
    return Elsewhere()


def source(kept, oldest_ms=0):
    return Source(
        "transitions",
        kept,
        lambda row: transition_point(row, HALL),
        oldest_ms,
        START_MS + 3 * DAY_MS,
    )


def copy(kept, elsewhere, *, oldest_ms=0, everything=False):
    """One run; the outcome, and what the bar was told."""
    passed, waits = [], []
    made = Migration(elsewhere, elsewhere, waits.append, passed.append)
    outcome = made.copy(source(kept, oldest_ms), everything=everything)
    return outcome, sum(passed), waits


def test_everything_is_copied_once(kept, elsewhere):
    """The second run finds all of it and sends nothing."""
    assert copy(kept, elsewhere)[:2] == (Outcome(rows=30, sent=30), 30)
    assert elsewhere.sends == 3
    assert copy(kept, elsewhere)[:2] == (Outcome(rows=30), 30)
    assert elsewhere.sends == 3
    assert len(elsewhere.rows["transitions"]) == 30


def test_all_sends_complete_days_again_and_they_are_there_once(kept, elsewhere):
    """For whoever doubts what is there."""
    copy(kept, elsewhere)
    assert copy(kept, elsewhere, everything=True)[0] == Outcome(rows=30, sent=30)
    assert len(elsewhere.rows["transitions"]) == 30


def test_a_day_that_lacks_something_is_copied(kept, elsewhere):
    """And no other: this is how it goes on after it was ended."""
    copy(kept, elsewhere)
    gone = next(iter(elsewhere.rows["transitions"]))
    del elsewhere.rows["transitions"][gone]
    outcome, passed, _ = copy(kept, elsewhere)
    assert (outcome.sent, outcome.missing, passed) == (10, 0, 30)
    assert gone in elsewhere.rows["transitions"]


def test_what_the_other_store_would_delete_is_not_copied(kept, elsewhere):
    """Rows that are older than it keeps points."""
    assert copy(kept, elsewhere, oldest_ms=START_MS + DAY_MS + 5)[0] == Outcome(rows=15, sent=15)


def test_a_store_that_loses_what_it_took_is_told_of(kept, elsewhere, monkeypatch):
    """The day is counted again after it was copied."""
    monkeypatch.setattr(elsewhere, "send", lambda stream, points: None)
    assert copy(kept, elsewhere)[0] == Outcome(rows=30, sent=30, missing=30)


def test_a_damaged_row_is_left_out_and_told_of(kept, elsewhere):
    """The rest of its day is copied."""
    kept.connection.execute(
        "UPDATE transitions SET probability = 0.1 WHERE event_ms = ?", (START_MS + 3,)
    )
    outcome, passed, _ = copy(kept, elsewhere)
    assert (outcome.rows, outcome.sent, outcome.missing, passed) == (30, 29, 0, 30)
    [told] = outcome.damaged
    assert f"f0-z1-d0 at {START_MS + 3}" in told


def test_a_point_that_is_refused_is_told_of_and_the_rest_is_copied(kept, elsewhere):
    """Batches are halved until it is alone."""
    elsewhere.wrong = {START_MS + 7}
    outcome, passed, _ = copy(kept, elsewhere)
    assert (outcome.sent, outcome.missing, passed) == (29, 0, 30)
    assert outcome.refused == ["status 400: no"]


def test_a_failure_is_tried_again(kept, elsewhere):
    """Some times, with a wait before each."""
    elsewhere.fails = [StoreError("status 503", 1.0)] * (TRIES - 1)
    outcome, _, waits = copy(kept, elsewhere)
    assert (outcome.sent, len(waits)) == (30, TRIES - 1)


def test_a_store_that_stays_away_ends_it(kept, elsewhere):
    """With its own error; what it took before is there."""
    elsewhere.fails = [StoreError("gone")] * TRIES
    with pytest.raises(StoreError, match="gone"):
        copy(kept, elsewhere)


def test_days_are_read_in_batches(kept, elsewhere, monkeypatch):
    """So that a day of any size fits into memory."""
    monkeypatch.setattr(migration, "BATCH", 4)
    assert copy(kept, elsewhere)[0] == Outcome(rows=30, sent=30)
    assert elsewhere.sends == 9


def test_aggregates_are_copied_as_what_was_told(tmp_path, elsewhere):
    """A damaged one is left out."""
    connection = open_database(tmp_path / "other.sqlite")
    kept = SqliteAggregates(connection)
    told = [
        Aggregate("f0", Kind.FLOOR, "f0", START_MS + n * 900_000, 6, None, "<5", 0, 0)
        for n in range(4)
    ]
    kept.add(told)
    connection.execute("UPDATE aggregates SET free = 1 WHERE from_ms = ?", (START_MS,))
    one = Source("aggregates", kept, lambda row: aggregate_point(row, HALL), 0, START_MS + DAY_MS)
    outcome = Migration(elsewhere, elsewhere, lambda _: None).copy(one)
    connection.close()
    assert (outcome.rows, outcome.sent, len(outcome.damaged)) == (4, 3, 1)
    expected = [aggregate_point(one, HALL) for one in told[1:]]
    assert list(elsewhere.rows["aggregates"].values()) == expected
    assert not any(isinstance(one, HistoryError) for one in expected)
