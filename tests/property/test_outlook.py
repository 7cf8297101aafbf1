"""The outlook holds: what it says comes next is what an estimator then does."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support.fold import Believer
from support.office import BOARDS, OFFICE

from occupancy.outlook import outlook
from occupancy.prospect import QUIET
from occupancy.snapshot import freeze
from sensors.reading import Count, Heartbeat, Motion, Presence

AHEAD_S = 600
WATCHED = [space.id for space in OFFICE.spaces if space.kind in {"desk", "room"}]
MAKE = {
    "motion": Motion,
    "presence": Presence,
    "count": lambda sensor, event_ms, on: Count(sensor, event_ms, int(on)),
}
edges = st.tuples(
    st.sampled_from([sensor for sensor in OFFICE.sensors if sensor.kind in MAKE]),
    st.booleans(),
    st.integers(0, 3) | st.integers(0, 100),
)
"""A channel, whether it is on, and how many seconds pass after it."""
histories = st.lists(edges, min_size=1, max_size=25)


def beat(office, boards):
    """Each of these boards says that it lives."""
    for board in boards:
        office.hear(board, Heartbeat(board, office.now_ms, 30.0))


def carried(office, seconds):
    """What an estimator does next while the boards that live beat; seconds from now by space."""
    living = office.estimator.watch.liveness.alive(office.estimator.now_ms)
    boards = [board.id for board, lives in zip(BOARDS, living, strict=True) if lives]
    begin_ms, told = office.now_ms, len(office.transitions)
    for _ in range(0, seconds, 20):
        beat(office, boards)
        office.wait(20)
    found = {space: [] for space in WATCHED}
    for moved in office.transitions[told:]:
        after_s = (moved.event_ms - begin_ms) // 1000
        found.setdefault(moved.space, []).append((after_s, moved.after, moved.probability))
    return found


@settings(max_examples=25)
@given(histories, st.booleans())
def test_what_comes_next_comes(history, beats):
    """Each state that is foretold begins, to the second, and no other does.

    A board that is silent by then stays so, one that lives goes on.
    """
    office = Believer()
    for sensor, on, seconds in history:
        office.hear(sensor.board, MAKE[sensor.kind](sensor.id, office.now_ms, on))
        office.wait(seconds)
        if beats:
            beat(office, [board.id for board in BOARDS])
    office.wait(1)
    foretold = {space: outlook(office.estimator, space) for space in WATCHED}
    happened = carried(office, AHEAD_S)
    for space in WATCHED:
        expected = [
            (told.after_s, told.state, told.probability)
            for told in foretold[space]
            if told.cause == QUIET and told.after_s is not None and told.after_s <= AHEAD_S
        ]
        assert [(s, state, round(p, 2)) for s, state, p in happened[space]] == expected


@settings(max_examples=25)
@given(histories)
def test_asking_changes_nothing(history):
    """An estimator is the same, byte for byte, and gives the same answer again."""
    office = Believer()
    for sensor, on, seconds in history:
        office.hear(sensor.board, MAKE[sensor.kind](sensor.id, office.now_ms, on))
        office.wait(seconds)
    before, hushed = freeze(office.estimator), office.estimator.watch._hushed
    told = [outlook(office.estimator, space) for space in WATCHED]
    assert freeze(office.estimator) == before
    assert office.estimator.watch._hushed is hushed
    assert [outlook(office.estimator, space) for space in WATCHED] == told
