"""Courses: what a space was one after another, without the times in which nothing was known.

Silence, goodbyes and gaps make a space unknown for a while, when and for how long depends on when
messages came; what it was before and after does not. So a course leaves the unknown out, and the
same state before and after it is one.
"""

from collections.abc import Iterable

Move = tuple[str, str, int]
"""Space, the state it went to, event time in ms UTC."""
Course = list[tuple[str, int]]
"""States with the event time at which each began."""


def courses(moves: Iterable[Move]) -> dict[str, Course]:
    """The course of each space, from moves in the order in which they were decided.

    >>> courses([("a", "free", 1), ("a", "unknown", 5), ("a", "free", 8), ("a", "occupied", 9)])
    {'a': [('free', 1), ('occupied', 9)]}
    """
    found: dict[str, Course] = {}
    for space, state, event_ms in moves:
        course = found.setdefault(space, [])
        if state != "unknown" and (not course or course[-1][0] != state):
            course.append((state, event_ms))
    return found


def strays(kept: dict[str, Course], right: dict[str, Course], slack_ms: int) -> dict[str, tuple]:
    """Spaces whose two courses differ in a state, or in a time by more than the slack.

    >>> strays({"a": [("free", 9)]}, {"a": [("free", 1)]}, slack_ms=8)
    {}
    >>> strays({"a": [("free", 9)]}, {"a": [("occupied", 9)]}, slack_ms=8)
    {'a': ([('free', 9)], [('occupied', 9)])}
    """
    return {
        space: (kept.get(space, []), right.get(space, []))
        for space in kept.keys() | right.keys()
        if not _alike(kept.get(space, []), right.get(space, []), slack_ms)
    }


def _alike(kept: Course, right: Course, slack_ms: int) -> bool:
    return [state for state, _ in kept] == [state for state, _ in right] and all(
        abs(here[1] - there[1]) <= slack_ms for here, there in zip(kept, right, strict=True)
    )
