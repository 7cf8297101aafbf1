"""What a space was, from its transitions."""

import pytest

from occupancy.history import Span, spans
from occupancy.state import State
from occupancy.transition import Transition

MOVES = (
    (10, State.UNKNOWN, State.FREE),
    (20, State.FREE, State.OCCUPIED),
    (30, State.OCCUPIED, State.AWAY),
)


class Past:
    """Transitions in memory."""

    def __init__(self, *moves):
        self.rows = [Transition("desk-1", before, after, at, 0.5) for at, before, after in moves]

    def transitions(self, space, from_ms, to_ms):
        """Those of one space in a period."""
        return [r for r in self.rows if r.space == space and from_ms <= r.event_ms < to_ms]

    def before(self, space, at_ms):
        """The last one before a moment."""
        found = [r for r in self.rows if r.space == space and r.event_ms < at_ms]
        return found[-1] if found else None


def told(from_ms, to_ms, *moves):
    """Spans as short tuples."""
    found = spans(Past(*(moves or MOVES)), "desk-1", from_ms, to_ms)
    return [(span.state.value, span.from_ms, span.to_ms) for span in found]


def test_a_period_is_told_without_holes():
    """Time before the first transition is unknown, the last state lasts to the end."""
    assert told(0, 40) == [
        ("unknown", 0, 10),
        ("free", 10, 20),
        ("occupied", 20, 30),
        ("away", 30, 40),
    ]


@pytest.mark.parametrize(
    ("from_ms", "to_ms", "found"),
    [
        (20, 30, [("occupied", 20, 30)]),
        (21, 29, [("occupied", 21, 29)]),
        (19, 21, [("free", 19, 20), ("occupied", 20, 21)]),
        (90, 95, [("away", 90, 95)]),
        (0, 5, [("unknown", 0, 5)]),
        (15, 15, []),
        (20, 10, []),
    ],
)
def test_a_period_is_cut_at_its_ends(from_ms, to_ms, found):
    """From inclusive, to exclusive; a period of nothing is nothing."""
    assert told(from_ms, to_ms) == found


def test_two_transitions_at_one_moment_leave_no_empty_span():
    """Only the last state of a moment has a length."""
    assert told(0, 20, (10, State.UNKNOWN, State.FREE), (10, State.FREE, State.OCCUPIED)) == [
        ("unknown", 0, 10),
        ("occupied", 10, 20),
    ]


def test_a_space_that_nobody_knows_was_unknown():
    """No transition, one span."""
    assert spans(Past(), "desk-9", 0, 9) == [Span(State.UNKNOWN, 0, 9)]
