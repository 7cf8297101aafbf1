"""A real Chromium, and the demo building served to it with states that a test sets."""

import shutil
import socket
import threading
import time
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Error, sync_playwright
from support.machine import missing

import vrijplek
from api.access.role import Role
from api.app import create_app
from api.calibrator import Calibrator
from api.finder import Finder, FinderGate
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from api.services import Roster, Services, Settings
from ingest.calibration import CalibrationStore
from ingest.recorder import Recorder
from ingest.spare_tags import SpareTags
from occupancy.evidence import Evidence
from occupancy.space import Kind
from occupancy.state import State
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import open_database
from occupancy.view import LiveView, Status
from occupancy.whereabouts import Whereabouts
from occupancy.working_hours import WorkingHours
from sensors.tag import tag_of
from vrijplek.building import load_building

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SITE = Path(vrijplek.__file__).parent / "buildings" / "demo-office.yaml"
ADDRESS = "C3:00:00:00:00:2A"
MY_ADDRESS = "C3:00:00:00:00:2B"


def now_ms():
    return time.time_ns() // 1_000_000


class NoHistory:
    """A history in which nothing happened."""

    def transitions(self, space, from_ms, to_ms):
        """None."""
        return []

    def before(self, space, at_ms):
        """None."""
        return


class GoodHealth:
    """A process that is well."""

    def troubles(self):
        """None."""
        return ()

    def boards(self):
        """None."""
        return ()


class Site:
    """The demo building with its pages on a port; every place is free until a test says more."""

    def __init__(self, folder):
        self.building = load_building(SITE)
        self.roster = Roster()
        self.view = LiveView(lambda _: (Evidence("f0-d1/pir-1", "motion", 4.2, now_ms()),))
        self.people = PeopleStore(folder / "people.sqlite")
        hours = WorkingHours(self.building.time_zone, always=True)
        gate = FinderGate("DPIA-1", "OR-1", date(2026, 1, 1))
        finder = Finder(gate, self.people, self.building, self.view, hours)
        self.database = open_database(folder / "vrijplek.sqlite")
        self.walks = CalibrationStore(self.database)
        self.recorder = Recorder(self.walks)
        spares = SpareTags(self.database)
        self.services = Services(
            self.building,
            self.view,
            NoHistory(),
            SqliteAggregates(self.database),
            self.people,
            now_ms,
            GoodHealth(),
            finder,
            Settings(invented_people=True, always_open=True),
            calibrator=Calibrator(
                self.building, self.people, self.recorder, spares.all, hours.open_at
            ),
            devices=lambda: self.roster,
        )
        self.app = create_app(self.services)
        self._settle()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def _settle(self):
        shown = [space.id for space in self.building.spaces if space.kind in (Kind.DESK, Kind.ROOM)]
        self.tell(*((space, State.FREE) for space in shown))
        register = self.people.register
        self.me = register.add("Noor van den Berg", Role.STAFF, Visibility(True, Precision.ZONE))
        self.sam = register.add("Sam de Wit", Role.STAFF, Visibility(True, Precision.ROOM))
        tag = tag_of(ADDRESS, self.people.site_key)
        register.enrol(self.sam.id, tag)
        register.enrol(self.me.id, tag_of(MY_ADDRESS, self.people.site_key))
        where = Whereabouts("room-0-2", 0.9, now_ms() - 300_000, now_ms())
        self.view.tell(now_ms(), (), {tag: where})
        self.key = self.people.keys.for_person(self.me.id, now_ms())
        self.screen_key = self.people.keys.for_screen("hall", now_ms(), "floor-0")

    def tell(self, *told):
        """Has the view know the state of some places."""
        at_ms = now_ms()
        self.view.tell(at_ms, tuple(Status(i, s, at_ms, 0.5, at_ms) for i, s in told))

    def start(self):
        """Serves the pages until `stop`."""
        config = uvicorn.Config(
            self.app,
            port=self.port,
            log_level="critical",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        until = time.monotonic() + 10
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert self._server.started

    def stop(self):
        """Ends all connections and listens no more."""
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    def ticket(self):
        """Address of a one-time link."""
        return f"{self.address}/sign-in/{self.people.sessions.ticket(self.me.id, now_ms())}"


@pytest.fixture(scope="module")
def chromium():
    """A browser; without one the tests are skipped, in CI they fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        except Error as error:
            missing(f"no Chromium to be found: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path):
    """The demo building on a port of its own."""
    made = Site(tmp_path)
    made.start()
    yield made
    made.stop()
    made.people.close()
    made.database.close()


@pytest.fixture
def open_page(chromium, site):
    """Opens pages in a fresh browser profile, signed in unless told otherwise."""
    contexts = []

    def opened(path="/", *, width=1280, height=900, signed_in=True, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, **{"locale": "en-GB"} | more
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        page = context.new_page()
        if signed_in:
            page.goto(site.ticket())
            page.wait_for_url(f"{site.address}/")
        page.goto(site.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
