"""Windows: what was heard in a few seconds of a stay, with the place where it was.

Owns how recordings are cut. Knows no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.learning.recording import STEP_MS, Recording, scanners_in

WINDOW_S = 5
"""As long as one look at where a tag is; our choice."""


@dataclass(frozen=True)
class Windows:
    """Windows of all stays, in the order of the stays."""

    places: tuple[str, ...]
    """Sorted."""
    scanners: tuple[str, ...]
    """Sorted."""
    strength_db: Floats
    """Mean of each window relative to the reference at 1 m, NaN where not heard, shape
    ``(windows, scanners)``."""
    place: NDArray[np.int64]
    """Position in `places`, shape ``(windows,)``."""
    stay: NDArray[np.int64]
    """Number of the stay, shape ``(windows,)``."""
    walk: NDArray[np.int64]
    """Number of the recording, shape ``(windows,)``."""

    @property
    def heard(self) -> NDArray[np.bool_]:
        """In which windows any scanner heard the tag, shape ``(windows,)``."""
        return np.asarray((~np.isnan(self.strength_db)).any(axis=1))


def windows_of(recordings: Sequence[Recording]) -> Windows:
    """All whole windows of labelled stays; the rest of a stay after the last one is left out."""
    scanners = scanners_in(recordings)
    places = sorted({stay.place for one in recordings for stay in one.stays})
    index = {place: i for i, place in enumerate(places)}
    rows: list[Floats] = []
    labels: list[tuple[int, int, int]] = []
    stays = 0
    for number, recording in enumerate(recordings):
        heard = {tag: recording.strengths(tag, scanners) for tag in recording.tags}
        for stay in recording.stays:
            first = recording.step_of(stay.begin_ms)
            count = (stay.end_ms - stay.begin_ms) // STEP_MS // WINDOW_S
            cut = _means(heard[stay.tag][first : first + count * WINDOW_S])
            rows.append(cut)
            labels += [(index[stay.place], stays, number)] * len(cut)
            stays += 1
    label = np.array(labels, dtype=np.int64).reshape(-1, 3)
    return Windows(
        tuple(places),
        tuple(scanners),
        np.vstack(rows) if rows else np.zeros((0, len(scanners))),
        *label.T,
    )


def _means(steps: Floats) -> Floats:
    """Means of windows of steps, NaN where nothing was heard, shape ``(windows, scanners)``.

    >>> _means(np.array([[-50.0], [np.nan], [-54.0], [np.nan], [np.nan]])).tolist()
    [[-52.0]]
    """
    whole = len(steps) // WINDOW_S
    cut = steps[: whole * WINDOW_S].reshape(whole, WINDOW_S, steps.shape[1])
    count = (~np.isnan(cut)).sum(axis=1)
    return np.asarray(np.nansum(cut, axis=1) / np.where(count > 0, count, np.nan))
