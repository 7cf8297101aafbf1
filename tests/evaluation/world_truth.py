"""What was true in a recorded week, second by second.

Owns reading the simulator's truth. Knows nothing of what anybody said about it.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
"""Shape ``(spaces, seconds)`` where nothing else is said."""


class Told(msgspec.Struct):
    """One line of the truth file: of a space or of a person."""

    t_ms: int
    space: str | None = None
    occupied: bool | None = None
    person: str | None = None
    place: str | None = None
    held: bool = False


@dataclass(frozen=True)
class Truth:
    """What was true."""

    spaces: tuple[str, ...]
    busy: Flags
    """Whether somebody was there at the beginning of each second."""
    lines: dict[str, list[Told]]
    """All lines about each space."""
    walks: dict[str, list[Told]]
    """All lines about each person."""


def read_truth(file: Path, spaces: tuple[str, ...], start_ms: int, seconds: int) -> Truth:
    """The truth about some spaces, and about all persons."""
    decoder = msgspec.json.Decoder(Told)
    about_space: dict[str, list[Told]] = {space: [] for space in spaces}
    about_person: dict[str, list[Told]] = {}
    with file.open("rb") as stream:
        for text in stream:
            told = decoder.decode(text)
            if told.person is not None:
                about_person.setdefault(told.person, []).append(told)
            elif told.space in about_space:
                about_space[told.space].append(told)
    grid_ms = start_ms + 1000 * np.arange(seconds)
    busy = np.zeros((len(spaces), seconds), dtype=bool)
    for row, space in enumerate(spaces):
        told_ms = np.array([line.t_ms for line in about_space[space]])
        values = np.array([bool(line.occupied) for line in about_space[space]])
        busy[row] = in_force(told_ms, values, grid_ms, before=np.False_)
    return Truth(spaces, busy, about_space, about_person)


def in_force(
    told_ms: NDArray[np.int64],
    values: NDArray[np.generic],
    grid_ms: NDArray[np.int64],
    before: np.generic,
) -> NDArray[np.generic]:
    """The value in force at each time of a grid: the last one told at or before it.

    >>> in_force(np.array([5]), np.array([7]), np.array([4, 5, 6]), np.int64(0)).tolist()
    [0, 7, 7]
    """
    if not len(told_ms):
        return np.full(len(grid_ms), before)
    index = np.searchsorted(told_ms, grid_ms, side="right") - 1
    return np.where(index < 0, before, values[np.maximum(index, 0)])
