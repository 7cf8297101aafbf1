"""What is told of quarters gives no small count away, and is told once whatever happens."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from support.hall import hall

from occupancy.aggregate import COUNTS, QUARTER_MS, Aggregate, aggregates_at
from occupancy.closing import GRACE_MS, WATCHED_MS, Closer
from occupancy.point import aggregate_point
from occupancy.space import Kind
from occupancy.state import State
from occupancy.suppression import is_small

HALL = hall((0, 5))
DESKS = [desk.id for desk in HALL.of_kind(Kind.DESK)]
TWO = hall((1, 5, 6))
TWO_DESKS = [desk.id for desk in TWO.of_kind(Kind.DESK)]


def fields(building, states):
    """What somebody with a token of an analyst reads of one quarter."""
    told = aggregates_at(building, 0, states)
    return tuple(
        (one.area, tuple(sorted(aggregate_point(one, building).fields.items()))) for one in told
    )


def counts_of(building, area, states):
    """The truth of an area, by state."""
    inside = [s.id for s in building.inside(area) if s.kind is Kind.DESK]
    return tuple(sum(states[d] == State(name) for d in inside) for name in COUNTS)


def worlds():
    """Every way that five desks can be, apart from which is which."""
    for free, occupied, away in product(range(6), repeat=3):
        if free + occupied + away <= 5:
            states = [State.FREE] * free + [State.OCCUPIED] * occupied + [State.AWAY] * away
            yield dict(zip(DESKS, states + [State.UNKNOWN] * (5 - len(states)), strict=True))


def test_points_of_one_area_leave_two_values_for_each_small_count():
    """Of every possible hall with the same points, two differ in each count from 1 to 4."""
    by_points = {}
    for states in worlds():
        by_points.setdefault(fields(HALL, states), []).append(counts_of(HALL, "hq", states))
    assert len(by_points) > 1
    for alike in by_points.values():
        for column in zip(*alike, strict=True):
            assert not is_small(column[0]) or len(set(column)) > 1, alike


state = st.sampled_from([State.FREE, State.OCCUPIED, State.AWAY])


@settings(max_examples=60, deadline=None)
@given(st.lists(state, min_size=len(TWO_DESKS), max_size=len(TWO_DESKS)))
def test_points_of_areas_within_areas_tell_no_small_count(drawn):
    """No field is a small number, nor is the difference of an area and those inside it."""
    states = dict(zip(TWO_DESKS, drawn, strict=True))
    shown = {area: dict(told) for area, told in fields(TWO, states)}
    assert set(shown) == {"hq", "f0", "f0-z1", "f0-z2"}
    for name in COUNTS:
        told = {area: counts.get(name) for area, counts in shown.items()}
        assert not any(is_small(count) for count in told.values() if count is not None)
        parts = (told["f0"], told["f0-z1"], told["f0-z2"])
        if None not in parts:
            whole, *inside = parts
            rest = [whole - sum(inside), *(whole - one for one in inside)]
            truth = counts_of(TWO, "f0", states)[COUNTS.index(name)]
            assert whole == truth
            assert rest[0] in (0, 1)  # the one desk of no zone is no area
    for counts in shown.values():
        left_out = [name for name in COUNTS if name not in counts]
        assert len(left_out) != 1, "the number of desks gives the only one away"


class Disk:
    """What outlives a process: when something was written, and what was told."""

    def __init__(self):
        self.written = []
        self.rows: dict[int, tuple[Aggregate, ...]] = {}

    def has(self, from_ms):
        """Whether a quarter is told."""
        return from_ms in self.rows

    def pause_ms(self, at_ms):
        """As the journal tells it."""
        before = [ms for ms in self.written if ms < at_ms]
        after = [ms for ms in self.written if ms >= at_ms]
        return min(after) - max(before) if before and after else None


class Drifting:
    """A history that says something else each time it is asked, as late readings would."""

    def __init__(self):
        self.asked = 0

    def before(self, space, at_ms):
        """Nothing is kept."""

    def transitions(self, space, from_ms, to_ms):
        """Nothing is kept."""
        return []

    def live(self):
        """All free, then all occupied, and so on."""
        self.asked += 1
        return dict.fromkeys(DESKS, State.FREE if self.asked % 2 else State.OCCUPIED)


def run(steps, restarts):
    """A service that writes after each step; another process from each of some steps on."""
    disk, past, now_ms, seen = Disk(), Drifting(), QUARTER_MS - 30_000, {}
    closer = None
    for i, step_ms in enumerate(steps):
        now_ms += step_ms
        if closer is None or i in restarts:
            closer = Closer(HALL, past, disk, disk.pause_ms, past.live)
        disk.written.append(now_ms)
        told = closer.close(now_ms)
        if told:
            assert told[0].from_ms not in seen, "told twice"
            seen[told[0].from_ms] = told
            disk.rows[told[0].from_ms] = told
        assert disk.rows == seen
    return disk


pauses = st.one_of(st.integers(1_000, 60_000), st.integers(1_000, 3 * QUARTER_MS))


@settings(max_examples=80, deadline=None)
@given(st.lists(pauses, min_size=1, max_size=60), st.sets(st.integers(0, 59)))
def test_restarts_change_nothing_of_what_is_told(steps, restarts):
    """At any points: the same quarters, with the same counts, each once."""
    assert run(steps, restarts).rows == run(steps, set()).rows


@settings(max_examples=80, deadline=None)
@given(st.lists(pauses, min_size=1, max_size=60))
def test_a_quarter_is_told_if_it_was_watched_and_in_time(steps):
    """And only then: written about its start, and again before the next one is due."""
    disk = run(steps, set())
    newest_ms = disk.written[-1]
    for from_ms in range(0, newest_ms, QUARTER_MS):
        pause_ms = disk.pause_ms(from_ms)
        due_ms = from_ms + GRACE_MS
        in_time = any(due_ms <= ms < due_ms + QUARTER_MS for ms in disk.written)
        is_watched = pause_ms is not None and pause_ms <= WATCHED_MS
        assert disk.has(from_ms) == (is_watched and in_time), from_ms
