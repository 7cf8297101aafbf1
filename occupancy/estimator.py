"""The estimator: readings and time go in, transitions and answers come out.

It puts belief, decision and tracking together. The same entries and ticks give the same output,
byte for byte: that is what makes replay, crash recovery and tests one and the same thing.
"""

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.decision import CODES, FREE, OCCUPIED, UNKNOWN, Codes, Decision
from occupancy.evidence import Evidence
from occupancy.explanation import strongest
from occupancy.geometry import Floats
from occupancy.ground import ground_of
from occupancy.learned import Learned
from occupancy.opinion import Opinion
from occupancy.radio_map import RadioMap
from occupancy.thresholds import Thresholds
from occupancy.tracker import Tracker
from occupancy.transition import Transition
from occupancy.view import Status
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.entry import Entry
from sensors.reading import Contact, Count, Heartbeat, Level, Motion, Offline, Presence, Sighting
from sensors.tag import Tag

LATE_MS = 5_000
STEP, STICK = 0.1, 0.07
"""Probability is shown in steps of 0.1, and moves to another step only when 0.07 away."""
BADGE_COUNTS = 0.7
"""A chance that a badge is there that makes an otherwise unobserved room known."""
MINUTE_MS = 60_000


class Outcome(msgspec.Struct, frozen=True):
    """What one fold or tick came to."""

    transitions: tuple[Transition, ...] = ()
    changed: tuple[Status, ...] = ()


