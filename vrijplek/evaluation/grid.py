"""The scoring grid: what was true and what was said at each step of time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrijplek.evaluation.events import Mask, Numbers
from vrijplek.evaluation.method import RoomChange, UseChange
from vrijplek.evaluation.sheet import mistake
from vrijplek.evaluation.truth import Stay, Truth, Use

META = "meta.json"
SLACK_S = 1e-6
"""Times that are written with a few digits count as equal within this."""

Codes = NDArray[np.int64]
NOWHERE = 0
"""The code of the empty room: not known."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal steps of time over a session, from 0."""

    step_s: float
    t_s: Numbers

    @classmethod
    def over(cls, truth: Truth, last_event_s: float, step_s: float) -> "Grid":
        """The grid of a session: to its last event, or to where the truth ends if that is later.

        Where both truths are given that of rooms decides, as in the script the scores agree with.
        """
        spans: Sequence[Stay] | Sequence[Use] = truth.stays or truth.uses
        end_s = max([last_event_s, *(span.t1_s for span in spans)])
        return cls(step_s, np.arange(0, end_s + 1e-9, step_s))

    def covered(self, t0_s: float, t1_s: float) -> slice:
        """The steps in a half-open span."""
        edges = np.searchsorted(self.t_s, [t0_s - SLACK_S, t1_s - SLACK_S])
        return slice(int(edges[0]), int(edges[1]))

    def held(self, times_s: Sequence[float]) -> Codes:
        """Index of the last of some sorted times at or before each step, -1 before the first."""
        return np.searchsorted(np.array(times_s), self.t_s + SLACK_S, side="right") - 1


@dataclass(frozen=True, slots=True)
class Track:
    """A tag on the grid: where it was, where it was said to be, and how surely."""

    step_s: float
    truth: Codes
    """0 where it is not known."""
    said: Codes
    p: Numbers


@dataclass(frozen=True, slots=True)
class Space:
    """A room on the grid: whether it was in use, whether that was said, and how surely."""

    step_s: float
    known: Mask
    busy: Mask
    said: Mask
    p: Numbers
    """NaN before anything was said."""


class RoomCodes:
    """A number for each room, 0 for the empty one."""

    def __init__(self) -> None:
        self.numbers = {"": NOWHERE}

    def __getitem__(self, room: str) -> int:
        return self.numbers.setdefault(room, len(self.numbers))


def track(grid: Grid, stays: Sequence[Stay], rows: Sequence[RoomChange], codes: RoomCodes) -> Track:
    """One tag on the grid, from its own rows."""
    truth = np.full(len(grid.t_s), NOWHERE, dtype=np.int64)
    for stay in stays:
        truth[grid.covered(stay.t0_s, stay.t1_s)] = codes[stay.room]
    held = grid.held([row.t_s for row in rows])
    said = np.array([*(codes[row.room] for row in rows), NOWHERE], dtype=np.int64)[held]
    return Track(grid.step_s, truth, said, np.array([*(row.p for row in rows), np.nan])[held])


def space(grid: Grid, uses: Sequence[Use], rows: Sequence[UseChange]) -> Space:
    """One room on the grid, from its own rows."""
    count = np.full(len(grid.t_s), np.nan)
    for use in uses:
        count[grid.covered(use.t0_s, use.t1_s)] = use.count
    held = grid.held([row.t_s for row in rows])
    said = np.array([*(row.occupied for row in rows), False], dtype=bool)[held]
    p = np.array([*(row.p for row in rows), np.nan])[held]
    return Space(grid.step_s, ~np.isnan(count), count > 0, said, p)


def read_step_s(folder: Path) -> float | None:
    """The step of a session's grid in s; None where it has no `meta.json`.

    Raises:
        FileProblemsError: If the file tells none.
    """
    file = folder / META
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        found = f"no JSON ({error.msg.lower()})"
        raise mistake(file, error.lineno, "", found, "a JSON object") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise mistake(file, 1, "", f"no JSON ({error})", "a JSON object") from error
    if not isinstance(told, dict):
        raise mistake(file, 1, "", type(told).__name__, "a JSON object")
    step_s = told.get("dt")
    if isinstance(step_s, bool) or not isinstance(step_s, int | float) or not 0 < step_s < np.inf:
        found = "nothing" if step_s is None else repr(step_s)
        raise mistake(file, 1, "dt", found, "the step of the grid in s")
    return float(step_s)
