"""Learning how people go: how long they stay in a place, and where they go from there.

What nobody walked is filled in from the signals: places that sound alike lie near each other.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.learning.recording import NOWHERE, Recording

NEAR_DB = 3.0
"""Points that differ by so much a scanner are neighbours."""
LEAST_NEAR = 1e-4
PRIOR_WALKS = 1.0
"""What the signals say of neighbours counts as so many walks out of each place."""
ANYWHERE = 0.05
"""Part of that which goes anywhere."""
PRIOR_STAY_S = 30.0
LONGEST_STAY_S, SHORTEST_STAY_S = 300.0, 4.0


def learn_walks(
    recordings: Sequence[Recording],
    index: dict[str, int],
    strength_db: Floats,
    owner: NDArray[np.int64],
    share: Floats,
) -> tuple[Floats, Floats]:
    """Chance a second to leave each place, and where those who leave go.

    Args:
        recordings: With stays.
        index: Number of each place.
        strength_db: Of each point, shape ``(points, scanners)``.
        owner: Place of each point, shape ``(points,)``.
        share: Part of its place of each point, shape ``(points,)``.

    Returns:
        Shapes ``(places,)`` and ``(from, to)``, rows of the second summing to 1 where there is
        more than one place.
    """
    walked, seconds = _walked(recordings, index)
    leavings = walked.sum(axis=1)
    stayed_s = np.where(leavings > 0, seconds, 0.0) + PRIOR_STAY_S
    leave_per_s = np.clip((leavings + 1) / stayed_s, 1 / LONGEST_STAY_S, 1 / SHORTEST_STAY_S)
    if len(index) < 2:
        return np.zeros(len(index)), np.zeros((len(index), len(index)))
    guess = _neighbours(strength_db, owner, share, len(index))
    goes = (walked + PRIOR_WALKS * guess) / (leavings + PRIOR_WALKS)[:, None]
    return leave_per_s, goes


def _walked(recordings: Sequence[Recording], index: dict[str, int]) -> tuple[Floats, Floats]:
    """Walks from place to place, shape ``(from, to)``, and seconds in each, ``(places,)``."""
    walked, seconds = np.zeros((len(index), len(index))), np.zeros(len(index))
    for recording in recordings:
        for tag in recording.tags:
            where = recording.places_of(tag, index)
            where = where[where != NOWHERE]
            seconds += np.bincount(where, minlength=len(index))
            moved = np.flatnonzero(np.diff(where))
            np.add.at(walked, (where[moved], where[moved + 1]), 1.0)
    return walked, seconds


def nearness(strength_db: Floats) -> Floats:
    """How near points are by how they sound, 1 for the same, shape ``(points, points)``."""
    off_db2 = ((strength_db[:, None, :] - strength_db[None, :, :]) ** 2).mean(axis=2)
    return np.asarray(np.exp(-off_db2 / (2 * NEAR_DB**2)) + LEAST_NEAR)


def _neighbours(
    strength_db: Floats, owner: NDArray[np.int64], share: Floats, places: int
) -> Floats:
    """Where one would go by the signals alone, rows summing to 1, shape ``(from, to)``."""
    near = nearness(strength_db) * share[:, None] * share[None, :]
    belongs = np.eye(places)[owner]
    between = belongs.T @ near @ belongs
    np.fill_diagonal(between, 0.0)
    total = between.sum(axis=1, keepdims=True)
    anywhere = (1 - np.eye(places)) / (places - 1)
    guess = np.where(total > 0, between / np.maximum(total, 1e-300), anywhere)
    return np.asarray((1 - ANYWHERE) * guess + ANYWHERE * anywhere)
