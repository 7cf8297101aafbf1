"""The demo as a play: broker, boards, people and service on stage together, and off again."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog
from rich.console import Console

from ingest.clock import ServiceClock
from ingest.session import BrokerAddress
from occupancy.building import Building
from occupancy.space import Kind
from vrijplek.broker.accounts import SERVICE, TELLER, board_rules
from vrijplek.broker.start import Broker, prepared
from vrijplek.building import load_building
from vrijplek.children import Child
from vrijplek.demo import banner, credentials, people
from vrijplek.demo.building import building_file
from vrijplek.lock import StateLock
from vrijplek.running import Running
from vrijplek.server import Server, bound_socket
from vrijplek.service import Accounts, Service, compose
from vrijplek.settings import FinderSettings, HttpSettings, Settings, overruled

log = structlog.get_logger(__name__)

LINK_MS = 12 * 3_600_000
SEED = 7
HAND = "hand"
"""A board for people to play; nobody simulates it."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What kind of demo."""

    building: str = "demo-office"
    people: int = 120
    speed: float = 1.0
    start_ms: int | None = None
    """What the clock shows at the start; the wall clock where left out."""
    simulate: bool = True
    schedule: str = "always"
    truth: Path | None = None
    """Where the simulator writes what was true."""
    tags: tuple[str, ...] = ()
    """Addresses of real tags; each is enrolled for an invented person who wants to be found."""


class Play:
    """Everything of a demo, in the order in which it comes up.

    Args:
        programme: What kind of demo.
        console: Where to tell.
        environment: For VRIJPLEK_HOST, VRIJPLEK_PORT and VRIJPLEK_STATE.
    """

    def __init__(
        self,
        programme: Programme,
        console: Console,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.programme = programme
        self.console = console
        self.began_s = time.monotonic()
        self.file = building_file(programme.building)
        self.settings = overruled(
            _settings(self.file, programme),
            dict(os.environ if environment is None else environment),
        )
        self.state = self.settings.state
        self.children: dict[str, Callable[[], Child]] = {}
        self.running: dict[str, Child] = {}

    async def run(self) -> None:
        """From the first file to the last goodbye.

        Raises:
            CommandError: If it can't start.
        """
        lock = StateLock(self.state)
        http = self.settings.http
        bound = bound_socket(http.host, http.port)
        try:
            building = load_building(self.file)
            accounts = credentials.accounts(building, self.state / "broker.json")
            passwords = {account.name: account.password for account in accounts}
            broker = prepared(
                self.state / "broker", http.host, accounts, board_rules(building.site)
            )
            self._cast("broker", broker.start)
            clock = ServiceClock.started(self.programme.speed, self.programme.start_ms)
            server: Server | None = None
            service = self._service(
                building, broker, passwords, clock, lambda: server.stop() if server else None
            )
            keys = self._people(service)
            service.start()
            if self.programme.simulate:
                self._cast("boards", lambda: self._simulator(broker, clock))
            server = Server(service.app, bound)
            self._announce(building, broker, server, passwords, keys, service)
            try:
                await server.run(lambda: self._look(service))
            finally:
                self._curtain(service)
        finally:
            for child in self.running.values():
                child.stop()
            bound.close()
            lock.release()

    def _cast(self, name: str, start: Callable[[], Child]) -> None:
        self.children[name] = start
        self.running[name] = start()

    def _look(self, service: Service) -> None:
        """Start again whoever has fallen off the stage."""
        service.look()
        for name, child in list(self.running.items()):
            if not child.is_running:
                log.warning("starting again", child=name, said=child.last_words(2))
                self.running[name] = self.children[name]()

    def _service(
        self,
        building: Building,
        broker: Broker,
        passwords: dict[str, str],
        clock: ServiceClock,
        on_failure: Callable[[], None],
    ) -> Service:
        def address(account: str) -> BrokerAddress:
            return BrokerAddress(
                _reachable(broker.host),
                broker.port,
                account,
                passwords[account],
                mqtt5=broker.mqtt5,
            )

        return compose(
            self.settings, building, clock, Accounts(address(SERVICE), address(TELLER)), on_failure
        )

    def _people(self, service: Service) -> dict[str, str]:
        store, now_ms = service.people, service.clock.now_ms()
        if self.programme.simulate:
            people.enrol(store, people.invented(self.file, self.programme.people, SEED))
        people.enrol(store, people.carriers(self.programme.tags))
        return people.keys(store, self.state / "keys.json", now_ms)

    def _simulator(self, broker: Broker, clock: ServiceClock) -> Child:
        programme = self.programme
        told = {
            "--building": str(self.file),
            "--host": _reachable(broker.host),
            "--port": str(broker.port),
            "--credentials": str(self.state / "broker.json"),
            "--seed": str(SEED),
            "--people": str(programme.people),
            "--speed": str(programme.speed),
            "--start-ms": str(clock.start_ms),
            "--anchor-ms": str(clock.anchor_ms),
            "--schedule": programme.schedule,
            "--protocol": "5" if broker.mqtt5 else "4",
            "--skip": HAND,
        }
        if programme.truth is not None:
            told["--truth"] = str(programme.truth)
        words = [word for option in told.items() for word in option]
        command = (sys.executable, "-m", "firmware_sim", "run", *words)
        return Child.start("boards", command, self.state / "log" / "boards.log")

    def _announce(
        self,
        building: Building,
        broker: Broker,
        server: Server,
        passwords: dict[str, str],
        keys: dict[str, str],
        service: Service,
    ) -> None:
        host = _reachable(self.settings.http.host)
        base = f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
        clock = service.clock
        Running(
            base,
            _reachable(broker.host),
            broker.port,
            broker.kind,
            building.site,
            clock.speed,
            clock.start_ms,
            clock.anchor_ms,
        ).save(self.state)
        lasts_ms = int(LINK_MS * self.programme.speed)
        now_ms = service.clock.now_ms()
        links = {
            role: f"{base}/sign-in/{service.people.sessions.ticket(person, now_ms, lasts_ms)}"
            for person, role in (("vera", "staff"), ("fedor", "facilities"))
        }
        floors = tuple(floor.id for floor in building.of_kind(Kind.FLOOR))
        banner.show(
            banner.Told(
                base,
                broker.kind,
                _reachable(broker.host),
                broker.port,
                building.site,
                keys,
                links,
                floors,
                passwords,
                time.monotonic() - self.began_s,
            ),
            self.console,
        )

    def _curtain(self, service: Service) -> None:
        """Boards first, so that their goodbyes are heard; the broker last."""
        self.console.print("stopping")
        for name in ("boards", "service", "broker"):
            if name == "service":
                service.stop()
            elif child := self.running.pop(name, None):
                child.stop(within_s=1.5)


def _settings(file: Path, programme: Programme) -> Settings:
    return Settings(
        building=file,
        state=Path(".vrijplek"),
        http=HttpSettings(),
        finder=FinderSettings(
            dpia_ref="demo: invented people, no assessment needed",
            works_council_ref="demo: invented people, no consent needed",
            since=date(2020, 1, 1),
        ),
        working_hours="always",
        invented_people=True,
        speed=programme.speed,
        start=programme.start_ms,
    )


def _reachable(host: str) -> str:
    """An address to connect to, for one to listen on."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared
