"""The composition root: the one place that names concrete classes and puts them together."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

import api.services
from api.app import create_app
from api.finder import Finder, FinderGate
from api.people.store import PeopleStore
from ingest.clock import ServiceClock
from ingest.listener import Listener
from ingest.mailbox import Mailbox
from ingest.pipeline import Pipeline
from ingest.session import BrokerAddress, Session
from ingest.teller import MqttPublisher, Teller
from occupancy.building import Building
from occupancy.estimator import Estimator
from occupancy.learning.radio_map import learn_radio_map
from occupancy.view import LiveView
from occupancy.working_hours import WorkingHours
from sensors.families.directory import ANYWHERE
from sensors.families.discovery.topics import topics_of
from sensors.family import Surroundings
from sensors.tag import Tag
from vrijplek import __version__, metrics, publishing, upkeep
from vrijplek.acquaintances import Acquaintances
from vrijplek.aggregation import aggregate
from vrijplek.asking import Asking
from vrijplek.calibration import Calibration, put_together
from vrijplek.depth import DepthGauge
from vrijplek.disk import Disk
from vrijplek.enrolment import Enrolment
from vrijplek.errors import PipelineFailedError
from vrijplek.health import ServiceHealth, Store
from vrijplek.publishing import Publisher
from vrijplek.publishing.meter import PublisherCollector
from vrijplek.settings import DAYS, Settings
from vrijplek.storing import Storing
from vrijplek.subscriptions import announcing_in, filters_of
from vrijplek.surroundings import surroundings_of

DOUBT_MS = 15_000
"""Without news from the pipeline for so long, every space is unknown."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who we are at the broker: an account for each part, for a client id may be there once."""

    reader: BrokerAddress
    """Hears the boards."""
    teller: BrokerAddress
    """Tells them what is safe."""
    publisher: BrokerAddress | None = None
    """Says in which states the spaces are; None where nothing goes out."""


@dataclass
class Service:
    """All parts of one running service."""

    settings: Settings
    building: Building
    clock: ServiceClock
    people: PeopleStore
    listener: Listener
    view: LiveView
    app: FastAPI
    disk: Disk
    storing: Storing
    calibration: Calibration | None = None
    """None while the finder is off."""
    publisher: Publisher | None = None
    """None where nothing goes out."""

    def start(self) -> None:
        """Recover and listen."""
        if self.calibration is not None:
            self.calibration.start()
        self.listener.start()
        self.storing.start()
        if self.publisher is not None:
            self.publisher.start()
        # what lives as long as the service need not be looked through at each full collection
        gc.collect()
        gc.freeze()

    def look(self) -> None:
        """Doubt what is shown when the pipeline hangs; to be called now and then.

        Raises:
            PipelineFailedError: If it has died.
        """
        if self.listener.has_failed:
            raise PipelineFailedError
        if self.calibration is not None:
            self.calibration.look()
        now_ms = self.clock.now_ms()
        if now_ms - self.view.as_of_ms > DOUBT_MS * max(self.clock.speed, 1.0):
            self.view.doubt(now_ms)
        if self.publisher is not None:
            self.publisher.look()

    def hang_up(self) -> None:
        """End the streams of changes; their readers come again at the next start."""
        self.app.state.context.stream.close()

    def stop(self) -> None:
        """Stop listening, leave a snapshot, close the files."""
        if self.publisher is not None:
            self.publisher.stop()
        self.listener.stop()
        if self.calibration is not None:
            self.calibration.stop()
        self.storing.stop()
        self.people.close()
        self.disk.close()


def hours_of(settings: Settings, building: Building) -> WorkingHours:
    """Working hours as the settings tell, in the building's zone."""
    chosen = settings.working_hours
    if chosen == "always":
        return WorkingHours(building.time_zone, always=True)
    days = frozenset(DAYS.index(day) for day in chosen.days)
    return WorkingHours(building.time_zone, days, chosen.start, chosen.end)


def compose(
    settings: Settings,
    building: Building,
    clock: ServiceClock,
    accounts: Accounts,
    on_failure: Callable[[], None],
) -> Service:
    """Put a service together; nothing is started yet.

    Args:
        settings: What was asked for.
        building: The building file, read.
        clock: Service time.
        accounts: Who we are at the broker.
        on_failure: Called when the pipeline dies.

    Raises:
        sqlite3.Error: If a database can't be opened.
        DamagedError, NewerDatabaseError: If the journal must not be believed.
        OSError: If a file with a secret can't be read.
        GateClosedError: If the finder is configured without what its gate asks for.
    """
    people = _people(settings.state)
    hours = hours_of(settings, building)
    asking = Asking(Estimator(building))
    view = LiveView(asking.explain, asking.outlook)
    disk = Disk.opened(settings.state / "vrijplek.sqlite")
    storing = Storing.of(settings.influx, disk, clock.now_ms)
    calibration = _calibration(settings, building, people, hours, disk, clock)
    around = _surroundings(building, people, hours, calibration)
    pipeline = _pipeline(asking, around, disk, storing, people, view=view, clock=clock)
    aggregate(pipeline, disk.past, disk.counted, storing.post(building))
    _join(calibration, pipeline)
    listener = _listener(building, pipeline, clock, accounts, on_failure)
    outgoing = _publisher(settings, building, view, accounts)
    health = ServiceHealth(listener, asking.estimator, disk.depth.free_bytes, storing.shipper)
    known = Acquaintances(building, pipeline.around.routes, health.boards)
    pipeline.meet = known.meet
    services = api.services.Services(
        building=building,
        view=view,
        history=storing.reader(disk.recent, building.site),
        aggregates=disk.told,
        people=people,
        now_ms=clock.now_ms,
        health=health,
        finder=_finder(settings, people, building, view, hours),
        settings=_told(settings, hours),
        metrics=_metrics(listener, view, disk.depth, storing.shipper, outgoing, known),
        calibrator=calibration.calibrator if calibration else None,
        devices=known.roster,
    )
    app = create_app(services)
    return Service(
        settings, building, clock, people, listener, view, app, disk, storing, calibration, outgoing
    )


def _people(state: Path) -> PeopleStore:
    """The people store, in a folder that is made where there is none."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return PeopleStore(state / "people.sqlite")


def _pipeline(
    asking: Asking,
    around: Surroundings,
    disk: Disk,
    storing: Storing,
    people: PeopleStore,
    *,
    view: LiveView,
    clock: ServiceClock,
) -> Pipeline:
    """From letters to answers; what else wants to know of them is joined later."""
    return Pipeline(
        asking.estimator,
        around,
        disk.journal,
        storing.writer(disk, asking.estimator.building, clock.now_ms),
        view,
        clock,
        lambda now_ms: _purge(disk, storing, people, now_ms),
        moving=asking.moving,
    )


def _publisher(
    settings: Settings, building: Building, view: LiveView, accounts: Accounts
) -> Publisher | None:
    """What says states at the broker; None unless settings and accounts want it."""
    if settings.publish is None or accounts.publisher is None:
        return None
    return publishing.put_together(
        settings.publish, settings.state, building, view, accounts.publisher
    )


def _metrics(
    listener: Listener,
    view: LiveView,
    depth: DepthGauge,
    store: Store | None,
    publisher: Publisher | None,
    known: Acquaintances,
) -> CollectorRegistry:
    registry = metrics.registry(listener, view)
    upkeep.register(registry, listener, depth, store)
    registry.register(metrics.DevicesCollector(known))
    if publisher is not None:
        registry.register(PublisherCollector(publisher))
    return registry


def _join(calibration: Calibration | None, pipeline: Pipeline) -> None:
    """Walks hear what the pipeline hears, and teach it; it tells how scanners drift since."""
    if calibration is None:
        return
    pipeline.tap = calibration.tap
    calibration.learn = lambda walks, *, quickly: pipeline.teach(
        learn_radio_map(walks, quickly=quickly)
    )
    calibration.calibrator.drifts = pipeline.estimator.drifts


def _calibration(
    settings: Settings,
    building: Building,
    people: PeopleStore,
    hours: WorkingHours,
    disk: Disk,
    clock: ServiceClock,
) -> Calibration | None:
    """Calibration walks; None while the finder is off, as no tag is heard then."""
    if settings.finder is None:
        return None
    return put_together(building, people, hours, (disk.writer, disk.beside), clock.now_ms)


def _told(settings: Settings, hours: WorkingHours) -> api.services.Settings:
    """What routes and pages must know of the settings."""
    return api.services.Settings(
        version=__version__,
        invented_people=settings.invented_people,
        always_open=hours.always,
        https=settings.http.https,
        cors_origins=settings.http.origins,
    )


def _surroundings(
    building: Building,
    people: PeopleStore,
    hours: WorkingHours,
    calibration: Calibration | None,
) -> Surroundings:
    """What decoders may know; while the finder is off, no tag at all."""

    def is_enrolled(tag: Tag) -> bool:
        if calibration is None:
            return False
        return people.is_enrolled(tag) or calibration.recorder.hears(tag)

    enrolled = Enrolment(people.site_key, is_enrolled, hours.open_at)
    return surroundings_of(building, enrolled, lambda: people.vault.keys)


def _listener(
    building: Building,
    pipeline: Pipeline,
    clock: ServiceClock,
    accounts: Accounts,
    on_failure: Callable[[], None],
) -> Listener:
    mailbox = Mailbox()
    filters = filters_of(building)
    resumes = not pipeline.journal.is_new
    session = Session(accounts.reader, filters, mailbox, clock.now_ms, resumes=resumes)
    publisher = MqttPublisher(accounts.teller)
    teller = Teller(building.site, publisher)
    devices = announcing_in(building)
    return Listener(
        pipeline,
        session,
        publisher,
        teller,
        mailbox,
        clock,
        on_failure,
        topics=lambda facts: topics_of(facts, devices),
        announcing=frozenset(ANYWHERE) if devices else frozenset(),
    )


def _purge(disk: Disk, storing: Storing, people: PeopleStore, now_ms: int) -> None:
    storing.purge(disk, now_ms)
    disk.journal.purge(now_ms)
    disk.past.purge(now_ms)
    disk.counted.purge(now_ms)
    people.audit.purge(now_ms)


def _finder(
    settings: Settings,
    people: PeopleStore,
    building: Building,
    view: LiveView,
    hours: WorkingHours,
) -> Finder | None:
    """The colleague finder, None unless the settings open its gate."""
    chosen = settings.finder
    if chosen is None:
        return None
    gate = FinderGate(chosen.dpia_ref, chosen.works_council_ref, chosen.since)
    return Finder(gate, people, building, view, hours)


def password_in(file: Path | None) -> str:
    """The password in a file, empty where none is named.

    Raises:
        OSError: If the file can't be read.
    """
    return file.read_text().strip() if file else ""
