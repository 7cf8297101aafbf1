"""The tracker: where each tag is, by a forward filter over points.

Owns one distribution per tag over points and over how strongly the tag sends, because two tags in
one place may differ by 10 dB and more. A place is as likely as its points together. Whether points
come from the plan or from calibration it does not know, nor any person, nor a clock.

Source: forward algorithm of hidden Markov models, Rabiner 1989 (Proc. IEEE 77(2)), section III.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from occupancy.answers import Answers
from occupancy.clues import Clues
from occupancy.ears import Ears
from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.heard import Heard, gathered
from occupancy.radio import relative_db
from occupancy.rows import Rows
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.reading import Motion, Sighting
from sensors.tag import Tag

ACTIVE_MS = 60_000
"""A tag not heard for so long is not followed any further."""
LEAST = 1e-12
"""No place is ever impossible: people take lifts."""
NOTHING = 1e-30
"""Smaller chances are only slower to work with."""
IDLE_MS = 5_000
"""How often tags walk that were not heard, where motion is no clue to them."""
UNLIKELY = 1e-5
"""An offset less likely than this is not weighed."""
TOLD = 0.8
"""Whether anybody is somewhere follows the place that is told by so much, and chances the rest."""
CHUNK = 64
"""So many tags are weighed at once, to stay in the cache."""


class Tracker:
    """All tags heard within the time to live, one row each."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.places = ground.layout
        self.ears = Ears(ground.hearing)
        self.rows = Rows(ground)
        self.answers = Answers(ground.layout.ids)
        self.clues = Clues(ground.motion, ground.layout) if ground.motion else None
        self.stepped_ms = 0
        self.new: list[tuple[int, int, float, int]] = []
        """What was heard since the last step: row, scanner, strength in dB, event time in ms."""

    def observe(self, sightings: Sequence[Sighting]) -> None:
        """Take what one message said of some tags; it is weighed at the next step."""
        if not self.places.ids:
            return
        scanners = self.ground.hearing.scanners
        for sighting in sightings:
            scanner = scanners.get(sighting.sensor)
            if scanner is not None:
                self.ears.hear(scanner, sighting.event_ms)
                row = self.enter(sighting.tag)
                last_ms = int(self.rows.last_ms[row])
                self.rows.last_ms[row] = max(last_ms, sighting.event_ms)
                strength_db = relative_db(sighting)
                self.new.append((row, scanner, strength_db, sighting.event_ms))

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
        elapsed_s = min(now_ms - self.stepped_ms, IDLE_MS) / 1000
        self.stepped_ms = now_ms
        self.ears.wonder(self.rows.there(now_ms - ACTIVE_MS), elapsed_s)
        working = self.ears.working(alive)
        heard = gathered(self.new)
        self.new = []
        idle_ms = self.ground.step_ms if self.clues is not None else IDLE_MS
        due = self.rows.due(heard.rows, now_ms, ACTIVE_MS, idle_ms)
        says = self.clues.says(self.rows, due) if self.clues is not None and len(due) else None
        for begin in range(0, len(due), CHUNK):
            some = due[begin : begin + CHUNK]
            clues = says[begin : begin + CHUNK] if says is not None else None
            self._step(some, heard.of_rows(some), now_ms, working, clues)

    def _step(
        self,
        rows: NDArray[np.intp],
        heard: Heard,
        now_ms: int,
        working: NDArray[np.bool_],
        clues: Floats | None,
    ) -> None:
        """Walk some tags, weigh what was heard of them, and settle their answers."""
        stepped_ms = self.rows.stepped_ms[rows]
        elapsed_s = np.where(stepped_ms > 0, now_ms - stepped_ms, self.ground.step_ms) / 1000
        elapsed_s = np.minimum(elapsed_s, ACTIVE_MS / 1000).astype(np.float32)
        nats = self._hushed(rows, heard, now_ms, working, elapsed_s)
        nats += self._together(rows, heard, working, elapsed_s)
        if clues is not None:
            nats += clues[:, self.places.owner]
        before = self._turned(self.rows.p[rows], elapsed_s)
        likely = before.sum(axis=2) > UNLIKELY
        tag = np.nonzero(likely)[0]
        walked = self.ground.walking.walked(before[likely][:, None, :], elapsed_s[tag, None, None])
        nats = nats[tag]
        self._weigh(nats, likely, rows, heard, now_ms)
        first = np.flatnonzero(np.diff(tag, prepend=-1))
        nats -= np.maximum.reduceat(nats.max(axis=1), first)[tag, None]
        p = np.maximum(walked[:, 0], LEAST) * np.exp(nats)
        p /= np.add.reduceat(p.sum(axis=1), first)[tag, None]
        self.rows.p[rows] = 0.0
        self.rows.p[rows[tag], np.nonzero(likely)[1]] = np.maximum(p, NOTHING)
        self.rows.by_place[rows] = chance = self.places.gathered(np.add.reduceat(p, first, axis=0))
        self.rows.stepped_ms[rows] = now_ms
        self.answers.settle(rows, chance, elapsed_s, now_ms)

    def _turned(self, p: Floats, elapsed_s: Floats) -> Floats:
        """Chances after tags were turned about, shape ``(tags, offsets, points)``."""
        stays = np.eye(p.shape[1], dtype=np.float32)
        turned = stays + self.ground.hearing.turning.T * elapsed_s[:, None, None]
        return np.asarray(turned @ p)

    def _weigh(
        self,
        nats: Floats,
        likely: NDArray[np.bool_],
        rows: NDArray[np.intp],
        heard: Heard,
        now_ms: int,
    ) -> None:
        """Add what scanners heard, for each offset that is not out of the question.

        Args:
            nats: To add to, one row for each likely offset of each tag, shape ``(likely, points)``.
            likely: Shape ``(tags, offsets)``.
            rows: Shape ``(tags,)``.
            heard: Of these tags.
            now_ms: Event time, ms UTC.
        """
        if not len(heard.rows):
            return
        hearing, state = self.ground.hearing, self.rows
        before_db, age_s = state.before(heard)
        state.remember(heard)
        position = np.searchsorted(rows, heard.rows)
        counts = hearing.errors.counts(state.hearers(rows, now_ms)).astype(np.float32)[position]
        number = np.cumsum(likely).reshape(likely.shape) - 1
        for offset, offset_db in enumerate(hearing.offsets_db):
            of = np.flatnonzero(likely[position, offset])
            if len(of):
                says = hearing.says(
                    heard.scanners[of],
                    heard.strength_db[of],
                    before_db[of],
                    age_s[of],
                    float(offset_db),
                )
                starts = np.flatnonzero(np.diff(position[of], prepend=-1))
                to = number[position[of][starts], offset]
                nats[to] += np.add.reduceat(says * counts[of, None], starts, axis=0)

    def _hushed(
        self,
        rows: NDArray[np.intp],
        heard: Heard,
        now_ms: int,
        working: NDArray[np.bool_],
        elapsed_s: Floats,
    ) -> Floats:
        """What hearing and not hearing at all says, in nats, shape ``(rows, points)``."""
        hearing = self.ground.hearing
        hears = np.zeros((len(rows), len(working)), dtype=bool)
        hears[np.searchsorted(rows, heard.rows), heard.scanners] = True
        silent_ms = self.ears.listened_ms(now_ms) - self.rows.heard_ms[rows]
        silent = ~hears & working & (silent_ms > 1000 * hearing.silent_after_s)
        each = elapsed_s[:, None].astype(np.float32)
        nats = (silent * each) @ hearing.silent_nats_per_s
        if hearing.minds_hearing:
            nats += hears.astype(np.float32) @ hearing.heard_nats_per_s
        return np.asarray(nats)

    def _together(
        self,
        rows: NDArray[np.intp],
        heard: Heard,
        working: NDArray[np.bool_],
        elapsed_s: Floats,
    ) -> Floats | float:
        """What scanners say jointly, in nats, shape ``(rows, points)``; 0 where not learned."""
        joint = self.ground.hearing.joint
        if joint is None:
            return 0.0
        smoothing = self.rows.smoothing
        smoothing.take(rows, heard.dense(rows, len(working)), elapsed_s[:, None])
        offset_db = self.rows.p[rows].sum(axis=2) @ self.ground.hearing.offsets_db
        says = joint.says(smoothing.mean_db(rows) - offset_db[:, None], working)
        return np.asarray(says * np.minimum(elapsed_s, 3.0)[:, None])[:, self.places.owner]

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

    def take_left(self) -> Floats:
        """How many tags left each place after a stay since this was asked, ``(places,)``."""
        left, self.answers.left = self.answers.left, np.zeros(len(self.places.ids))
        return left

    def _placed(self, now_ms: int) -> list[int]:
        last_ms, place = self.rows.last_ms, self.answers.place
        rows = self.rows.of.values()
        return [r for r in rows if now_ms - last_ms[r] < ACTIVE_MS and place[r] >= 0]
