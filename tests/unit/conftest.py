"""A small house with an API in front of it; a pipeline on a new file; a folder for the doctor."""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest
from support.clock import ManualClock
from support.command import Command
from support.office import START_MS
from support.patient import well
from support.service import Ingest

from api.access.role import Role
from api.app import create_app
from api.calibrator import Calibrator
from api.finder import Finder, FinderGate
from api.people.person import Person, Precision, Visibility
from api.people.store import PeopleStore
from api.services import BoardHealth, Roster, Services, Settings
from ingest.calibration import CalibrationStore
from ingest.recorder import Recorder
from ingest.spare_tags import SpareTags
from occupancy.building import Building
from occupancy.evidence import BADGE, Evidence
from occupancy.label import Label
from occupancy.placement import Sensor, SensorKind
from occupancy.prospect import Prospect
from occupancy.space import Kind, Space
from occupancy.state import State
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import open_database
from occupancy.transition import Transition
from occupancy.view import LiveView, Status
from occupancy.whereabouts import Whereabouts
from occupancy.working_hours import WorkingHours
from sensors.tag import tag_of
from vrijplek.doctor.patient import Patient
from vrijplek.lock import StateLock

NOW_MS = 1_795_428_000_000 + 17 * 60_000 + 30_500
"""Monday 23 November 2026, 10:17:30.5 UTC."""
ADDRESS = "C3:00:00:00:00:2A"


def box(x, y, width, depth):
    return ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth))


def desk(number, parent, x, **more):
    return Space(
        f"desk-{number}", Kind.DESK, Label.of(f"Desk {number}"), parent, box(x, 1, 2, 1), **more
    )


BUILDING = Building(
    "hq",
    Label("Stadskantoor", "City office"),
    "Europe/Amsterdam",
    (
        Space("office", Kind.BUILDING, Label("Stadskantoor", "City office")),
        Space("floor-0", Kind.FLOOR, Label("Begane grond", "Ground floor"), "office", level=0),
        Space("floor-1", Kind.FLOOR, Label("Eerste", "First"), "office", level=1),
        Space(
            "zone-n",
            Kind.ZONE,
            Label("Noord", "North"),
            "floor-0",
            box(0, 0, 24, 8),
            activities=frozenset({"focus"}),
        ),
        Space("room-a", Kind.ROOM, Label("Den", "Den"), "zone-n", box(20, 0, 4, 4), capacity=4),
        Space("room-b", Kind.ROOM, Label("Hei", "Heath"), "floor-1", box(0, 0, 4, 4)),
        desk(1, "zone-n", 0, features=frozenset({"screen", "sit-stand"})),
        desk(2, "zone-n", 4, features=frozenset({"screen"}), activities=frozenset({"call"})),
        desk(3, "zone-n", 8),
        *(desk(n, "floor-1", 4 * n) for n in range(4, 9)),
    ),
    sensors=(Sensor("f0-d1/ble", SensorKind.SCANNER),),
)


class FakeHistory:
    """Transitions in memory."""

    def __init__(self):
        self.rows: list[Transition] = []

    def transitions(self, space, from_ms, to_ms):
        """Those of one space in a period."""
        return [r for r in self.rows if r.space == space and from_ms <= r.event_ms < to_ms]

    def before(self, space, at_ms):
        """The last one before a moment."""
        found = [r for r in self.rows if r.space == space and r.event_ms < at_ms]
        return found[-1] if found else None


class FakeHealth:
    """A health that a test sets."""

    def __init__(self):
        self.wrong: tuple[str, ...] = ()
        self.worrying: tuple[str, ...] = ()

    def troubles(self):
        """What the test said."""
        return self.wrong

    def worries(self):
        """What else the test said."""
        return self.worrying

    def boards(self):
        """One board, of which one sensor is stuck."""
        stuck = ("f0-d1/pir-1",)
        return (BoardHealth("f0-d1", online=True, last_heard_ms=NOW_MS, gaps=2, distrusted=stuck),)


def evidence(space):
    return (
        Evidence(f"{space}-board/pir-1", "motion", 1.234, NOW_MS - 4_000),
        Evidence(BADGE, "badge", 0.512, None),
        Evidence(f"{space}-board/pir-2", "absence", -0.4, NOW_MS - 60_000),
    )


def outlook(space):
    return (
        Prospect("quiet", None, 140, State.AWAY, 0.25),
        Prospect("motion", f"{space}-board/pir-1", 0, State.OCCUPIED, 0.97),
        Prospect("badge-leaves", BADGE, 62, State.FREE, 0.2),
        Prospect("silence", f"{space}-board", None, State.UNKNOWN, 0.5),
    )


