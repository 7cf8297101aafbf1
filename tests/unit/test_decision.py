"""From belief to a state."""

from itertools import product

import numpy as np
import pytest
from support.office import OFFICE, START_MS

from occupancy.decision import AWAY, CODES, FREE, OCCUPIED, UNKNOWN, Decision
from occupancy.space import Kind
from occupancy.state import MOVES, State, may_move
from occupancy.thresholds import Thresholds

DESK, ROOM = OFFICE.index["desk-1"], OFFICE.index["room-a"]
AT = Thresholds()
AWAY_MS, LEAVE_MS = int(1000 * AT.away_s), int(1000 * AT.leave_s)
KNOWN = np.ones(len(OFFICE.spaces), dtype=bool)
BIT = 1e-6


@pytest.fixture
def decision():
    """Decisions on the small office, nothing known yet."""
    return Decision(OFFICE, AT)


def due(decision, space, p, now_ms=START_MS, observed=True, lost=None):
    """The state that is due for one space, all others at 0.5; what is not seen was lost."""
    every = np.full(len(OFFICE.spaces), 0.5)
    every[space] = p
    known = KNOWN.copy()
    known[space] = observed
    gone = ~known if lost is None else np.full(len(every), lost)
    return int(decision.due(every, known, gone, now_ms)[space])


def due_in_the_end(decision, space, p, now_ms=START_MS):
    """The same after the probability has been so for as long as leaving takes."""
    due(decision, space, p, now_ms)
    return due(decision, space, p, now_ms + LEAVE_MS)


def put(decision, space, code, since_ms=START_MS):
    decision.state[space], decision.since_ms[space] = code, since_ms


def test_nothing_is_known_at_first(decision):
    """Every space begins as unknown."""
    assert {CODES[code] for code in decision.state} == {State.UNKNOWN}


def test_thresholds_are_in_order():
    """Free is below occupied, and from unknown it takes more to be free."""
    assert 0 < AT.free_at_first <= AT.free <= AT.away < AT.occupied < 1
    assert AT.away_of(Kind.DESK) == AT.away_s > AT.leave_s
    assert AT.away_of(Kind.ROOM) == 0.0


@pytest.mark.parametrize(
    ("before", "p", "after"),
    [
        (UNKNOWN, AT.occupied - BIT, UNKNOWN), (UNKNOWN, AT.occupied, OCCUPIED),
        (UNKNOWN, AT.free_at_first + BIT, UNKNOWN), (UNKNOWN, AT.free_at_first, FREE),
        (FREE, AT.occupied - BIT, FREE), (FREE, AT.occupied, OCCUPIED),
        (OCCUPIED, AT.away + BIT, OCCUPIED), (OCCUPIED, AT.away, AWAY),
        (AWAY, AT.occupied - BIT, AWAY), (AWAY, AT.occupied, OCCUPIED), (AWAY, 0.0, AWAY),
    ],
)  # fmt: skip
def test_a_desk_moves_at_the_thresholds(decision, before, p, after):
    """Between the thresholds a state stays; from unknown it takes more to be free."""
    put(decision, DESK, before)
    assert due_in_the_end(decision, DESK, p) == after


def test_a_room_has_no_away(decision):
    """An empty room is free."""
    put(decision, ROOM, OCCUPIED)
    assert due_in_the_end(decision, ROOM, AT.free) == FREE


def test_a_moment_of_doubt_frees_nothing(decision):
    """Who is occupied must be unlikely for a while, without a break."""
    put(decision, ROOM, OCCUPIED)
    low, high = AT.free, AT.free + BIT
    assert due(decision, ROOM, low, START_MS) == OCCUPIED
    assert due(decision, ROOM, low, START_MS + LEAVE_MS - 1) == OCCUPIED
    assert due(decision, ROOM, high, START_MS + LEAVE_MS) == OCCUPIED
    assert due(decision, ROOM, low, START_MS + LEAVE_MS + 1) == OCCUPIED
    assert due(decision, ROOM, low, START_MS + 2 * LEAVE_MS + 1) == FREE


