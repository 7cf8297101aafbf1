"""The course: what becomes of a space while nothing is heard but heartbeats.

Owns the way ahead of an excerpt, all its seconds at once. What levels and badges say stays said,
but that a badge where nothing moves is doubted more and more.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from occupancy.badges import ALONE_S
from occupancy.belief import NOBODY, log_odds
from occupancy.decision import CODES
from occupancy.estimator import Estimator
from occupancy.excerpt import ONLY
from occupancy.geometry import Floats
from occupancy.state import State

HORIZON_S = 3600
"""So far ahead it is told."""


@dataclass(frozen=True, slots=True)
class Step:
    """A state that begins."""

    after_s: int | None
    """None where none begins and the state stays."""
    state: State
    probability: float
    """That the space is occupied, at that moment."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of a space."""

    chances: Floats
    """Of somebody, after each second from the first, shape ``(seconds,)``."""
    steps: tuple[Step, ...]
    """First to last."""


def course(one: Estimator) -> Course:
    """What becomes of an excerpt; its decision goes along to the horizon."""
    chances = _chances(one)
    return Course(chances, tuple(_steps(one, chances)))


def _chances(one: Estimator) -> Floats:
    """Of somebody, after each second, shape ``(HORIZON_S,)``."""
    alive = one.watch.alive(one.now_ms)
    _, hush = one.watch.hush(alive)
    ahead = one.opinion.belief.ahead(ONLY, HORIZON_S, hush[:, ONLY])
    there = one.opinion.badges.there[ONLY] * np.ones(HORIZON_S)
    if one.watch.observed(alive)[ONLY] and one.watch.changed_ms()[ONLY] > 0:
        there *= 0.5 ** (np.arange(1, HORIZON_S + 1) / ALONE_S)
    return one.opinion.together(log_odds(1.0 - ahead[NOBODY]), there)


def _steps(one: Estimator, chances: Floats) -> Iterator[Step]:
    """The states that follow; only the seconds at which one may begin are looked at."""
    decision, begin_ms = one.decision, one.now_ms
    alive = one.watch.alive(begin_ms)
    due_s = {1} | _crossings(one, chances)
    while due_s:
        after_s = min(due_s)
        due_s.remove(after_s)
        now_ms, p = begin_ms + 1000 * after_s, chances[after_s - 1 : after_s]
        code = int(one.due(p, alive, now_ms)[ONLY])
        if code != decision.state[ONLY]:
            decision.move(ONLY, code, now_ms)
            yield Step(after_s, CODES[code], float(p[0]))
            due_s.add(after_s + 1)
        due_s |= {math.ceil((end_ms - begin_ms) / 1000) for end_ms in _timers(one)}
        due_s = {s for s in due_s if after_s < s <= len(chances)}


def _crossings(one: Estimator, chances: Floats) -> set[int]:
    """Seconds at which a threshold has just been crossed."""
    limits = one.decision.thresholds
    bands = np.array(
        [
            chances <= limits.free_at_first,
            chances <= limits.free,
            chances <= limits.away,
            chances >= limits.occupied,
        ]
    )
    crossed = (bands[:, 1:] != bands[:, :-1]).any(axis=0)
    return set((np.flatnonzero(crossed) + 2).tolist())


def _timers(one: Estimator) -> Iterator[int]:
    """When times of being low or away end, ms UTC."""
    decision = one.decision
    for leave_s in (decision.thresholds.leave_s, decision.thresholds.settled_leave_s):
        yield int(decision.low_ms[ONLY] + 1000 * leave_s)
    yield int(decision.since_ms[ONLY] + 1000 * decision.thresholds.settled_s)
    yield int(decision.since_ms[ONLY] + decision.away_ms[ONLY])
