"""Learning how many people are there at once, and how many of them carry no badge.

Counts only; who carries which badge is not asked.
"""

from collections.abc import Sequence

import numpy as np

from occupancy.geometry import Floats
from occupancy.learning.recording import NOWHERE, Recording
from occupancy.learning.use import used_spaces

PRIOR_S = 1.0
"""Somebody without a badge is taken to have been seen for so long."""


def usual_people(recordings: Sequence[Recording]) -> float:
    """People at once, in the mean over the time that anybody is there; 0 if nobody ever is."""
    present = _present(recordings)
    somebody = present > 0
    return float(present[somebody].mean()) if somebody.any() else 0.0


def unbadged_share(recordings: Sequence[Recording]) -> float:
    """Part of the people who carry no badge; all of them where nobody was counted.

    Source: the mean of a beta distribution; the prior is our choice, decision 0013.
    """
    present, badged = _present(recordings), _badged(recordings)
    without = float(np.maximum(present - badged, 0.0).sum())
    return (without + PRIOR_S) / (float(present.sum()) + PRIOR_S)


def _present(recordings: Sequence[Recording]) -> Floats:
    """People in all counted spaces at each step, shape ``(steps of all,)``."""
    found = [np.zeros(0)]
    for recording in recordings:
        counts = [recording.counts_of(space) for space in used_spaces([recording])]
        found.append(np.nansum([np.zeros(recording.steps), *counts], axis=0))
    return np.concatenate(found)


def _badged(recordings: Sequence[Recording]) -> Floats:
    """Tags known to be in counted spaces at each step, shape ``(steps of all,)``."""
    found = [np.zeros(0)]
    for recording in recordings:
        spaces = used_spaces([recording])
        where = [recording.places_of(tag, spaces) for tag in recording.tags]
        found.append(sum((w != NOWHERE for w in where), np.zeros(recording.steps)))
    return np.concatenate(found)
