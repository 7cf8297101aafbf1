"""Belief: for each space the chance of nobody, of somebody moving and of somebody still.

Three hidden states, because a person at a desk is silent for minutes between two movements, and
because nobody leaves without moving. Owns the arithmetic; knows no sensor kinds, no clock, no
names.

Source: forward algorithm of hidden Markov models, Rabiner 1989 (Proc. IEEE 77(2)), section III.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.rates import Habits

NOBODY, MOVING, STILL = 0, 1, 2
LEAST = 1e-5
"""No state is ever impossible."""
AT_FIRST = 0.25
"""Chance of somebody before anything was heard, at least."""
LONGEST_STEP_S = 5.0
MOST_STEPS = 64


def probability(log_odds: Floats) -> Floats:
    """Probability of log-odds in nats, the same shape, a new array.

    >>> probability(np.array([0.0, 700.0, -700.0])).round(3).tolist()
    [0.5, 1.0, 0.0]
    """
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)))


def log_odds(probability: Floats) -> Floats:
    """Log-odds in nats of probabilities, bounded by `LEAST`, a new array.

    >>> log_odds(np.array([0.5])).tolist()
    [0.0]
    """
    p = np.clip(probability, LEAST, 1 - LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


class Belief:
    """Chances of the hidden states, shape ``(3, spaces)``.

    Args:
        habits: How people use each space.
    """

    def __init__(self, habits: Sequence[Habits]) -> None:
        columns = np.array([_fields(h) for h in habits], dtype=float).reshape(-1, 4)
        self.enter_per_s, self.leave_per_s, self.settle_per_s, self.stir_per_s = columns.T.copy()
        self.p = self._unknown()

    def assume(self, habits: Floats) -> None:
        """Take other habits from now on, shape ``(4, spaces)``."""
        self.enter_per_s, self.leave_per_s, self.settle_per_s, self.stir_per_s = habits

    def usual(self) -> Floats:
        """Chances without any evidence, shape ``(3, spaces)``."""
        moving = 1.0
        still = self.settle_per_s / self.stir_per_s
        nobody = self.leave_per_s / self.enter_per_s
        total = nobody + moving + still
        return np.array([nobody / total, moving / total, still / total])

    def _unknown(self) -> Floats:
        """Chances before anything was heard: as usual, but nobody is not taken for granted."""
        usual = self.usual()
        somebody = np.maximum(1.0 - usual[NOBODY], AT_FIRST)
        usual[1:] *= somebody / (1.0 - usual[NOBODY])
        usual[NOBODY] = 1.0 - somebody
        return usual

    @property
    def occupied(self) -> Floats:
        """Chance of somebody, shape ``(spaces,)``, a new array."""
        return np.asarray(1.0 - self.p[NOBODY])

    def advance(self, elapsed_s: float, hush: Floats, unseen: Floats | float = 1.0) -> None:
        """Let time pass in which nothing happened.

        Args:
            elapsed_s: How long.
            hush: Log-likelihood of that a second, with somebody moving and with somebody still,
                against nobody, shape ``(2, spaces)``.
            unseen: Part of those leaving who are not seen elsewhere, shape ``(spaces,)``; of the
                others `leave` tells.
        """
        steps = min(max(int(np.ceil(elapsed_s / LONGEST_STEP_S)), 1), MOST_STEPS)
        step_s = elapsed_s / steps
        move = self._moves(step_s, unseen)
        factor = _factor(hush, step_s)
        for _ in range(steps):
            _flow(self.p, *move)
            self.p[1:] *= factor
            self._settle()

    def ahead(self, space: int, seconds: int, hush: Floats) -> Floats:
        """Chances of one space after each of the next seconds in which nothing happens.

        A second is a linear map of the chances, but for their sum: its powers by doubling give all
        seconds at once. Nothing changes here.

        Args:
            space: Which one.
            seconds: How many.
            hush: Of this space, as in `advance`, shape ``(2,)``.

        Returns:
            Shape ``(3, seconds)``.
        """
        step = self._second(space, hush)
        found = step @ self.p[:, [space]]
        while found.shape[1] < seconds:
            found = np.hstack([found, step @ found])
            step = step @ step
            step /= step.max()
        found = found[:, :seconds]
        found = np.maximum(found / found.sum(axis=0), LEAST)
        return np.asarray(found / found.sum(axis=0))

    def _second(self, space: int, hush: Floats) -> Floats:
        """What a second makes of each state alone, up to a factor, shape ``(3, 3)``."""
        step = np.eye(3)
        _flow(step, *(move[space] for move in self._moves(1.0, 1.0)))
        step[1:] *= _factor(hush, 1.0)[:, None]
        return step

    def _moves(self, step_s: float, unseen: Floats | float) -> list[Floats]:
        """Part of each state that goes to another within a step."""
        return [1.0 - np.exp(-rate * step_s) for rate in self.rates(unseen)]

    def rates(self, unseen: Floats | float = 1.0) -> tuple[Floats, ...]:
        """Habits in force: enter, leave, settle and stir, each of shape ``(spaces,)``, a second."""
        return self.enter_per_s, self.leave_per_s * unseen, self.settle_per_s, self.stir_per_s

    def _settle(self) -> None:
        np.maximum(self.p, LEAST, out=self.p)
        self.p /= self.p.sum(axis=0)

    def weigh(self, space: int, likelihood: Floats) -> None:
        """Take evidence about one space, shape ``(3,)``, up to a factor."""
        column = np.maximum(self.p[:, space] * likelihood, 0.0)
        column = np.maximum(column / column.sum(), LEAST)
        self.p[:, space] = column / column.sum()

    def leave(self, spaces: NDArray[np.intp], kept: Floats) -> None:
        """Somebody was seen to go: only a part of the chance of somebody is kept."""
        self.p[1:, spaces] = np.maximum(self.p[1:, spaces] * kept, LEAST)
        self.p[NOBODY, spaces] = 1.0 - self.p[1:, spaces].sum(axis=0)

    def stay(self, spaces: NDArray[np.intp], gain: Floats) -> None:
        """Nobody was seen to go after all: chances of somebody still that are given back."""
        gain = np.minimum(gain, self.p[NOBODY, spaces] - LEAST)
        self.p[NOBODY, spaces] -= gain
        self.p[STILL, spaces] += gain


def _flow(p: Floats, enters: Floats, leaves: Floats, settles: Floats, stirs: Floats) -> None:
    """Let these parts of each state go to another, in place."""
    nobody, moving, still = p
    come, gone = nobody * enters, moving * leaves
    down, up = moving * settles, still * stirs
    p[NOBODY] += gone - come
    p[MOVING] += come + up - gone - down
    p[STILL] += down - up


def _factor(hush: Floats, step_s: float) -> Floats:
    """What a step of nothing makes of the chance of somebody, against nobody."""
    return np.asarray(np.exp(np.clip(hush * step_s, -50.0, 50.0)))


def _fields(habits: Habits) -> tuple[float, float, float, float]:
    return habits.enter_per_s, habits.leave_per_s, habits.settle_per_s, habits.stir_per_s
