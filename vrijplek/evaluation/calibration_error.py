"""Expected calibration error: how far told probabilities are from how often they are right."""

from collections.abc import Sequence

import numpy as np

from vrijplek.evaluation.events import Mask, Numbers
from vrijplek.evaluation.grid import NOWHERE, Space, Track

BINS = 10


def calibration_error(p: Numbers, right: Mask) -> float:
    """Mean distance of probability and frequency over ten equal bins, weighted by their size.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015.

    >>> round(calibration_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([1, 1, 1, 0]) > 0), 2)
    0.15
    """
    if not len(p):
        return float("nan")
    bins = np.minimum((np.round(p, 6) * BINS + 1e-9).astype(np.int64), BINS - 1)
    told = np.bincount(bins, weights=p, minlength=BINS)
    came = np.bincount(bins, weights=right, minlength=BINS)
    return float(np.abs(told - came).sum() / len(p))


def of_tracks(tracks: Sequence[Track]) -> float:
    """Of the rooms that were told; steps at which none was told are left out."""
    p, right = [], []
    for track in tracks:
        told = (track.truth != NOWHERE) & (track.said != NOWHERE)
        p.append(track.p[told])
        right.append(track.said[told] == track.truth[told])
    return calibration_error(np.concatenate(p), np.concatenate(right)) if p else float("nan")


def of_spaces(spaces: Sequence[Space]) -> float:
    """Of the probability that somebody is in a room; steps before the first are left out."""
    p, right = [], []
    for space in spaces:
        told = space.known & ~np.isnan(space.p)
        p.append(space.p[told])
        right.append(space.busy[told])
    return calibration_error(np.concatenate(p), np.concatenate(right)) if p else float("nan")
