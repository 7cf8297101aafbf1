"""The tracker: where each tag is, by a forward filter over points.

Owns one distribution per tag over points and over how strongly the tag sends, because two tags in
one place may differ by 10 dB and more. A place is as likely as its points together. Whether points
come from the plan or from calibration it does not know, nor any person, nor a clock.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from occupancy.answers import Answers
from occupancy.clues import Clues
from occupancy.drift import EVERY_S, Drift
from occupancy.ears import Ears
from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.heard import gathered
from occupancy.radio import relative_db
from occupancy.rows import Rows
from occupancy.stays import Stays
from occupancy.step import Step
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.reading import Motion, Sighting
from sensors.tag import Tag

ACTIVE_MS = 60_000
"""A tag not heard for so long is not followed any further."""
IDLE_MS = 5_000
"""How often tags walk that were not heard, where motion is no clue to them."""
TOLD = 0.5
"""Whether anybody is somewhere follows the place that is told by so much, and chances the rest."""
CHUNK = 32
"""So many tags are weighed at once, to stay in the cache."""


class Tracker:
    """All tags heard within the time to live, one row each."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.places = ground.layout
        self.ears = Ears(ground.hearing)
        self.rows = Rows(ground)
        self.answers = Answers(ground.layout.ids, ground.sureness)
        self.clues = Clues(ground.motion, ground.layout) if ground.motion else None
        self.drift = Drift(len(ground.hearing.scanners), len(ground.layout.ids))
        self.stays = Stays(ground, self.rows, self.answers)
        self.stepped_ms = 0
        self.new: list[tuple[int, int, float, int]] = []
        """What was heard since the last step: row, scanner, strength in dB, event time in ms."""

    def observe(self, sightings: Sequence[Sighting]) -> None:
        """Take what one message said of some tags; it is weighed at the next step."""
        if not self.places.ids:
            return
        scanners, drift_db = self.ground.hearing.scanners, self.drift.db.tolist()
        heard_ms: dict[int, int] = {}
        last_ms: dict[int, int] = {}
        for sighting in sightings:
            scanner = scanners.get(sighting.sensor)
            if scanner is not None:
                event_ms, row = sighting.event_ms, self.enter(sighting.tag)
                if event_ms > heard_ms.get(scanner, -1):
                    heard_ms[scanner] = event_ms
                if event_ms > last_ms.get(row, -1):
                    last_ms[row] = event_ms
                strength_db = relative_db(sighting) - drift_db[scanner]
                self.new.append((row, scanner, strength_db, event_ms))
        for scanner, event_ms in heard_ms.items():
            self.ears.hear(scanner, event_ms)
        for row, event_ms in last_ms.items():
            self.rows.last_ms[row] = max(int(self.rows.last_ms[row]), event_ms)

    def told(self, board: str, event_ms: int) -> None:
        """A board spoke: what its scanners have not told up to now they did not hear."""
        for scanner in self.ground.hearing.scanners_of.get(board, ()):
            self.ears.tell(scanner, event_ms)

    def moved(self, motion: Motion) -> None:
        """Something moved; where the map knows which sensor sees what, that is a clue."""
        if self.clues is not None and motion.on:
            self.clues.move(motion.sensor)

    def enter(self, tag: Tag) -> int:
        """The row of a tag, a new one where it has none yet."""
        row = self.rows.of.get(tag)
        if row is None:
            row = self.rows.enter(tag)
            self.answers.grow(len(self.rows.last_ms))
            self.answers.forget(row, 0)
        return row

    def advance(self, now_ms: int, alive: Mapping[str, bool]) -> None:
        """Let time pass: people walk, silence speaks, answers are settled, old tracks end.

        Args:
            now_ms: Event time, ms UTC.
            alive: Board to whether it lives; the silence of a dead scanner says nothing.
        """
        gone = {self.rows.leave(tag) for tag in self.rows.over(now_ms - TIME_TO_LIVE_MS)}
        self.new = [new for new in self.new if new[0] not in gone] if gone else self.new
        if now_ms - self.stepped_ms < self.ground.step_ms or not self.places.ids:
            return
        wondered_s = min(now_ms - self.stepped_ms, IDLE_MS) / 1000
        is_minute = _minute(now_ms) != _minute(self.stepped_ms)
        self.stepped_ms = now_ms
        there = self.rows.there(now_ms - ACTIVE_MS)[self.places.owner] * self.places.share
        self.ears.wonder(there, wondered_s)
        working = self.ears.working(alive)
        heard = gathered(self.new)
        self.new = []
        idle_ms = self.ground.step_ms if self.clues is not None else IDLE_MS
        due = self.rows.due(heard.rows, now_ms, ACTIVE_MS, idle_ms)
        says = self.clues.says(self.rows, due) if self.clues is not None and len(due) else None
        stepped_ms = self.rows.stepped_ms[due]
        elapsed_s = np.where(stepped_ms > 0, now_ms - stepped_ms, self.ground.step_ms) / 1000
        elapsed_s = np.minimum(elapsed_s, ACTIVE_MS / 1000).astype(np.float32)
        step = Step(self.ground, self.rows, now_ms, working, self.ears.listened_ms(now_ms))
        for number, batch in enumerate(heard.batches(due, CHUNK)):
            part = slice(number * CHUNK, number * CHUNK + CHUNK)
            step.take(batch, elapsed_s[part], says[part] if says is not None else None)
        if len(due):
            self.answers.settle(due, self.rows.by_place[due], elapsed_s, now_ms)
        if is_minute and self.ground.is_walked:
            self.stays.teach(self.drift, self._placed(now_ms), now_ms)

    def drifts(self) -> dict[str, float]:
        """How much louder in dB each scanner hears than on the walk; empty without one."""
        if not self.ground.is_walked:
            return {}
        return {s: float(self.drift.db[i]) for s, i in self.ground.hearing.scanners.items()}

    def whereabouts(self) -> dict[Tag, Whereabouts]:
        """The answer for each tag."""
        last_ms = self.rows.last_ms
        return {t: self.answers.of(row, int(last_ms[row])) for t, row in self.rows.of.items()}

    def presence(self, now_ms: int) -> Floats:
        """Expected tags heard within a minute and placed, by place, shape ``(places,)``."""
        rows = self._placed(now_ms)
        return np.asarray(self.rows.by_place[rows].sum(axis=0), dtype=float)

    def anybody(self, now_ms: int) -> Floats:
        """Chance that some such tag is in each place, shape ``(places,)``."""
        rows = self._placed(now_ms)
        chance = (1.0 - TOLD) * np.minimum(self.rows.by_place[rows], 1.0)
        chance[np.arange(len(rows)), self.answers.place[rows]] += TOLD
        absent = 1.0 - chance
        return np.asarray(1.0 - np.prod(absent, axis=0), dtype=float)

    def counts(self, now_ms: int) -> Floats:
        """How many tags heard within a minute are told in each place, shape ``(places,)``."""
        told = self.answers.place[self._placed(now_ms)]
        return np.bincount(told, minlength=len(self.places.ids)).astype(float)

    def came_ms(self, now_ms: int) -> NDArray[np.int64]:
        """When such a tag last came to each place, ms UTC, 0 where none is, ``(places,)``."""
        rows = self._placed(now_ms)
        last_ms = np.zeros(len(self.places.ids), dtype=np.int64)
        np.maximum.at(last_ms, self.answers.place[rows], self.answers.since_ms[rows])
        return last_ms

    def take_left(self) -> Floats:
        """How many tags left each place after a stay since this was asked, ``(places,)``."""
        left, self.answers.left = self.answers.left, np.zeros(len(self.places.ids))
        return left

    def _placed(self, now_ms: int) -> list[int]:
        last_ms, place = self.rows.last_ms, self.answers.place
        rows = self.rows.of.values()
        return [r for r in rows if now_ms - last_ms[r] < ACTIVE_MS and place[r] >= 0]


def _minute(at_ms: int) -> int:
    return at_ms // int(1000 * EVERY_S)
