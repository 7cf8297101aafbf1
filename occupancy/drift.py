"""Drift: how much louder or fainter each scanner hears than on the walk, from confident stays.

Cupboards are moved and antennas bent. Owns a slow mean per scanner and place, in dB, of which one
number a scanner is used. Knows no tag: what one tag sends more than another was taken off before.
"""

import numpy as np

from occupancy.geometry import Floats

EVERY_S = 60.0
"""Stays are looked at so often."""
MOST_DB = 10.0
"""No scanner is taken to have drifted more, nor does a place say more."""
MEMORY_S = 12 * 3600.0
"""A place remembers so many seconds of stays."""
HALF_S = 2 * 3600.0
"""A place with so many seconds of stays counts half."""
PRIOR_PLACES = 1.0
"""So many places that say nothing has drifted."""
LEAST_SCANNERS = 2
"""That hear a tag: of one alone nobody can tell the tag from the scanner."""
SPREAD_DB, OUTLIER_NATS = 6.0, 4.5
"""Of one strength, to find the spot in a place."""
AGREE_DB = 6.0
"""Half of those that hear a tag must agree so well, or it may be elsewhere."""


class Drift:
    """What was learned since the walk.

    Args:
        scanners: How many there are.
        places: How many there are.
    """

    def __init__(self, scanners: int, places: int) -> None:
        self.mean_db = np.zeros((scanners, places))
        """How much louder each scanner hears tags in each place, shape ``(scanners, places)``."""
        self.seconds = np.zeros((scanners, places))
        """Of stays behind each mean, at most `MEMORY_S`, the same shape."""
        self.db = np.zeros(scanners)
        """How much louder each scanner hears, shrunk toward 0, shape ``(scanners,)``."""

    def take(self, place: int, louder_db: Floats) -> None:
        """Take what was heard of tags that are surely in a place.

        Args:
            place: Its number.
            louder_db: Than the map expects there, NaN where not heard, ``(tags, scanners)``.
        """
        own_db = np.array([self._by_scanner(off_db) for off_db in louder_db])
        heard = ~np.isnan(own_db)
        told = heard.any(axis=0)
        if told.any():
            mean_db = np.where(heard, own_db, 0.0).sum(axis=0) / np.maximum(heard.sum(axis=0), 1)
            seconds = self.seconds[:, place]
            gain = np.where(told, EVERY_S / (seconds + EVERY_S), 0.0)
            self.mean_db[:, place] += gain * (mean_db - self.mean_db[:, place])
            self.seconds[:, place] = np.minimum(seconds + EVERY_S * told, MEMORY_S - EVERY_S)
            self.settle()

    def _by_scanner(self, off_db: Floats) -> Floats:
        """What of it is the scanners', not the tag's; NaN all over where they do not agree."""
        heard = ~np.isnan(off_db)
        if heard.sum() < LEAST_SCANNERS:
            return np.full_like(off_db, np.nan)
        own_db = off_db - np.median((off_db - self.db)[heard])
        if np.median(np.abs(own_db - self.db)[heard]) > AGREE_DB:
            return np.full_like(off_db, np.nan)
        return np.clip(own_db, -MOST_DB, MOST_DB)

    def settle(self) -> None:
        """Work out `db` from what places say; each counts by how long somebody stayed there."""
        trust = self.seconds / (self.seconds + HALF_S)
        total_db = (trust * self.mean_db).sum(axis=1)
        self.db = total_db / (trust.sum(axis=1) + PRIOR_PLACES)


def by_others(louder_db: Floats, share: Floats) -> Floats:
    """How much louder each scanner is, at the spot where the others hear the tag.

    With itself it would find the spot that explains its drift.

    Args:
        louder_db: Than expected at each spot of a place, shape ``(scanners, spots)``.
        share: Part of the place that each spot stands for, shape ``(spots,)``.
    """
    off = (louder_db - np.median(louder_db, axis=0)) / SPREAD_DB
    nats = np.maximum(-0.5 * off**2, -OUTLIER_NATS)
    without = nats.sum(axis=0) - nats
    others = share * np.exp(without - without.max(axis=1, keepdims=True))
    return np.asarray((louder_db * others).sum(axis=1) / others.sum(axis=1))
