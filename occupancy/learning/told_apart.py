"""Told apart: how often a simple judge names the right place for a window it has not learned from.

The judge has one normal distribution and one chance of silence for each place and scanner. It is
simpler than the tracker on purpose: it judges the places and the scanners, not the tracker.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.learning.windows import Windows

SPREAD_DB = 3.0
"""Windows of one place differ by at least so much from day to day; our choice."""
SILENT_DB = -40.0
"""What a scanner that does not hear a tag is taken for, relative to the reference at 1 m: a little
below what one hears at all; our choice."""
VAGUE_DB = 10.0
"""Spread where a scanner never heard the tag: nearly anything may come."""
Mask = NDArray[np.bool_]
Confusion = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """What is added up of windows, by place."""

    windows: NDArray[np.int64]
    """Shape ``(places,)``."""
    heard: Floats
    """In how many windows each scanner heard the tag, shape ``(places, scanners)``."""
    strength_db: Floats
    """Sum over those windows, shape ``(places, scanners)``."""
    square_db2: Floats
    """Sum of squares, shape ``(places, scanners)``."""

    def without(self, part: "Sums") -> "Sums":
        """The sums over the windows that are not in a part."""
        return Sums(
            self.windows - part.windows,
            self.heard - part.heard,
            self.strength_db - part.strength_db,
            self.square_db2 - part.square_db2,
        )

    def described(self) -> tuple[Floats, Floats, Floats]:
        """Mean and spread in dB, and the chance to be heard, each ``(places, scanners)``."""
        some = np.maximum(self.heard, 1)
        is_heard = self.heard > 0
        mean = np.where(is_heard, self.strength_db / some, SILENT_DB)
        variance = np.maximum(self.square_db2 / some - mean**2, 0.0)
        spread = np.where(is_heard, np.sqrt(variance + SPREAD_DB**2), VAGUE_DB)
        return mean, spread, (self.heard + 0.5) / (self.windows[:, None] + 1.0)


def summed(windows: Windows, rows: Mask) -> Sums:
    """The sums over some of the windows."""
    count, shape = len(windows.places), (len(windows.places), len(windows.scanners))
    place, seen = windows.place[rows], windows.strength_db[rows]
    heard, strength_db, square_db2 = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    filled = np.nan_to_num(seen)
    np.add.at(heard, place, ~np.isnan(seen))
    np.add.at(strength_db, place, filled)
    np.add.at(square_db2, place, filled**2)
    return Sums(np.bincount(place, minlength=count), heard, strength_db, square_db2)


def confusion(windows: Windows) -> Confusion:
    """How often windows of a place (rows) were named as each place (columns).

    Cross-validation: a window is judged by what was learned from other walks where its place has
    several, else from other stays, else from the other half of the only stay.

    Returns:
        Shape ``(places, places)``.
    """
    count = len(windows.places)
    found = np.zeros((count, count), dtype=np.int64)
    whole = summed(windows, np.ones(len(windows.place), dtype=bool))
    for tested, learned in folds(windows):
        named = judged(whole.without(summed(windows, ~learned)), windows.strength_db[tested])
        np.add.at(found, (windows.place[tested], named), 1)
    return found


def folds(windows: Windows) -> Iterator[tuple[Mask, Mask]]:
    """Which windows are judged and which are learned from, together each window once."""
    walks = _kinds(windows.place, windows.walk, len(windows.places))
    stays = _kinds(windows.place, windows.stay, len(windows.places))
    often = (walks > 1)[windows.place]
    for walk in np.unique(windows.walk[often]):
        inside = windows.walk == walk
        # a place known from no other walk stays, as a rival of the others
        yield inside & often, ~(inside & often)
    twice = ~often & (stays > 1)[windows.place]
    for stay in np.unique(windows.stay[twice]):
        inside = windows.stay == stay
        yield inside, ~inside
    for stay in np.unique(windows.stay[~often & ~twice]):
        inside = windows.stay == stay
        late = inside & (np.cumsum(inside) > inside.sum() / 2)
        for half in (inside & ~late, late):
            if half.any() and (inside & ~half).any():
                yield half, ~half


def judged(sums: Sums, seen: Floats) -> NDArray[np.int64]:
    """The likeliest place for each row of strengths, shape ``(rows,)``.

    The square of the normal distribution is multiplied out, so that all places are one product.
    """
    heard = ~np.isnan(seen)
    filled = np.nan_to_num(seen)
    mean, spread, chance = sums.described()
    weight = 1 / spread**2
    peak = np.log(chance) - np.log(spread) - 0.5 * weight * mean**2
    nats = heard @ peak.T + filled @ (weight * mean).T - 0.5 * filled**2 @ weight.T
    nats += ~heard @ np.log(1 - chance).T
    nats[:, sums.windows == 0] = -np.inf
    return np.asarray(nats.argmax(axis=1), dtype=np.int64)


def _kinds(place: NDArray[np.int64], group: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    """In how many groups each place is, shape ``(places,)``."""
    pairs = np.unique(np.column_stack([place, group]), axis=0)
    return np.bincount(pairs[:, 0], minlength=places)