@pytest.mark.parametrize(("gone_ms", "after"), [(AWAY_MS - 1, AWAY), (AWAY_MS, FREE)])
def test_a_desk_is_away_for_a_while(decision, gone_ms, after):
    """Then it is free."""
    put(decision, DESK, AWAY)
    assert due(decision, DESK, AT.free, START_MS + gone_ms) == after


@pytest.mark.parametrize(("stayed_s", "leave_s"), [(60, AT.leave_s), (600, AT.settled_leave_s)])
def test_who_was_there_for_long_is_doubted_for_longer(decision, stayed_s, leave_s):
    """Passing through ends sooner than a stay."""
    put(decision, ROOM, OCCUPIED)
    now_ms = START_MS + 1000 * stayed_s
    due(decision, ROOM, AT.free, now_ms)
    assert due(decision, ROOM, AT.free, now_ms + int(1000 * leave_s) - 1) == OCCUPIED
    assert due(decision, ROOM, AT.free, now_ms + int(1000 * leave_s)) == FREE


@pytest.mark.parametrize(("before", "p"), list(product((FREE, OCCUPIED, AWAY), (0.01, 0.5, 0.99))))
def test_what_nobody_sees_is_unknown(decision, before, p):
    """Without a living sensor no probability makes a state."""
    put(decision, DESK, before)
    assert due(decision, DESK, p, observed=False) == UNKNOWN


@pytest.mark.parametrize("p", [0.01, 0.5])
def test_a_badge_that_seems_to_leave_is_doubted_for_a_moment(decision, p):
    """Where no sensor was lost an occupied space is unknown only after as long as leaving takes."""
    put(decision, ROOM, OCCUPIED)
    gone = {"observed": False, "lost": False}
    assert due(decision, ROOM, p, START_MS, **gone) == OCCUPIED
    assert due(decision, ROOM, p, START_MS + LEAVE_MS, **gone) == UNKNOWN
    put(decision, ROOM, FREE)
    assert due(decision, ROOM, p, START_MS, **gone) == UNKNOWN


@pytest.mark.parametrize("before", [UNKNOWN, FREE, OCCUPIED, AWAY])
@pytest.mark.parametrize("space", [DESK, ROOM])
def test_a_reading_alone_may_occupy_and_nothing_else(decision, before, space):
    """Coming is urgent, and at once what the step over all would say; leaving waits for a step."""
    put(decision, space, before)
    for p in np.linspace(0, 1, 21):
        alone = decision.due_of(space, p)
        assert alone in {before, OCCUPIED}
        assert (alone == OCCUPIED) == (before == OCCUPIED or p >= AT.occupied)
        if p >= AT.occupied:
            assert due(decision, space, p) == alone


@pytest.mark.parametrize("before", [UNKNOWN, FREE, OCCUPIED, AWAY])
@pytest.mark.parametrize("space", [DESK, ROOM])
@pytest.mark.parametrize("observed", [True, False])
def test_only_legal_moves_are_due(decision, before, space, observed):
    """Whatever the probability and the time, the move is in the table."""
    put(decision, space, before)
    for p, later_ms in product(np.linspace(0, 1, 21), (0, LEAVE_MS, AWAY_MS)):
        after = due(decision, space, p, START_MS + later_ms, observed)
        assert after == before or may_move(CODES[before], CODES[after])


def test_no_state_follows_itself():
    """A move changes the state, and every state can be reached and left."""
    assert all(state not in after for state, after in MOVES.items())
    assert set().union(*MOVES.values()) == set(State)
    assert all(MOVES.values())


def test_a_move_tells_before_after_and_when(decision):
    """The space is in its new state since the event."""
    assert decision.move(DESK, FREE, START_MS) == (State.UNKNOWN, State.FREE, START_MS)
    assert (decision.state[DESK], decision.since_ms[DESK]) == (FREE, START_MS)


def test_no_state_begins_before_the_one_it_follows(decision):
    """Late news is put where the last state began."""
    decision.move(DESK, FREE, START_MS)
    moved = decision.move(DESK, OCCUPIED, START_MS - 60_000)
    assert moved == (State.FREE, State.OCCUPIED, START_MS)
