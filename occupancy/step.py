"""One step of the filter: some tags walk, and what was heard of them is weighed.

Reckons only with places where any of these tags may be. Owns no state: that is in the rows.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.heard import Batch
from occupancy.layout import Window
from occupancy.rows import Rows

LEAST = 1e-12
"""No place is ever impossible: people take lifts."""
NOTHING = 1e-30
"""Smaller chances are only slower to work with."""
COME = 3e-5
"""A place is weighed when a tag may have come there at least so likely."""
UNLIKELY = 1e-5
"""An offset less likely than this is not weighed."""


@dataclass(frozen=True)
class Step:
    """What one step has in common for all tags.

    Source: forward algorithm of hidden Markov models, Rabiner 1989 (Proc. IEEE 77(2)),
    section III.
    """

    ground: Ground
    rows: Rows
    now_ms: int
    working: NDArray[np.bool_]
    """Scanners that live and are not deaf, shape ``(scanners,)``."""
    listened_ms: NDArray[np.int64]
    """Up to when each has listened, where it works, ms UTC, shape ``(scanners,)``."""

    @cached_property
    def _silence(self) -> Floats:
        """What it says that no scanner hears a tag that works, nats a second, ``(points,)``."""
        return np.asarray(self.working.astype(np.float32) @ self.ground.hearing.silent_nats_per_s)

    def take(self, batch: Batch, elapsed_s: Floats, clues: Floats | None) -> None:
        """Take one step with some tags.

        Args:
            batch: Which, and what was heard of them.
            elapsed_s: Since the last step of each, float32, shape ``(tags,)``.
            clues: What motion says, in nats, shape ``(tags, places)``.
        """
        rows = batch.rows
        may_be = self._may_be(batch, elapsed_s)
        window = self.ground.layout.window(np.flatnonzero(may_be.any(axis=0)))
        owner = window.layout.owner
        before = self._turned(self.rows.p(rows, window), elapsed_s)
        nats = self._hushed(batch, window, elapsed_s)
        nats += self._together(batch, window, before, elapsed_s)[:, owner]
        if clues is not None:
            nats += clues[:, window.places[owner]]
        likely = before.sum(axis=2) > UNLIKELY
        tag = np.nonzero(likely)[0]
        found = self.ground.walking.walked(before[likely], elapsed_s[tag, None], window)
        nats = nats[tag]
        self._weigh(nats, likely, batch, window)
        first = np.flatnonzero(np.diff(tag, prepend=-1))
        nats -= np.maximum.reduceat(nats.max(axis=1), first)[tag, None]
        np.maximum(found, LEAST, out=found)
        found *= np.exp(nats, out=nats)
        found *= may_be[:, window.places[owner]][tag]
        found /= np.add.reduceat(found.sum(axis=1), first)[tag, None]
        p = np.zeros(before.shape, dtype=np.float32)
        p[likely] = np.maximum(found, NOTHING, out=found)
        self.rows.keep(rows, p, likely, window)
        self.rows.stepped_ms[rows] = self.now_ms

    def _may_be(self, batch: Batch, elapsed_s: Floats) -> NDArray[np.bool_]:
        """Where each tag was, where it may have come to, and what is near who heard it loudest.

        Returns:
            Shape ``(tags, places)``.
        """
        rows, heard = batch.rows, batch.heard
        by_place = self.rows.by_place[rows]
        found = self.rows.kept[rows]
        found |= self.ground.walking.comes(by_place, elapsed_s[:, None]) >= COME
        by_strength = np.lexsort((heard.strength_db, batch.at))
        loudest = by_strength[np.diff(batch.at, append=len(rows)) > 0]
        found[batch.at[loudest]] |= self.ground.near[heard.scanners[loudest]]
        return np.asarray(found)

    def _turned(self, p: Floats, elapsed_s: Floats) -> Floats:
        """Chances after tags were turned about, shape ``(tags, offsets, points)``."""
        stays = np.eye(p.shape[1], dtype=np.float32)
        turned = stays + self.ground.hearing.turning.T * elapsed_s[:, None, None]
        return np.asarray(turned @ p)

    def _weigh(self, nats: Floats, likely: NDArray[np.bool_], batch: Batch, window: Window) -> None:
        """Add what scanners heard, for each offset that is not out of the question.

        Args:
            nats: To add to, one row for each likely offset of each tag, shape ``(likely, points)``.
            likely: Shape ``(tags, offsets)``.
            batch: The tags.
            window: The points.
        """
        heard, at = batch.heard, batch.at
        if not len(heard.rows):
            return
        hearing = self.ground.hearing
        before_db, age_s = self.rows.before(heard)
        self.rows.remember(heard)
        counts = hearing.errors.counts(self.rows.hearers(batch.rows, self.now_ms))[at]
        said = hearing.says(heard.scanners, heard.strength_db, before_db, age_s, window.points)
        number = np.cumsum(likely).reshape(likely.shape) - 1
        for offset, offset_db in enumerate(hearing.offsets_db):
            of = np.flatnonzero(likely[at, offset])
            if len(of):
                tags, to = np.unique(at[of], return_inverse=True)
                counted = np.zeros((len(tags), len(of)))
                counted[to, np.arange(len(of))] = counts[of]
                nats[number[tags, offset]] += said.nats(of, float(offset_db), counted)

    def _hushed(self, batch: Batch, window: Window, elapsed_s: Floats) -> Floats:
        """What hearing and not hearing at all says, in nats, shape ``(tags, points)``.

        Few scanners hear a tag: what the silence of all would say is worked out once.
        """
        hearing = self.ground.hearing
        hears = np.zeros((len(batch.rows), len(self.working)), dtype=bool)
        hears[batch.at, batch.heard.scanners] = True
        silent_ms = self.listened_ms - self.rows.heard_ms[batch.rows]
        speaks = self.working & (hears | (silent_ms <= 1000 * hearing.silent_after_s))
        each = elapsed_s[:, None].astype(np.float32)
        nats = each * self._silence[window.points]
        some = np.flatnonzero(speaks.any(axis=0))
        silent = hearing.silent_nats_per_s[some[:, None], window.points]
        nats -= (speaks[:, some] * each) @ silent
        if hearing.minds_hearing:
            some = np.flatnonzero(hears.any(axis=0))
            heard = hearing.heard_nats_per_s[some[:, None], window.points]
            nats += hears[:, some].astype(np.float32) @ heard
        return np.asarray(nats)

    def _together(self, batch: Batch, window: Window, before: Floats, elapsed_s: Floats) -> Floats:
        """What scanners say jointly, in nats, shape ``(tags, places)``; 0 where not learned."""
        joint = self.ground.hearing.joint
        if joint is None:
            return np.zeros((len(batch.rows), len(window.places)), dtype=np.float32)
        smoothing = self.rows.smoothing
        smoothing.take(batch.rows, batch.dense(len(self.working)), elapsed_s[:, None])
        offset_db = before.sum(axis=2) @ self.ground.hearing.offsets_db
        says = joint.says(smoothing.mean_db(batch.rows) - offset_db[:, None], self.working)
        says = says * np.minimum(elapsed_s, 3.0)[:, None]
        return np.asarray(says[:, window.places], dtype=np.float32)
