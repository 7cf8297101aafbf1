"""Company: how many badges are near some desks says how many of the desks are in use.

Nobody is placed at a desk: what counts is how many badges are in a zone, and that one has left it.
Who has just moved may be the one; whose badge it was does not get here.
"""

import math

import numpy as np

from occupancy.belief import MOVING, Belief
from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.space import Kind
from occupancy.tracker import Tracker

NO_DESK = 0.3
"""Chance that who left sat at no desk that is seen, against one who surely moved."""
PRIOR_S = 7200.0
"""So many seconds of desks in use must be seen before badges count about half."""
MEMORY_S = 14 * 86_400.0
"""What was learned of badges counts less by a factor of e after so long."""
MOST_NATS = 3.0
LEAST_SHARE = 0.01
ROUNDS = 2


class Company:
    """Desks in places of the tracker, and the badges there.

    Source: mean-field message of a count, Jordan et al. 1999 (Machine Learning 37); the numbers are
    our choice, decision 0013.
    """

    def __init__(self, building: Building, tracker: Tracker) -> None:
        index = tracker.places.index
        self._tracker = tracker
        zone = np.full(len(building.spaces), -1, dtype=np.int64)
        for i, space in enumerate(building.spaces):
            if space.kind is Kind.DESK:
                around = (index[s.id] for s in building.upward(space.id) if s.id in index)
                zone[i] = next(around, -1)
        self.desks = np.flatnonzero(zone >= 0)
        """Which spaces they are, shape ``(desks,)``."""
        self._zone = zone[self.desks]
        self.nats = np.zeros(len(building.spaces))
        """What the company says of each space, shape ``(spaces,)``."""
        self.used_s = self.unbadged_s = self.badged_s = self.deskless_s = 0.0
        """Seconds of desks in use, of those without a badge near, of badges, and of those without a
        desk in use, so far."""

    def leave(self, belief: Belief) -> None:
        """Take note of badges that have left the place of some desks."""
        left = self._tracker.take_left()
        if not left.any() or not len(self.desks):
            return
        moving = belief.p[MOVING, self.desks]
        total = np.bincount(self._zone, moving, len(left))
        share = moving / (total + NO_DESK)[self._zone]
        goes = np.minimum(share * left[self._zone], 1.0)
        charged = np.flatnonzero(goes > LEAST_SHARE)
        belief.leave(self.desks[charged], 1.0 - goes[charged])

    def advance(self, elapsed_s: float, now_ms: int, nats: Floats) -> None:
        """Weigh how many desks seem to be in use against how many badges are near.

        Args:
            elapsed_s: Since the last time.
            now_ms: Event time, ms UTC.
            nats: Log-odds of occupied without company, shape ``(spaces,)``.
        """
        if not len(self.desks):
            return
        counts = self._tracker.counts(now_ms)
        badges, alone = counts[self._zone], nats[self.desks]
        too_many, too_few = self._costs()
        said = np.zeros(len(self.desks))
        used: Floats = np.zeros(len(counts))
        for _ in range(ROUNDS):
            p = 0.5 * (1.0 + np.tanh(0.5 * (alone + said)))
            used = np.bincount(self._zone, p, len(counts)).astype(float)
            below = np.clip(badges - (used[self._zone] - p), 0.0, 1.0)
            said = 0.5 * said + 0.5 * (too_few * below - too_many * (1.0 - below))
        self.nats[self.desks] = said
        here = np.zeros(len(counts))
        here[self._zone] = badges
        self._learn(elapsed_s, used, here)

    def _costs(self) -> tuple[float, float]:
        """Nats against a desk in use without a badge near, and for one that a badge wants."""
        unbadged = (self.unbadged_s + PRIOR_S) / (self.used_s + PRIOR_S)
        deskless = (self.deskless_s + 0.5 * PRIOR_S) / (self.badged_s + PRIOR_S)
        return _nats_against(unbadged), _nats_against(deskless)

    def _learn(self, elapsed_s: float, used: Floats, badges: Floats) -> None:
        """How often desks are in use without a badge, and badges without a desk."""
        kept = math.exp(-elapsed_s / MEMORY_S)
        unbadged, deskless = np.maximum(used - badges, 0.0), np.maximum(badges - used, 0.0)
        self.used_s = kept * self.used_s + elapsed_s * float(used.sum())
        self.badged_s = kept * self.badged_s + elapsed_s * float(badges.sum())
        self.unbadged_s = kept * self.unbadged_s + elapsed_s * float(unbadged.sum())
        self.deskless_s = kept * self.deskless_s + elapsed_s * float(deskless.sum())


def _nats_against(share: float) -> float:
    """Log-odds against something that happens so often, between 0 and `MOST_NATS`.

    >>> round(_nats_against(0.1), 2), _nats_against(0.9)
    (2.2, 0.0)
    """
    share = min(max(share, 1e-3), 0.999)
    return min(max(math.log1p(-share) - math.log(share), 0.0), MOST_NATS)