@dataclass
class House:
    """The API of the small house, its parts and a key of each role."""

    folder: Path
    now_ms: int = NOW_MS
    finder_on: bool = True
    hours: WorkingHours = field(default_factory=lambda: WorkingHours("Europe/Amsterdam"))
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self):
        self.view = LiveView(evidence, outlook)
        self.history = FakeHistory()
        self.health = FakeHealth()
        self.roster = Roster()
        self.people = PeopleStore(self.folder / "people.sqlite")
        self.persons: dict[Role, Person] = {}
        self.keys = {Role.SCREEN: self.people.keys.for_screen("hall", NOW_MS)}
        for role in (Role.STAFF, Role.ANALYST, Role.FACILITIES, Role.ADMIN):
            self.persons[role] = self.people.register.add(f"Invented {role}", role)
            self.keys[role] = self.people.keys.for_person(self.persons[role].id, NOW_MS)
        self.floor_key = self.people.keys.for_screen("lift", NOW_MS, "floor-0")
        gate = FinderGate("DPIA-1", "OR-1", date(2026, 1, 1))
        finder = Finder(gate, self.people, BUILDING, self.view, self.hours)
        self.database = open_database(self.folder / "vrijplek.sqlite")
        self.aggregates = SqliteAggregates(self.database)
        self.walks = CalibrationStore(self.database)
        self.spares = SpareTags(self.database)
        self.recorder = Recorder(self.walks)
        calibrator = Calibrator(
            BUILDING, self.people, self.recorder, self.spares.all, self.hours.open_at
        )
        self.services = Services(
            BUILDING,
            self.view,
            self.history,
            self.aggregates,
            self.people,
            lambda: self.now_ms,
            self.health,
            finder if self.finder_on else None,
            self.settings,
            calibrator=calibrator if self.finder_on else None,
            devices=lambda: self.roster,
        )
        self.app = create_app(self.services)
        self.tell("desk-1", State.FREE, 0.1)
        self.tell("desk-2", State.OCCUPIED, 0.9)
        self.tell("room-a", State.FREE, 0.0)

    def tell(self, space, state, probability=0.5, last_evidence_ms=NOW_MS):
        """Has the view know something of a space."""
        status = Status(space, state, NOW_MS - 60_000, probability, last_evidence_ms)
        self.view.tell(self.now_ms, (status,))

    def colleague(self, precision=Precision.ROOM, place="room-a", *, visible=True):
        """A person who opted in and whose tag is in a place."""
        person = self.people.register.add(
            "Sam Voorbeeld", visibility=Visibility(visible, precision)
        )
        tag = tag_of(ADDRESS, self.people.site_key)
        self.people.register.enrol(person.id, tag)
        where = Whereabouts(place, 0.83, NOW_MS - 600_500, NOW_MS - 20_500)
        self.view.tell(self.now_ms, (), {tag: where})
        return person

    def ask(self, path, key: str | None = None, method="GET", headers=None, **more):
        """One request; `key` is a role's name or a key."""
        sent = dict(headers or {})
        if key is not None:
            sent["Authorization"] = f"Bearer {self.keys.get(key, key)}"

        async def run():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                return await client.request(method, path, headers=sent, **more)

        return asyncio.run(run())


@pytest.fixture
def make_house(tmp_path):
    """Makes a house; its parts may be set."""
    made = []

    def make(**parts):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(House(folder, **parts))
        return made[-1]

    yield make
    for house in made:
        house.people.close()
        house.database.close()


@pytest.fixture
def house(make_house):
    """The small house as it usually is."""
    return make_house()


@pytest.fixture
def clock():
    """Time that the test moves."""
    return ManualClock()


@pytest.fixture
def ingest(tmp_path, clock):
    """The first process on a new file, which has heard nothing yet."""
    made = Ingest(tmp_path / "vrijplek.sqlite", clock)
    made.hear()
    yield made
    made.connection.close()


@pytest.fixture
def state(tmp_path):
    """A state folder that is well, as of `START_MS`."""
    return well(tmp_path)


@pytest.fixture
def patient(state):
    """Looks at that folder at a moment, with more where a test says so."""

    def made(wall_ms=START_MS, **more):
        return Patient(state, wall_ms, **more)

    return made


@pytest.fixture
def running(state):
    """A service works in the folder."""
    lock = StateLock(state)
    yield os.getpid()
    lock.release()


@pytest.fixture
def people(tmp_path):
    """The people store of a service that runs."""
    (tmp_path / "kept").mkdir()
    store = PeopleStore(tmp_path / "kept" / "people.sqlite", iter(range(10**6)).__next__)
    yield store
    store.close()


@pytest.fixture
def access(monkeypatch, capsys, tmp_path, people):
    """`vrijplek access` on the folder of that service."""
    monkeypatch.chdir(tmp_path)
    vrijplek = Command(monkeypatch, capsys)

    def run(*words, said=""):
        return vrijplek("access", *words, "--state", "kept", stdin=said.encode())

    return run


@pytest.fixture
def path(tmp_path):
    """Where a people store alone is, of no service."""
    return tmp_path / "people.sqlite"


@pytest.fixture
def store(path):
    """That people store."""
    made = PeopleStore(path)
    yield made
    made.close()