class Estimator:
    """What is believed of one building.

    Args:
        building: Its spaces, boards and sensors.
        learned: What is known of it besides, by calibration or from its history.
        thresholds: When belief becomes a state.
    """

    def __init__(
        self,
        building: Building,
        learned: Learned | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.building = building
        self.learned = learned or Learned()
        self.decision = Decision(building, thresholds or Thresholds())
        self.tracker = Tracker(ground_of(building, self.learned.radio))
        self.opinion = Opinion(building, self.learned, self.tracker)
        self.watch = self.opinion.watch
        self.now_ms = 0
        """Event time up to which belief has been carried, ms UTC."""
        self.shown = np.full(len(building.spaces), -1.0)
        """Probability as shown, shape ``(spaces,)``; below zero where never told."""
        self.told_minute = np.full(len(building.spaces), -1, dtype=np.int64)

    def learn(self, radio: RadioMap | None) -> None:
        """Follow tags by another radio map, or by the plan again; where they were is forgotten.

        A map that differs in nothing but how sure it is takes its place without that.
        """
        known = self.learned.radio
        self.learned = msgspec.structs.replace(self.learned, radio=radio)
        if radio and known and msgspec.structs.replace(radio, sureness=known.sureness) == known:
            self.tracker.answers.sureness = radio.sureness
            return
        self.tracker = Tracker(ground_of(self.building, radio))
        self.opinion.follow(self.building, self.tracker, self.learned)

    def fold(self, entries: Iterable[Entry]) -> Outcome:
        """Weigh the readings of some entries and decide on the spaces that they are about."""
        transitions: list[Transition] = []
        touched: set[int] = set()
        for entry in entries:
            if not any(isinstance(reading, Offline) for reading in entry.readings):
                self.watch.liveness.hear(entry.board, entry.received_ms)
            self.tracker.observe(self._fresh_sightings(entry))
            for reading in entry.readings:
                spaces = self._weigh(reading)
                touched.update(spaces)
                transitions.extend(self._decide(spaces, reading.event_ms))
        news = {space for space in touched if self._show(space)}
        news |= {self.building.index[transition.space] for transition in transitions}
        return Outcome(tuple(transitions), tuple(self._status(space) for space in sorted(news)))

    def _fresh_sightings(self, entry: Entry) -> list[Sighting]:
        """Those that may still be told: what is past its time makes no track."""
        oldest_ms = self.now_ms - TIME_TO_LIVE_MS
        seen = [reading for reading in entry.readings if isinstance(reading, Sighting)]
        return [sighting for sighting in seen if sighting.event_ms >= oldest_ms]

    def _weigh(self, reading: object) -> list[int]:
        liveness = self.watch.liveness
        match reading:
            case Motion() | Presence() | Count() | Contact() | Level():
                if isinstance(reading, Motion):
                    self.tracker.moved(reading)
                return self.opinion.observe(reading, max(self.now_ms, reading.event_ms))
            case Heartbeat(sensor=board, every_s=every_s):
                liveness.beat(board, every_s)
                self.tracker.told(board, reading.event_ms)
            case Offline(sensor=board):
                liveness.lose(board)
            case _:
                pass
        return []

    def _decide(self, spaces: list[int], event_ms: int) -> Iterator[Transition]:
        """Move spaces that a reading has just moved, when their boards live."""
        for space in spaces:
            p = self.opinion.occupied_of(space)
            code = self.decision.due_of(space, p)
            if code != self.decision.state[space]:
                yield self._move(space, code, event_ms, p)

    def _move(self, space: int, code: int, event_ms: int, p: float) -> Transition:
        late = event_ms < self.now_ms - LATE_MS
        before, after, at_ms = self.decision.move(space, code, event_ms)
        space_id = self.building.spaces[space].id
        reasons = strongest(self.opinion, space, max(self.now_ms, event_ms))
        return Transition(space_id, before, after, at_ms, round(p, 4), reasons, late)

    def tick(self, now_ms: int) -> Outcome:
        """Let time pass up to ``now_ms``: stillness and silence speak, states follow."""
        if now_ms <= self.now_ms:
            return Outcome()
        elapsed_s = (now_ms - self.now_ms) / 1000 if self.now_ms else 0.0
        self.now_ms = now_ms
        self.tracker.advance(now_ms, self._living_boards(now_ms))
        alive_pairs = self.opinion.advance(elapsed_s, now_ms)
        p = self.opinion.occupied()
        due = self.due(p, alive_pairs, now_ms)
        moved = np.flatnonzero(due != self.decision.state)
        transitions = tuple(self._move(int(i), int(due[i]), now_ms, float(p[i])) for i in moved)
        return Outcome(transitions, self._changed(p, moved))

    def due(self, p: Floats, alive_pairs: NDArray[np.bool_], now_ms: int) -> Codes:
        """The state each space ought to be in now, shape ``(spaces,)``.

        Args:
            p: Chance of somebody, shape ``(spaces,)``.
            alive_pairs: Which pairs of the watch are alive, shape ``(pairs,)``.
            now_ms: Event time, ms UTC.
        """
        lost = self._lost(alive_pairs)
        due = self.decision.due(p, self._known(alive_pairs), lost, now_ms)
        due[(due == FREE) & ~self.watch.covers(alive_pairs)] = UNKNOWN
        return due

    def _living_boards(self, now_ms: int) -> dict[str, bool]:
        liveness = self.watch.liveness
        living = liveness.alive(now_ms)
        return {board: bool(living[i]) for board, i in liveness.index.items()}

    def _known(self, alive_pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether any living sensor or a badge speaks of each space, shape ``(spaces,)``."""
        known = self.watch.observed(alive_pairs) | self.opinion.levels.fresh()
        stays = self.decision.thresholds.free
        enough = np.where(self.decision.state == OCCUPIED, stays, BADGE_COUNTS)
        return np.asarray(known | (self.opinion.badges.there >= enough))

    def _lost(self, alive_pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether it was no badge that made each space known, shape ``(spaces,)``."""
        lost = self.watch.lost(alive_pairs) | self.opinion.levels.stale()
        return np.asarray(lost | ~self.opinion.badges.is_place)

    def _changed(self, p: Floats, moved: NDArray[np.intp]) -> tuple[Status, ...]:
        """Status of each space of which anything that is told has changed."""
        stale = np.abs(p - self.shown) >= STICK
        self.shown = np.where(stale, np.round(p / STEP) * STEP, self.shown)
        minute = self.last_evidence_ms() // MINUTE_MS
        news = stale | (minute != self.told_minute)
        news[moved] = True
        self.told_minute = minute
        return tuple(self._status(int(i)) for i in np.flatnonzero(news))

    def _show(self, space: int) -> bool:
        """Bring the shown probability of one space up to date; whether it changed."""
        p = self.opinion.occupied_of(space)
        if abs(p - self.shown[space]) < STICK:
            return False
        self.shown[space] = round(p / STEP) * STEP
        return True

    def last_evidence_ms(self) -> NDArray[np.int64]:
        """When any board that sees each space last spoke, ms UTC, shape ``(spaces,)``."""
        last = np.zeros(len(self.building.spaces), dtype=np.int64)
        np.maximum.at(last, self.watch.space_of, self.watch.heard_ms())
        return last

    def _status(self, space: int) -> Status:
        pairs = self.watch.pairs_of_space[space]
        boards = self.watch.board_of[pairs]
        last = int(self.watch.liveness.heard_ms[boards].max()) if len(pairs) else 0
        since = int(self.decision.since_ms[space])
        code = int(self.decision.state[space])
        return Status(
            self.building.spaces[space].id,
            CODES[code],
            since or None,
            round(float(max(self.shown[space], 0.0)), 1),
            last - last % MINUTE_MS or None,
        )

    def statuses(self) -> tuple[Status, ...]:
        """Status of every space, for a live view that starts empty."""
        return tuple(self._status(i) for i in range(len(self.building.spaces)))

    def whereabouts(self) -> dict[Tag, Whereabouts]:
        """Where each tag is believed to be."""
        return self.tracker.whereabouts()

    def drifts(self) -> dict[str, float]:
        """How much louder in dB each scanner hears than on the calibration walks."""
        return self.tracker.drifts()

    def explain(self, space_id: str) -> tuple[Evidence, ...]:
        """The evidence for and against a space being occupied now, strongest first.

        Raises:
            KeyError: If there is no such space.
        """
        return strongest(self.opinion, self.building.index[space_id], self.now_ms, limit=20)
