"""From belief to a state."""

from itertools import product

import numpy as np
import pytest
from support.office import OFFICE, START_MS

from occupancy.decision import AWAY, CODES, FREE, OCCUPIED, UNKNOWN, Decision
from occupancy.likelihood import Thresholds
from occupancy.state import MOVES, State, may_move

DESK, ROOM = OFFICE.index["desk-1"], OFFICE.index["room-a"]
AWAY_MS = 480_000
KNOWN = np.ones(len(OFFICE.spaces), dtype=bool)


@pytest.fixture
def decision():
    """Decisions on the small office, nothing known yet."""
    return Decision(OFFICE, Thresholds())


def due(decision, space, p, now_ms=START_MS, observed=True):
    """The state that is due for one space, all others at 0.5."""
    every = np.full(len(OFFICE.spaces), 0.5)
    every[space] = p
    known = KNOWN.copy()
    known[space] = observed
    return int(decision.due(every, known, now_ms)[space])


def put(decision, space, code, since_ms=START_MS):
    decision.state[space], decision.since_ms[space] = code, since_ms


def test_nothing_is_known_at_first(decision):
    """Every space begins as unknown."""
    assert {CODES[code] for code in decision.state} == {State.UNKNOWN}


@pytest.mark.parametrize(
    ("before", "p", "after"),
    [
        (UNKNOWN, 0.79, UNKNOWN), (UNKNOWN, 0.80, OCCUPIED),
        (UNKNOWN, 0.11, UNKNOWN), (UNKNOWN, 0.10, FREE),
        (FREE, 0.79, FREE), (FREE, 0.80, OCCUPIED),
        (OCCUPIED, 0.26, OCCUPIED), (OCCUPIED, 0.25, AWAY),
        (AWAY, 0.79, AWAY), (AWAY, 0.80, OCCUPIED), (AWAY, 0.10, AWAY),
    ],
)  # fmt: skip
def test_a_desk_moves_at_the_thresholds(decision, before, p, after):
    """Between the thresholds a state stays; from unknown it takes more to be free."""
    put(decision, DESK, before)
    assert due(decision, DESK, p) == after


def test_a_room_has_no_away(decision):
    """An empty room is free at once."""
    put(decision, ROOM, OCCUPIED)
    assert due(decision, ROOM, 0.25) == FREE


@pytest.mark.parametrize(("gone_ms", "after"), [(AWAY_MS - 1, AWAY), (AWAY_MS, FREE)])
def test_a_desk_is_away_for_eight_minutes(decision, gone_ms, after):
    """Then it is free."""
    put(decision, DESK, AWAY)
    assert due(decision, DESK, 0.1, START_MS + gone_ms) == after


@pytest.mark.parametrize(("before", "p"), list(product((FREE, OCCUPIED, AWAY), (0.01, 0.5, 0.99))))
def test_what_nobody_sees_is_unknown(decision, before, p):
    """Without a living sensor no probability makes a state."""
    put(decision, DESK, before)
    assert due(decision, DESK, p, observed=False) == UNKNOWN


@pytest.mark.parametrize("before", [UNKNOWN, FREE, OCCUPIED, AWAY])
@pytest.mark.parametrize("space", [DESK, ROOM])
def test_one_space_and_all_spaces_decide_alike(decision, before, space):
    """The quick way for one space gives what the step over all gives."""
    put(decision, space, before)
    for p, later_ms in product(np.linspace(0, 1, 21), (0, AWAY_MS - 1, AWAY_MS)):
        now_ms = START_MS + later_ms
        assert decision.due_of(space, p, now_ms) == due(decision, space, p, now_ms)


@pytest.mark.parametrize("before", [UNKNOWN, FREE, OCCUPIED, AWAY])
@pytest.mark.parametrize("space", [DESK, ROOM])
@pytest.mark.parametrize("observed", [True, False])
def test_only_legal_moves_are_due(decision, before, space, observed):
    """Whatever the probability and the time, the move is in the table."""
    put(decision, space, before)
    for p, later_ms in product(np.linspace(0, 1, 21), (0, AWAY_MS)):
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
