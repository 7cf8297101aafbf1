"""The tracker: where each tag is, by a forward filter over points in rooms and zones.

Owns one distribution per tag over points and over how strongly the tag sends, because two tags in
one place may differ by 10 dB and more. A place is as likely as its points together. A scanner that
speaks often is not believed more often than its errors change: what it says is weighed by the time
since it last spoke of the tag. Knows no person and no clock.

Source: forward algorithm of hidden Markov models, Rabiner 1989 (Proc. IEEE 77(2)), section III.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from occupancy.answers import Answers
from occupancy.geometry import Floats
from occupancy.places import Places
from occupancy.radio import REFERENCE_DBM, Radio
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.reading import Sighting
from sensors.tag import Tag

MEMORY_S = 10.0
"""Errors of a scanner about a tag last about so long."""
OFFSETS_DB = np.array([-10.0, -5.0, 0.0, 5.0, 10.0])
"""How much stronger than the reference a tag may send, carrier and casing included."""
OFFSET_SPREAD_DB = 6.0
ACTIVE_MS = 60_000
"""A tag not heard for so long is not followed any further."""
LEAST = 1e-12
"""No place is ever impossible: people take lifts."""
STEP_MS = 2_000
"""How often people walk and answers are settled; between them only sightings are added up."""
GROWTH = 64


class Tracker:
    """All tags heard within the time to live, one row each."""

    def __init__(self, places: Places, radio: Radio) -> None:
        self.places = places
        self.radio = radio
        self.answers = Answers(places.ids)
        self.row: dict[Tag, int] = {}
        prior = -0.5 * (OFFSETS_DB / OFFSET_SPREAD_DB) ** 2
        self._start = (prior[:, None] + np.log(places.share)[None, :]).astype(np.float32)
        self.log_p = np.zeros((0, *self._start.shape), dtype=np.float32)
        """Log-weight of each offset and point in nats, shape ``(tags, offsets, points)``."""
        self.by_place = np.zeros((0, len(places.ids)))
        """Chance of each place at the last step, shape ``(tags, places)``."""
        self.told_ms = np.zeros(len(radio.index), dtype=np.int64)
        """Up to when each scanner has told what it heard, ms UTC, shape ``(scanners,)``."""
        self.stepped_ms = 0
        self.heard_ms = np.zeros((0, len(radio.index)), dtype=np.int64)
        """When each scanner last heard each tag, ms UTC, shape ``(tags, scanners)``."""
        self.last_ms = np.zeros(0, dtype=np.int64)
        """When any did, shape ``(tags,)``."""

    def observe(self, sightings: Sequence[Sighting]) -> None:
        """Weigh what one message said of some tags."""
        if not self.places.ids:
            return
        rows, weights, scanners, strengths = [], [], [], []
        for sighting in sightings:
            scanner = self.radio.index.get(sighting.sensor)
            if scanner is None:
                continue
            self.told_ms[scanner] = max(int(self.told_ms[scanner]), sighting.event_ms)
            row = self.enter(sighting.tag)
            weight = self._weight(sighting.event_ms, scanner, row)
            if weight > 0.0:
                reference_dbm = sighting.reference_dbm
                reference_dbm = REFERENCE_DBM if reference_dbm is None else reference_dbm
                rows.append(row)
                weights.append(weight)
                scanners.append(scanner)
                strengths.append(sighting.rssi_dbm - reference_dbm)
        if rows:
            relative_db = np.array(strengths)[:, None] - OFFSETS_DB
            says = self.radio.says(np.array(scanners), relative_db)
            says *= np.array(weights, dtype=np.float32)[:, None, None]
            for row, nats in zip(rows, says, strict=True):
                self.log_p[row] += nats

    def told(self, board: str, event_ms: int) -> None:
        """A board spoke: what its scanners have not told up to now they did not hear."""
        for scanner in self.radio.scanners_of.get(board, ()):
            self.told_ms[scanner] = max(int(self.told_ms[scanner]), event_ms)

    def enter(self, tag: Tag) -> int:
        """The row of a tag, a new one where it has none yet."""
        row = self.row.get(tag)
        if row is None:
            row = self.row[tag] = self._free_row()
            self.log_p[row], self.heard_ms[row], self.last_ms[row] = self._start, 0, 0
            self.answers.forget(tag)
        return row

    def _free_row(self) -> int:
        taken = set(self.row.values())
        if len(taken) == len(self.log_p):
            self.log_p = _grown(self.log_p)
            self.by_place = _grown(self.by_place)
            self.heard_ms = _grown(self.heard_ms)
            self.last_ms = _grown(self.last_ms)
        return next(row for row in range(len(self.log_p)) if row not in taken)

    def _weight(self, event_ms: int, scanner: int, row: int) -> float:
        """How much a sighting counts: little when this scanner has just spoken of this tag."""
        quiet_ms = event_ms - int(self.heard_ms[row, scanner])
        if quiet_ms <= 0:
            return 0.0
        self.heard_ms[row, scanner] = event_ms
        self.last_ms[row] = max(int(self.last_ms[row]), event_ms)
        return 1.0 - math.exp(-quiet_ms / 1000 / MEMORY_S)

    def advance(self, now_ms: int, alive: Mapping[str, bool]) -> None:
        """Let time pass: people walk, silence speaks, answers are settled, old tracks end.

        Args:
            now_ms: Event time, ms UTC.
            alive: Board to whether it lives; the silence of a dead scanner says nothing.
        """
        self._end(now_ms)
        elapsed_ms = now_ms - self.stepped_ms
        if elapsed_ms < STEP_MS:
            return
        self.stepped_ms = now_ms
        active = [row for row in self.row.values() if now_ms - self.last_ms[row] < ACTIVE_MS]
        if not active or not self.places.ids:
            return
        rows = np.array(active, dtype=np.intp)
        elapsed_s = min(elapsed_ms / 1000, ACTIVE_MS / 1000)
        p = self._walked(self._hushed(rows, elapsed_s, alive), elapsed_s)
        self.log_p[rows] = np.log(p)
        self.by_place[rows] = by_place = self.places.gathered(p.sum(axis=1))
        tags = {row: tag for tag, row in self.row.items()}
        for row, chance in zip(active, by_place, strict=True):
            self.answers.settle(tags[row], chance, now_ms, int(self.last_ms[row]))

    def _end(self, now_ms: int) -> None:
        over = [t for t, row in self.row.items() if now_ms - self.last_ms[row] > TIME_TO_LIVE_MS]
        for tag in over:
            del self.row[tag]
            self.answers.forget(tag)

    def _hushed(
        self, rows: NDArray[np.intp], elapsed_s: float, alive: Mapping[str, bool]
    ) -> Floats:
        """Chances after what living scanners did not hear, shape ``(rows, offsets, points)``."""
        living = np.array([alive.get(board, False) for board in self.radio.boards], dtype=bool)
        silent = (self.told_ms - self.heard_ms[rows] > 2 * MEMORY_S * 1000) & living
        log_p = self.log_p[rows]
        if silent.any():
            nats = silent.astype(np.float32) @ self.radio.silence
            log_p += nats[:, None, :] * np.float32(min(elapsed_s / (2 * MEMORY_S), 1.0))
        log_p -= log_p.max(axis=(1, 2), keepdims=True)
        return np.asarray(np.exp(log_p))

    def _walked(self, p: Floats, elapsed_s: float) -> Floats:
        """Chances after people have walked about, normalised, the same shape."""
        p /= p.sum(axis=(1, 2), keepdims=True)
        roam, leave = self.places.walked(elapsed_s)
        moved = self.places.gathered(p) @ leave
        p *= 1.0 - roam
        p += moved[..., self.places.owner] * self.places.share
        return np.asarray(np.maximum(p, LEAST))

    def whereabouts(self) -> dict[Tag, Whereabouts]:
        """The answer for each tag."""
        return {tag: self.answers.of(tag, int(self.last_ms[row])) for tag, row in self.row.items()}

    def presence(self, now_ms: int) -> Floats:
        """Chance that some tag heard within a minute is in each place, shape ``(places,)``."""
        rows = [
            row
            for tag, row in self.row.items()
            if now_ms - self.last_ms[row] < ACTIVE_MS and self.answers.has(tag)
        ]
        if not rows:
            return np.zeros(len(self.places.ids))
        return np.asarray(1.0 - np.prod(1.0 - np.minimum(self.by_place[rows], 1.0), axis=0))


def _grown(rows: NDArray[Any]) -> NDArray[Any]:
    """The same rows with `GROWTH` empty ones behind them."""
    return np.concatenate([rows, np.zeros((GROWTH, *rows.shape[1:]), dtype=rows.dtype)])
