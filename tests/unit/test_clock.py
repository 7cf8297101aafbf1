"""The clock of the service."""

from itertools import pairwise

import pytest
from support.office import START_MS

from ingest.clock import SLEW_MS_PER_S, ServiceClock


class Wall:
    """The machine's clocks, as a test sets them."""

    def __init__(self):
        self.wall_ms, self.mono_s = START_MS, 1_000.0

    def pass_(self, seconds, step_ms=0.0):
        """Time passes, and the wall clock steps besides."""
        self.mono_s += seconds
        self.wall_ms += seconds * 1000 + step_ms


@pytest.fixture
def wall(monkeypatch):
    """Clocks that stand still until the test moves them."""
    made = Wall()
    monkeypatch.setattr("ingest.clock.time.monotonic", lambda: made.mono_s)
    monkeypatch.setattr("ingest.clock.time.time_ns", lambda: int(made.wall_ms * 1e6))
    return made


def disciplined(clock, wall, seconds):
    """Follow the wall clock each second."""
    for _ in range(seconds):
        wall.pass_(1)
        clock.discipline()


def test_it_starts_at_the_wall_clock(wall):
    """Without another wish, service time is the time."""
    clock = ServiceClock.started()
    wall.pass_(12.5)
    assert clock.now_ms() == START_MS + 12_500


def test_it_starts_where_it_is_told_and_runs_as_fast(wall):
    """A demo's Sunday at three goes a hundred times as fast."""
    clock = ServiceClock.started(100.0, 5_000)
    assert clock.now_ms() == 5_000
    wall.pass_(2)
    assert clock.now_ms() == 205_000


def test_two_processes_with_one_anchor_show_one_time(wall):
    """A clock made later from the same anchor shows what the first shows."""
    first = ServiceClock(10.0, 5_000, START_MS)
    wall.pass_(3)
    assert ServiceClock(10.0, 5_000, START_MS).now_ms() == first.now_ms() == 35_000


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000])
def test_a_step_of_the_wall_clock_moves_nothing_at_once(wall, step_ms):
    """Durations go on as if nothing had happened, and the step is counted."""
    clock = ServiceClock.started()
    wall.pass_(1, step_ms)
    assert clock.now_ms() == START_MS + 1_000
    assert clock.discipline() == pytest.approx(step_ms, abs=1)
    assert clock.steps == 1
    assert abs(clock.now_ms() - START_MS - 1_000) <= SLEW_MS_PER_S


def test_it_follows_the_wall_clock_slowly(wall):
    """A small error is gone after some seconds, at most 50 ms in each."""
    clock = ServiceClock.started()
    wall.pass_(0, 1_000)
    shown = []
    for _ in range(30):
        wall.pass_(1)
        clock.discipline()
        shown.append(clock.now_ms())
    steps = [b - a for a, b in pairwise(shown)]
    assert all(1_000 <= step <= 1_051 for step in steps)
    assert shown[-1] == pytest.approx(wall.wall_ms, abs=1)


def test_a_small_error_is_no_step(wall):
    """Drift is followed, not counted."""
    clock = ServiceClock.started()
    wall.pass_(1, 1_500)
    disciplined(clock, wall, 40)
    assert clock.steps == 0


def test_one_step_is_counted_once(wall):
    """However long it takes to follow it."""
    clock = ServiceClock.started()
    wall.pass_(1, 60_000)
    disciplined(clock, wall, 30)
    assert clock.steps == 1


def test_it_goes_on_from_a_journal_that_is_ahead(wall):
    """With a wall clock behind the journal, time goes on from the journal's end."""
    clock = ServiceClock.started()
    ahead_ms = clock.now_ms() + 3_600_000
    clock.not_before(ahead_ms)
    clock.not_before(ahead_ms - 1_800_000)

    assert clock.now_ms() == pytest.approx(ahead_ms, abs=5)


def test_it_never_goes_back(wall):
    """Also while it follows a wall clock that was set back."""
    clock = ServiceClock.started()
    wall.pass_(10, -1_000)
    before = clock.now_ms()
    clock.discipline()
    assert clock.now_ms() >= before
