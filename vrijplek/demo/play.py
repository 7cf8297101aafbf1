"""The demo as a play: broker, boards, people and service on stage together, and off again."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from ingest.clock import ServiceClock
from ingest.session import BrokerAddress
from occupancy.building import Building
from occupancy.space import Kind
from vrijplek.broker.accounts import SERVICE, TELLER, board_rules, plain_rules
from vrijplek.broker.start import Broker, prepared
from vrijplek.building import load_building
from vrijplek.children import Child
from vrijplek.demo import banner, credentials, people
from vrijplek.demo.building import building_file
from vrijplek.demo.programme import SEED, Programme
from vrijplek.demo.stage import Stage
from vrijplek.lock import StateLock
from vrijplek.running import Running, base_of, reachable
from vrijplek.server import Server, bound_socket
from vrijplek.service import Accounts, Service, compose
from vrijplek.settings import overruled
from vrijplek.signals import Signals, StopAskedError, in_order

STATE = Path(".vrijplek")
"""Where commands look when nothing is said."""
LINK_MS = 12 * 3_600_000
"""So long do the sign-in links of the banner work."""


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
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.programme = programme
        self.console = console
        self.began_s = time.monotonic()
        self.file = building_file(programme.building)
        self.settings = overruled(programme.settings(self.file), environment)
        self.state = self.settings.state
        self.stage = Stage()
        self.server: Server | None = None

    async def run(self) -> None:
        """From the first file to the last goodbye.

        Raises:
            CommandError: If it can't start.
        """
        with in_order() as signals:
            try:
                await self._perform(signals)
            except StopAskedError:
                self.console.print("stopped while starting")

    async def _perform(self, signals: Signals) -> None:
        lock = StateLock(self.state)
        bound = bound_socket(self.settings.http.host, self.settings.http.port)
        try:
            building = load_building(self.file)
            accounts = credentials.accounts(building, self.state / "broker.json")
            passwords = {account.name: account.password for account in accounts}
            broker = prepared(
                self.state / "broker",
                self.settings.http.host,
                accounts,
                (*board_rules(building.site), *plain_rules()),
            )
            self.stage.enter("broker", broker.start)
            service = self._service(building, broker, passwords)
            keys = self._people(service)
            service.start()
            if self.programme.simulate:
                self.stage.enter("boards", lambda: self._simulator(broker, service.clock))
            self.server = Server(service.app, bound, service.hang_up, signals)
            self._save(building, broker, service.clock)
            self._announce(building, broker, passwords, keys, self._links(service))
            try:
                await self.server.run(lambda: self._look(service))
                service.look()
            finally:
                self._curtain(service)
        finally:
            self.stage.clear()
            bound.close()
            lock.release()

    def _service(self, building: Building, broker: Broker, passwords: Mapping[str, str]) -> Service:
        def address(account: str) -> BrokerAddress:
            host, password = reachable(broker.host), passwords[account]
            return BrokerAddress(host, broker.port, account, password, mqtt5=broker.mqtt5)

        clock = ServiceClock.started(self.programme.speed, self.programme.start_ms)
        accounts = Accounts(address(SERVICE), address(TELLER))
        return compose(self.settings, building, clock, accounts, self._stop)

    def _stop(self) -> None:
        if self.server is not None:
            self.server.stop()

    def _look(self, service: Service) -> None:
        service.look()
        self.stage.look(time.monotonic())

    def _people(self, service: Service) -> dict[str, str]:
        """Enrol everyone; the demo's keys by role."""
        store = service.people
        if self.programme.simulate:
            people.enrol(store, people.invented(self.file, self.programme.people, SEED))
        people.enrol(store, people.carriers(self.programme.tags))
        return people.keys(store, self.state / "keys.json", service.clock.now_ms())

    def _simulator(self, broker: Broker, clock: ServiceClock) -> Child:
        passwords = self.state / "broker.json"
        host = reachable(broker.host)
        words = self.programme.simulator_words(self.file, host, broker, passwords, clock)
        command = (sys.executable, "-m", "firmware_sim", "run", *words)
        return Child.start("boards", command, self.state / "log" / "boards.log")

    @property
    def _base(self) -> str:
        """Address of API and pages."""
        port = self.server.port if self.server else self.settings.http.port
        return base_of(self.settings.http.host, port)

    def _save(self, building: Building, broker: Broker, clock: ServiceClock) -> None:
        running = Running(
            self._base,
            reachable(broker.host),
            broker.port,
            broker.kind,
            building.site,
            clock.speed,
            clock.start_ms,
            clock.anchor_ms,
            str(self.file.absolute()),
        )
        running.save(self.state)

    def _links(self, service: Service) -> dict[str, str]:
        lasts_ms, now_ms = int(LINK_MS * self.programme.speed), service.clock.now_ms()
        sessions = service.people.sessions
        return {
            role: f"{self._base}/sign-in/{sessions.ticket(person, now_ms, lasts_ms)}"
            for person, role in (("vera", "staff"), ("fedor", "facilities"))
        }

    def _announce(
        self,
        building: Building,
        broker: Broker,
        passwords: dict[str, str],
        keys: dict[str, str],
        links: dict[str, str],
    ) -> None:
        told = banner.Told(
            base=self._base,
            broker=broker.kind,
            broker_host=reachable(broker.host),
            broker_port=broker.port,
            site=building.site,
            keys=keys,
            links=links,
            floors=tuple(floor.id for floor in building.of_kind(Kind.FLOOR)),
            passwords=passwords,
            space=next(s.id for kind in (Kind.DESK, Kind.ROOM) for s in building.of_kind(kind)),
            state="" if self.state == STATE else str(self.state),
            ready_s=time.monotonic() - self.began_s,
        )
        banner.show(told, self.console)

    def _curtain(self, service: Service) -> None:
        """Boards first, so that their goodbyes are heard; the broker last."""
        self.console.print("stopping")
        self.stage.leave("boards")
        service.stop()
        self.stage.leave("broker")
