"""A recorded week of a world: what its boards said, decoded, and what was true.

Owns recording, and keeping a week on disk so that it is simulated once. Knows no estimator. Tags
are kept as keyed hashes, as in the service; no address is written down.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from firmware_sim.dump import lines
from firmware_sim.lot import drawn
from firmware_sim.plan import read_plan
from firmware_sim.truth import TruthFile
from firmware_sim.world import Scenario
from occupancy.building import Building
from occupancy.working_hours import WorkingHours
from sensors.decoder import decode
from sensors.entry import Entry
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import Motion
from sensors.tag import Tag, tag_of
from vrijplek.building import load_building
from vrijplek.enrolment import Enrolment

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "tests" / "data" / "world-office.yaml"
PEOPLE = 32
START_MS = 1_795_388_400_000
"""Monday 23 November 2026, midnight in Amsterdam."""
DAY_MS = 86_400_000
SITE_KEY = b"the key of the simulated worlds"
CHUNK = 2_000
"""Entries that are packed together."""

Tell = Callable[[float], None]
"""Takes the part that is done, 0 to 1."""


class About(msgspec.Struct, frozen=True):
    """What a week is a recording of."""

    world: int
    days: float
    digest: str
    """Of the simulator and the building file."""
    people: dict[str, Tag]
    """Tag by person, of those who carry one."""
    refused: int


class Edge(msgspec.Struct, frozen=True, array_like=True):
    """A motion sensor told a level."""

    sensor: str
    event_ms: int
    on: bool


class Line(msgspec.Struct):
    """A line of a dump."""

    tst: str
    topic: str
    retain: int
    payload: msgspec.Raw


@dataclass(frozen=True)
class Week:
    """A folder with one recorded world."""

    folder: Path
    about: About
    building: Building

    @property
    def seconds(self) -> int:
        """How long it is."""
        return round(self.about.days * DAY_MS / 1000)

    @property
    def hours(self) -> WorkingHours:
        """When tags are listened to."""
        return WorkingHours(self.building.time_zone)

    def entries(self, tell: Tell) -> Iterator[Entry]:
        """All that was said, in order of arrival."""
        decoder = msgspec.msgpack.Decoder(list[Entry])
        path = self.folder / "entries.bin"
        size = max(path.stat().st_size, 1)
        with path.open("rb") as file:
            while head := file.read(4):
                packed = file.read(int.from_bytes(head, "big"))
                yield from decoder.decode(zlib.decompress(packed))
                tell(file.tell() / size)

    def edges(self) -> list[Edge]:
        """All that motion sensors said."""
        data = (self.folder / "edges.msgpack").read_bytes()
        return msgspec.msgpack.decode(data, type=list[Edge])


def week_of(world: int, days: float, folder: Path, tell: Tell) -> Week:
    """The week of a world, recorded now unless the folder holds it already."""
    building = load_building(OFFICE)
    about_file = folder / "about.json"
    if about_file.exists():
        about = msgspec.json.decode(about_file.read_bytes(), type=About)
        if (about.world, about.days, about.digest) == (world, days, digest()):
            return Week(folder, about, building)
    folder.mkdir(parents=True, exist_ok=True)
    about_file.unlink(missing_ok=True)
    recording_of = digest()
    about = _record(world, days, folder, building, tell)
    about = msgspec.structs.replace(about, digest=recording_of)
    about_file.write_bytes(msgspec.json.encode(about))
    return Week(folder, about, building)


def digest() -> str:
    """Hash of all that decides what a world says."""
    found = hashlib.sha256()
    for file in (*sorted((ROOT / "firmware_sim").glob("*.py")), OFFICE):
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


class _Ears:
    """Decodes messages as the pipeline does."""

    def __init__(self, building: Building, tags: Iterable[Tag]) -> None:
        hours, known = WorkingHours(building.time_zone), set(tags)
        self._around = Surroundings(
            site=building.site,
            boards={board.id: board.family for board in building.boards},
            sensors={sensor.id: sensor.kind.value for sensor in building.sensors},
            enrolled=Enrolment(SITE_KEY, known.__contains__, hours.open_at),
        )
        self._memory, self._line = Memory(), msgspec.json.Decoder(Line)
        self.refused = 0

    def hear(self, text: bytes) -> Entry | None:
        """What one line of a dump says; None where it is nothing to keep."""
        line = self._line.decode(text)
        at_ms = round(datetime.fromisoformat(line.tst).timestamp() * 1000)
        message = Message(line.topic, bytes(line.payload), at_ms, bool(line.retain))
        decoded = decode(message, self._memory, self._around)
        self.refused += len(decoded.rejected)
        if decoded.entry is not None:
            self._memory.take(decoded.entry)
        return decoded.entry


def _record(world: int, days: float, folder: Path, building: Building, tell: Tell) -> About:
    """Simulate, decode and write down."""
    plan = read_plan(OFFICE)
    scenario = Scenario(seed=world, people=PEOPLE, physics=drawn(world))
    tags = {
        who.id: tag_of(who.address, SITE_KEY)
        for who in scenario.roster(plan)
        if who.address is not None
    }
    ears, edges, waiting = _Ears(building, tags.values()), list[Edge](), list[Entry]()
    steps, end_ms = round(days * DAY_MS / 1000), START_MS + round(days * DAY_MS)
    with (
        (folder / "entries.bin").open("wb") as file,
        (folder / "truth.jsonl").open("w", encoding="utf-8") as truth_file,
    ):
        ledger = TruthFile(truth_file)
        for step, (text, truths) in enumerate(lines(plan, scenario, START_MS, end_ms)):
            ledger.write(truths)
            for line in text.splitlines():
                entry = ears.hear(line)
                if entry is not None:
                    waiting.append(entry)
                    edges += _edges(entry)
            if len(waiting) >= CHUNK:
                _pack(file, waiting)
            if step % 3600 == 0:
                tell(step / steps)
        _pack(file, waiting)
    (folder / "edges.msgpack").write_bytes(msgspec.msgpack.encode(edges))
    return About(world, days, "", tags, ears.refused)


def _edges(entry: Entry) -> Iterator[Edge]:
    for reading in entry.readings:
        if isinstance(reading, Motion):
            yield Edge(reading.sensor, reading.event_ms, reading.on)


def _pack(file: BinaryIO, waiting: list[Entry]) -> None:
    packed = zlib.compress(msgspec.msgpack.encode(waiting), 1)
    file.write(len(packed).to_bytes(4, "big") + packed)
    waiting.clear()
