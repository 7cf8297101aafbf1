"""Our own estimator as a method, beside the simple ones.

The estimators are those of the live service, fed with the same readings in event time. The building
is what the calibration names: one space a room, one board a source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from occupancy.building import Building
from occupancy.decision import OCCUPIED
from occupancy.estimator import Estimator
from occupancy.label import Label
from occupancy.learned import Learned
from occupancy.learning.learn import learn
from occupancy.learning.recording import Recording, Stay, Use
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import Kind, Space
from sensors.entry import Entry
from sensors.reading import AnyReading, Level, Motion, Sighting
from sensors.tag import Tag
from vrijplek.evaluation.events import BLE_COUNT, ENV, PIR_OFF, PIR_ON, RSSI, Event, Events
from vrijplek.evaluation.method import RoomChange, Said, UseChange
from vrijplek.evaluation.session import Session

START_MS = 1_767_225_600_000
"""Where the time of a session begins in the readings; 2026, a Thursday. No answer depends on it."""
TICK_MS = 1_000
ALWAYS_S = 10 * 86_400.0
"""Recordings have no heartbeats: nobody knows of a silent source that it is dead."""


@dataclass(frozen=True, slots=True)
class Ours:
    """The estimators of the live service."""

    name: str = "vrijplek"

    def learn(self, calibration: Sequence[Session]) -> "LearnedOurs":
        """What the calibration teaches of the site."""
        recordings = [_recording(session) for session in calibration]
        learned = learn(recordings)
        spaces = sorted({use.space for recording in recordings for use in recording.uses})
        sources = {source for session in calibration for source in session.events.source.tolist()}
        return LearnedOurs(learned, tuple(spaces), frozenset(sources))


@dataclass(frozen=True, slots=True)
class LearnedOurs:
    """A site as learned."""

    learned: Learned
    spaces: tuple[str, ...]
    """Rooms of which the calibration tells the use."""
    sources: frozenset[str]

    def replay(self, events: Events) -> Said:
        """What the estimator says of one session, from empty beliefs."""
        estimator = Estimator(_building(self.learned, self.spaces, events), self.learned)
        told = _Told(estimator, self.spaces)
        waiting: list[Entry] = []
        for entry in _entries(events):
            while estimator.now_ms + TICK_MS < entry.received_ms:
                told.tick(waiting)
                waiting = []
            waiting.append(entry)
        told.tick(waiting)
        return Said(tuple(told.rooms), tuple(told.uses), self._notes(events))

    def _notes(self, events: Events) -> tuple[str, ...]:
        strangers = sorted(set(events.source.tolist()) - self.sources)
        if not strangers:
            return ()
        return (f"sources unknown to the calibration, not used: {', '.join(strangers)}",)


class _Told:
    """What an estimator says, second by second."""

    def __init__(self, estimator: Estimator, spaces: tuple[str, ...]) -> None:
        self._estimator = estimator
        self._index = {space: estimator.building.index[space] for space in spaces}
        self.rooms: list[RoomChange] = []
        self.uses: list[UseChange] = []
        estimator.tick(START_MS)

    def tick(self, entries: list[Entry]) -> None:
        """Fold what was heard in a second, let it pass, and note what is told now."""
        estimator = self._estimator
        estimator.fold(entries)
        estimator.tick(estimator.now_ms + TICK_MS)
        t_s = (estimator.now_ms - START_MS) / 1000
        for tag, found in estimator.whereabouts().items():
            self.rooms.append(RoomChange(t_s, str(tag), found.place or "", found.probability))
        chance = estimator.opinion.occupied()
        for space, i in self._index.items():
            occupied = int(estimator.decision.state[i]) == OCCUPIED
            self.uses.append(UseChange(t_s, space, occupied, float(chance[i])))


def _building(learned: Learned, spaces: Sequence[str], events: Events) -> Building:
    """Rooms, and a board for each source that the calibration or the session names."""
    sees: dict[str, list[Placement]] = {}
    for key in learned.rates:
        sensor, _, space = key.partition(" ")
        sees.setdefault(sensor, []).append(Placement(space))
    scanners = learned.radio.scanners if learned.radio else []
    sensors = [Sensor(sensor, SensorKind.MOTION, sees=tuple(p)) for sensor, p in sees.items()]
    sensors += [Sensor(scanner, SensorKind.SCANNER) for scanner in scanners]
    names = {sensor.board for sensor in sensors} | set(map(_board, events.source.tolist()))
    return Building(
        "replay",
        Label.of("Replay"),
        "UTC",
        (
            Space("site", Kind.BUILDING, Label.of("Site")),
            *(Space(room, Kind.ROOM, Label.of(room), "site") for room in spaces),
        ),
        tuple(Board(name, heartbeat_s=ALWAYS_S) for name in sorted(names)),
        tuple(sensors),
    )


def _recording(session: Session) -> Recording:
    entries = tuple(_entries(session.events))
    truth = session.truth
    stays = tuple(Stay(Tag(s.subject), s.room, _ms(s.t0_s), _ms(s.t1_s)) for s in truth.stays)
    uses = tuple(Use(u.room, _ms(u.t0_s), _ms(u.t1_s), u.count) for u in truth.uses)
    ends = [stay.end_ms for stay in stays] + [use.end_ms for use in uses]
    ends += [entry.received_ms for entry in entries[-1:]]
    return Recording(START_MS, max(ends, default=START_MS), entries, stays, uses)


def _entries(events: Events) -> Iterator[Entry]:
    for event in events.rows():
        reading = _reading(event)
        if reading is not None:
            yield Entry(_board(event.source), reading.event_ms, (reading,))


def _reading(event: Event) -> AnyReading | None:
    at_ms, board = _ms(event.t_s), _board(event.source)
    if event.type == RSSI:
        return Sighting(f"{board}/ble", at_ms, Tag(event.subject), event.value)
    if event.type in {PIR_ON, PIR_OFF}:
        return Motion(f"{board}/pir", at_ms, event.type == PIR_ON)
    if event.type == BLE_COUNT:
        return Level(f"{board}/level", at_ms, "phones", event.value, "")
    if event.type.startswith(ENV):
        return Level(f"{board}/level", at_ms, event.type.removeprefix(ENV), event.value, "")
    return None


def _board(source: str) -> str:
    """A source as the name of a board: without what separates names."""
    return source.replace("/", "_").replace(" ", "_")


def _ms(t_s: float) -> int:
    return START_MS + round(t_s * 1000)
