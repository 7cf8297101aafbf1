"""Learning what scanners say together: a normal distribution a place, one covariance for all.

Scanners err together: a body in the way weakens all on one side. Points, which take scanners one
by one, do not know that; this does.

Source: linear discriminant analysis, Fisher 1936 (Annals of Eugenics 7(2)), with the covariance
shrunk to its diagonal.
"""

from collections.abc import Sequence

import numpy as np

from occupancy.geometry import Floats
from occupancy.learning.recording import NOWHERE, Recording
from occupancy.radio_map import JointMap
from occupancy.smoothing import Smoothing

SHRINK = 0.1
NOISE_DB2 = 1.0
FLOOR_QUANTILE, FLOOR_BELOW_DB = 0.02, 3.0


def learn_joint(
    recordings: Sequence[Recording], index: dict[str, int], scanners: dict[str, int]
) -> JointMap:
    """Mean of each place and the covariance about it, of smoothed strengths."""
    rows, where = [], []
    for recording in recordings:
        for tag in recording.tags:
            place = recording.places_of(tag, index)
            smooth = _smoothed(recording.strengths(tag, scanners))
            rows.append(smooth[place != NOWHERE])
            where.append(place[place != NOWHERE])
    strengths, owner = np.vstack(rows), np.concatenate(where)
    floor_db = floor_of(strengths)
    strengths = np.where(np.isnan(strengths), floor_db, strengths)
    seconds = np.maximum(np.bincount(owner, minlength=len(index)), 1)
    belongs = np.eye(len(index))[owner]
    mean_db = belongs.T @ strengths / seconds[:, None]
    off_db = (strengths - mean_db[owner]) / np.sqrt(seconds[owner])[:, None]
    covariance = off_db.T @ off_db / len(np.unique(owner))
    diagonal = np.diag(np.diag(covariance))
    covariance = (1 - SHRINK) * covariance + SHRINK * diagonal + NOISE_DB2 * np.eye(len(scanners))
    return JointMap(mean_db.tolist(), covariance.tolist(), floor_db.tolist())


def _smoothed(strength_db: Floats) -> Floats:
    """As the tracker smooths, one step after another, the same shape."""
    smoothing = Smoothing(1, strength_db.shape[1])
    found = np.empty_like(strength_db)
    every = np.zeros(1, dtype=np.intp)
    for step, strengths in enumerate(strength_db):
        smoothing.take(every, strengths[None, :], 1.0)
        found[step] = smoothing.mean_db(every)[0]
    return found


def floor_of(strengths: Floats) -> Floats:
    """What not hearing counts as: a little weaker than the weakest heard, shape ``(scanners,)``.

    Args:
        strengths: In dB, NaN where nothing was heard, shape ``(any, scanners)``.
    """
    silent = np.isnan(strengths).all(axis=0)
    heard = np.where(silent, np.nanmin(strengths), strengths)
    return np.asarray(np.nanquantile(heard, FLOOR_QUANTILE, axis=0) - FLOOR_BELOW_DB)
