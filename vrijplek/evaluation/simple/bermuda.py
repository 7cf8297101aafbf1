"""Nearest scanner, as Bermuda does: smoothed distances, and a lead that a newcomer needs.

Bermuda's second rule, for a small lead that lasts, is left out. Source: Bermuda, const.py and
coordinator.py.
"""

import numpy as np

from vrijplek.evaluation.events import Numbers
from vrijplek.evaluation.simple.nearest import NOBODY, Nearest, distance_m
from vrijplek.evaluation.simple.windows import Heard

AT_1_M_DBM = -55.0
EXPONENT = 3.0
MAX_AGE_S = 10.0
"""Who heard nothing for longer can't be the nearest."""
SAMPLES = 5
"""Distances, one a second, that are smoothed; our choice: Bermuda's 20 switch too seldom here."""
LEAD = 0.3
"""A newcomer is nearer by this part of the mean of both distances."""


def smoothed_m(tag: Heard) -> Numbers:
    """Distances, quick to fall and slow to rise; infinite where a scanner can't be the nearest.

    Going back in time only smaller distances count, and the mean is taken over those.
    """
    found: Numbers = np.full(tag.mean_dbm.shape, np.inf)
    for scanner in range(len(found.T)):
        rows = np.flatnonzero(~np.isnan(tag.mean_dbm[:, scanner]))
        if rows.size:
            samples = distance_m(tag.last_dbm[rows, scanner], AT_1_M_DBM, EXPONENT)
            newest = np.searchsorted(rows, np.arange(len(found)), side="right") - 1
            found[:, scanner] = np.where(newest >= 0, _falling_mean(samples)[newest], np.inf)
    return np.where(tag.age_s <= MAX_AGE_S, found, np.inf)


def _falling_mean(samples: Numbers) -> Numbers:
    back = np.arange(len(samples))[:, None] - np.arange(SAMPLES)
    falling = np.minimum.accumulate(np.where(back >= 0, samples[np.maximum(back, 0)], np.inf), 1)
    mean: Numbers = falling.sum(1, where=back >= 0) / (back >= 0).sum(1)
    return mean


def chosen(tag: Heard) -> list[int]:
    """The scanner that leads at each time."""
    holder, found = NOBODY, []
    for row in smoothed_m(tag).tolist():
        if holder != NOBODY and np.isinf(row[holder]):
            holder = NOBODY
        for scanner, metres in enumerate(row):
            if metres < np.inf and (holder == NOBODY or _leads(metres, row[holder])):
                holder = scanner
        found.append(holder)
    return found


def _leads(newcomer_m: float, holder_m: float) -> bool:
    return holder_m - newcomer_m > LEAD * (holder_m + newcomer_m) / 2


BERMUDA = Nearest("nearest (Bermuda)", chosen, 1.0)
