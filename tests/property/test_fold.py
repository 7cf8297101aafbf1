"""Folding: cut anywhere, the future is the same."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support.office import OFFICE, SITE_KEY, START_MS

from occupancy.estimator import Estimator
from occupancy.snapshot import freeze, thawed, wake
from occupancy.state import State, may_move
from sensors.entry import Entry
from sensors.reading import Contact, Count, Heartbeat, Motion, Offline, Presence, Sighting
from sensors.tag import tag_of

TAGS = [tag_of(f"c3:00:00:00:00:{n:02x}", SITE_KEY) for n in range(3)]
DAY_MS = 86_400_000


at_ms = st.integers(-DAY_MS, 0) | st.integers(-5_000, 0) | st.just(0)


def readings_of(channel):
    """What one channel may say, at times counted back from when it is received."""
    name = st.just(channel.id)
    match channel.kind:
        case "motion":
            return st.builds(Motion, name, at_ms, st.booleans())
        case "presence":
            return st.builds(Presence, name, at_ms, st.booleans())
        case "count":
            return st.builds(Count, name, at_ms, st.integers(0, 5))
        case "scanner":
            strength, reference = st.floats(-127, 20), st.none() | st.floats(-90, -40)
            return st.builds(Sighting, name, at_ms, st.sampled_from(TAGS), strength, reference)
        case _:
            return st.builds(Contact, name, at_ms, st.booleans())


def entries_of(board):
    """What one board may say in a message."""
    name = st.just(board.id)
    said = [readings_of(channel) for channel in OFFICE.sensors if channel.board == board.id]
    beats = st.builds(Heartbeat, name, at_ms, st.floats(1, 3600))
    goodbyes = st.builds(Offline, name, at_ms)
    return st.tuples(name, st.lists(st.one_of(*said, beats, goodbyes), max_size=4))


heard = st.builds(
    Sighting, st.just("r1/ble"), st.integers(-900, 0), st.sampled_from(TAGS), st.floats(-80, -50)
)
entries = st.one_of(
    *(entries_of(board) for board in OFFICE.boards),
    st.tuples(st.just("r1"), st.lists(heard, min_size=1, max_size=4)),
)
steps = st.tuples(
    st.lists(entries, max_size=3),
    st.integers(0, 3) | st.integers(0, 120) | st.sampled_from([600, 3_600]),
)
"""Entries of one page, and how many seconds pass after it."""


def pages(stream):
    """What is folded: entries at their time, then a tick."""
    now_ms = START_MS
    for said, seconds in stream:
        yield [at(entry, now_ms) for entry in said], now_ms
        now_ms += seconds * 1000


def at(entry, now_ms):
    """An entry received now, whose readings count back from now."""
    board, said = entry
    moved = []
    for reading in said:
        fields = {name: getattr(reading, name) for name in reading.__struct_fields__}
        fields["event_ms"] += now_ms
        moved.append(type(reading)(**fields))
    return Entry(board, now_ms, tuple(moved))


def folded(estimator, stream):
    """All transitions and changes that come of some pages."""
    return acted(estimator, [act for page in stream for act in page])


def acted(estimator, acts):
    """The same of entries to fold and times to tick, one after another."""
    return [estimator.tick(a) if isinstance(a, int) else estimator.fold(a) for a in acts]


@settings(max_examples=80)
@given(st.lists(steps, max_size=25), st.integers(0, 50))
def test_a_snapshot_may_be_taken_anywhere(stream, cut):
    """Fold, freeze, wake and fold on is the same as fold all, byte for byte.

    Also between a page and its tick.
    """
    everything = [act for page in pages(stream) for act in page]
    whole, first, second = Estimator(OFFICE), Estimator(OFFICE), Estimator(OFFICE)
    expected = acted(whole, everything)
    found = acted(first, everything[:cut])
    wake(second, thawed(freeze(first)))
    found += acted(second, everything[cut:])
    assert found == expected
    assert freeze(second) == freeze(whole)
    assert second.whereabouts() == whole.whereabouts()


@settings(max_examples=60)
@given(st.lists(steps, max_size=25))
def test_the_same_input_gives_the_same_output(stream):
    """Two estimators that hear the same say the same, byte for byte."""
    one, other = Estimator(OFFICE), Estimator(OFFICE)
    assert folded(one, pages(stream)) == folded(other, pages(stream))
    assert freeze(one) == freeze(other)


@settings(max_examples=100)
@given(st.lists(steps, max_size=25))
def test_every_transition_is_legal_and_follows_the_one_before(stream):
    """Moves are in the table, hang together, never go back in time, and are what is told."""
    estimator = Estimator(OFFICE)
    state = dict.fromkeys(OFFICE.index, State.UNKNOWN)
    since = dict.fromkeys(OFFICE.index, 0)
    for said, now_ms in pages(stream):
        for outcome in (estimator.fold(said), estimator.tick(now_ms)):
            for moved in outcome.transitions:
                assert moved.before == state[moved.space]
                assert may_move(moved.before, moved.after)
                assert since[moved.space] <= moved.event_ms <= now_ms
                assert 0.0 <= moved.probability <= 1.0
                assert not any(tag in repr(moved) for tag in TAGS)
                state[moved.space], since[moved.space] = moved.after, moved.event_ms
            assert {t.space for t in outcome.transitions} <= {s.space for s in outcome.changed}
    assert {s.space: s.state for s in estimator.statuses()} == state


@settings(max_examples=60)
@given(st.lists(steps, max_size=25))
def test_a_space_without_a_living_board_is_unknown(stream):
    """After every tick, whatever was said: no dead board's space has a state of its own.

    A room may be known by a badge instead, and for a moment longer when that seems to leave.
    """
    estimator = Estimator(OFFICE)
    for said, now_ms in pages(stream):
        estimator.fold(said)
        if now_ms == estimator.now_ms:
            continue
        estimator.tick(now_ms)
        alive = estimator.watch.alive(estimator.now_ms)
        seen = set(estimator.watch.space_of[alive].tolist())
        badges, decision = estimator.opinion.badges.there, estimator.decision
        lost = estimator.watch.lost(alive)
        for status in estimator.statuses():
            space = OFFICE.index[status.space]
            if space not in seen:
                doubted_ms = 1000 * decision.thresholds.settled_leave_s - (
                    now_ms - decision.low_ms[space]
                )
                doubted = status.state is State.OCCUPIED and doubted_ms > 0 and not lost[space]
                by_badge = badges[space] >= decision.thresholds.free
                assert status.state is State.UNKNOWN or by_badge or doubted
