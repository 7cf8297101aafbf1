"""What the live estimator says of a recorded week.

Owns folding and ticking in the order of the pipeline: what came is folded, then time passes in
steps of a second. What is told counts from when it is told, never from an earlier event time.
"""

from dataclasses import dataclass

import numpy as np
from evaluation.world_truth import in_force
from evaluation.world_week import START_MS, Tell, Week
from numpy.typing import NDArray

from occupancy.estimator import Estimator, Outcome
from occupancy.state import State
from sensors.entry import Entry
from sensors.tag import Tag

TICK_MS = 1_000
LOOK_MS = 10_000
"""How often probabilities and whereabouts are looked at."""
CODES = (State.UNKNOWN, State.FREE, State.OCCUPIED, State.AWAY)
UNKNOWN, FREE, OCCUPIED, AWAY = range(4)


@dataclass(frozen=True)
class Answers:
    """What was told, in the order of the spaces that were asked for."""

    state: NDArray[np.int8]
    """Codes, shape ``(spaces, seconds)``."""
    changes: NDArray[np.int64]
    """How often the state changed, shape ``(spaces,)``."""
    p: NDArray[np.float64]
    """Probability as told, at each look, shape ``(spaces, looks)``."""
    places: dict[Tag, list[tuple[int, str | None]]]
    """Place of each tag at each look in working hours: seconds from the start, and where."""


class Listener:
    """Drives an estimator and writes down what it says."""

    def __init__(self, week: Week, spaces: tuple[str, ...], estimator: Estimator) -> None:
        """Nothing heard yet."""
        self._week, self._estimator = week, estimator
        self._row = {space: row for row, space in enumerate(spaces)}
        self._states: list[list[tuple[int, int]]] = [[] for _ in spaces]
        self._shown: list[list[tuple[int, float]]] = [[] for _ in spaces]
        self._places: dict[Tag, list[tuple[int, str | None]]] = {}
        self._waiting: list[Entry] = []

    def listen(self, tell: Tell) -> Answers:
        """Fold the whole week."""
        self._tick(START_MS)
        for entry in self._week.entries(tell):
            self._pass(entry.received_ms)
            self._waiting.append(entry)
        self._pass(START_MS + 1000 * self._week.seconds)
        return self._answers()

    def _pass(self, until_ms: int) -> None:
        """Let time pass, a second at a time."""
        while (next_ms := self._estimator.now_ms + TICK_MS) <= until_ms:
            if self._waiting:
                told = self._estimator.fold(self._waiting)
                self._keep(told, self._waiting[-1].received_ms)
                self._waiting.clear()
            self._tick(next_ms)

    def _tick(self, now_ms: int) -> None:
        self._keep(self._estimator.tick(now_ms), now_ms)
        if now_ms % LOOK_MS == 0 and self._week.hours.open_at(now_ms):
            second = (now_ms - START_MS) // 1000
            for tag, found in self._estimator.whereabouts().items():
                self._places.setdefault(tag, []).append((second, found.place))

    def _keep(self, outcome: Outcome, told_ms: int) -> None:
        for transition in outcome.transitions:
            row = self._row.get(transition.space)
            if row is not None:
                self._states[row].append((told_ms, CODES.index(transition.after)))
        for status in outcome.changed:
            row = self._row.get(status.space)
            if row is not None:
                self._shown[row].append((told_ms, status.probability))

    def _answers(self) -> Answers:
        grid_ms = START_MS + 1000 * np.arange(self._week.seconds)
        looks_ms = grid_ms[:: LOOK_MS // 1000]
        states = np.stack([_held(told, grid_ms, UNKNOWN) for told in self._states])
        shown = np.stack([_held(told, looks_ms, np.nan) for told in self._shown])
        changes = np.array([len(told) for told in self._states])
        return Answers(states.astype(np.int8), changes, shown.astype(float), self._places)


def _held(
    told: list[tuple[int, int]] | list[tuple[int, float]],
    grid_ms: NDArray[np.int64],
    before: float,
) -> NDArray[np.generic]:
    times = np.array([at_ms for at_ms, _ in told], dtype=np.int64)
    values = np.array([value for _, value in told], dtype=float)
    return in_force(times, values, grid_ms, np.float64(before))
