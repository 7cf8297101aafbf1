"""The tracker: where each tag is, by a forward filter over places.

Owns one distribution per tag, shape ``(tags, places)``, and the answer that is told from it. A
scanner that speaks often is not believed more often than its errors change: what it says is
weighed by the time since it last spoke of the tag. Knows no person and no clock.

Source: forward algorithm of hidden Markov models, Rabiner 1989 (Proc. IEEE 77(2)), section III.
"""

from collections.abc import Mapping

import numpy as np

from occupancy.places import Places
from occupancy.radio import REFERENCE_DBM, Radio
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.reading import Sighting
from sensors.tag import Tag

MEMORY_S = 10.0
"""Errors of a scanner about a tag last about so long."""
ACTIVE_MS = 60_000
SWITCH_LEAD = 0.2
"""Another place must be so much likelier than the one that was told,"""
SWITCH_DWELL_MS = 6_000
"""and for so long."""
LIKELY = 0.5
"""Below this no place is told."""


class Track:
    """What is known of one tag."""

    __slots__ = ("answer", "heard_ms", "log_p", "rival_since_ms")

    def __init__(self, places: int, scanners: int, heard_ms: int) -> None:
        self.log_p = np.full(places, -np.log(max(places, 1)))
        self.heard_ms = np.zeros(scanners, dtype=np.int64)
        self.answer = Whereabouts(None, 0.0, heard_ms, heard_ms)
        self.rival_since_ms = 0


class Tracker:
    """All tags heard within the time to live."""

    def __init__(self, places: Places, radio: Radio) -> None:
        self.places = places
        self.radio = radio
        self.moves = places.moves()
        self.tracks: dict[Tag, Track] = {}

    def observe(self, sighting: Sighting) -> None:
        """Weigh one sighting."""
        scanner = self.radio.index.get(sighting.sensor)
        if scanner is None or not self.places.ids:
            return
        track = self.tracks.get(sighting.tag)
        if track is None:
            track = Track(len(self.places.ids), len(self.radio.index), sighting.event_ms)
            self.tracks[sighting.tag] = track
        quiet_s = (sighting.event_ms - int(track.heard_ms[scanner])) / 1000
        track.heard_ms[scanner] = max(int(track.heard_ms[scanner]), sighting.event_ms)
        if quiet_s < 0:
            return
        reference_dbm = sighting.reference_dbm
        reference_dbm = REFERENCE_DBM if reference_dbm is None else reference_dbm
        says = self.radio.says(scanner, sighting.rssi_dbm - reference_dbm)
        track.log_p += says * (1.0 - np.exp(-quiet_s / MEMORY_S))
        self._hear(track, sighting.event_ms)

    @staticmethod
    def _hear(track: Track, event_ms: int) -> None:
        known = track.answer
        if event_ms > known.last_heard_ms:
            track.answer = Whereabouts(known.place, known.probability, known.since_ms, event_ms)

    def advance(self, elapsed_s: float, now_ms: int, alive: Mapping[str, bool]) -> None:
        """Let time pass: people walk, silence speaks, answers are settled, old tracks end.

        Args:
            elapsed_s: Since the last step.
            now_ms: Event time, ms UTC.
            alive: Board to whether it lives; the silence of a dead scanner says nothing.
        """
        for tag in [t for t, track in self.tracks.items() if _is_over(track, now_ms)]:
            del self.tracks[tag]
        active = [t for t in self.tracks.values() if now_ms - t.answer.last_heard_ms < ACTIVE_MS]
        if not active:
            return
        log_p = np.stack([track.log_p for track in active])
        heard_ms = np.stack([track.heard_ms for track in active])
        living = np.array([alive.get(board, False) for board in self.radio.boards])
        silent = (now_ms - heard_ms > 2 * MEMORY_S * 1000) & living
        log_p += (silent @ self.radio.silence) * min(elapsed_s / (2 * MEMORY_S), 1.0)
        p = np.exp(log_p - log_p.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p = p @ np.linalg.matrix_power(self.moves, max(round(elapsed_s), 1))
        for track, row in zip(active, p, strict=True):
            track.log_p = np.log(row)
            self._settle(track, row, now_ms)

    def _settle(self, track: Track, p: np.ndarray, now_ms: int) -> None:
        """Change the answer only for a place that leads clearly and for a while."""
        told = track.answer
        best = int(p.argmax())
        current = self.places.index.get(told.place or "", -1)
        lead = p[best] - (p[current] if current >= 0 else 0.0)
        if best == current or lead < SWITCH_LEAD or p[best] < LIKELY:
            track.rival_since_ms = 0
        elif not track.rival_since_ms:
            track.rival_since_ms = now_ms
        elif now_ms - track.rival_since_ms >= SWITCH_DWELL_MS:
            track.rival_since_ms = 0
            track.answer = Whereabouts(
                self.places.ids[best], float(p[best]), now_ms, told.last_heard_ms
            )
            return
        if current >= 0:
            track.answer = Whereabouts(
                told.place, float(p[current]), told.since_ms, told.last_heard_ms
            )

    def whereabouts(self) -> dict[Tag, Whereabouts]:
        """The answer for each tag."""
        return {tag: track.answer for tag, track in self.tracks.items()}

    def presence(self, now_ms: int) -> np.ndarray:
        """Chance that some tag heard within a minute is in each place, shape ``(places,)``."""
        nobody = np.ones(len(self.places.ids))
        for track in self.tracks.values():
            if now_ms - track.answer.last_heard_ms < ACTIVE_MS and track.answer.place:
                nobody *= 1.0 - np.exp(track.log_p)
        return 1.0 - nobody


def _is_over(track: Track, now_ms: int) -> bool:
    return now_ms - track.answer.last_heard_ms > TIME_TO_LIVE_MS
