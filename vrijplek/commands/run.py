"""`vrijplek run`: the service without simulation."""

import asyncio
import contextlib
import gc
from pathlib import Path
from typing import Annotated

import structlog
import typer

from ingest.clock import ServiceClock
from ingest.session import BrokerAddress
from vrijplek import logs
from vrijplek.broker.accounts import PUBLISHER, SERVICE, TELLER
from vrijplek.building import load_building
from vrijplek.lock import StateLock
from vrijplek.running import Running, base_of
from vrijplek.server import Server, bound_socket
from vrijplek.service import Accounts, compose, password_in
from vrijplek.settings import BrokerSettings, Settings, read_settings
from vrijplek.signals import Signals, StopAskedError, in_order

log = structlog.get_logger(__name__)


def run(
    config: Annotated[
        Path, typer.Option(metavar="FILE", help="The settings, YAML; see docs/settings.md.")
    ],
) -> None:
    """Run the service: listen to the broker, keep the history, answer.

    Stops on Ctrl-C or SIGTERM within seconds, and goes on where it was at the next start. Exit
    codes: 0 stopped, 1 wrong settings or building, or the pipeline failed, 2 a file that can't be
    read, 3 the port or the state folder is taken.

    For example:

        vrijplek run --config vrijplek.yaml
    """
    logs.for_a_service()
    settings = read_settings(config)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    with in_order() as signals:
        try:
            await _serve(settings, signals)
        except StopAskedError:
            log.info("stopped while starting")


async def _serve(settings: Settings, signals: Signals) -> None:
    with contextlib.ExitStack() as held:
        held.callback(StateLock(settings.state).release)
        bound = held.enter_context(bound_socket(settings.http.host, settings.http.port))
        gc.disable()  # until `service.start` sets apart what has come to stay
        held.callback(gc.enable)
        building = load_building(settings.building)
        clock = ServiceClock.started(settings.speed, settings.start)
        server: Server | None = None
        service = compose(
            settings,
            building,
            clock,
            _accounts(settings.broker, publishes=settings.publish is not None),
            lambda: server.stop() if server else None,
        )
        held.callback(service.stop)
        service.start()
        gc.enable()
        server = Server(service.app, bound, service.hang_up, signals)
        base = base_of(settings.http.host, server.port)
        _running(settings, base, building.site, clock).save(settings.state)
        log.info("answering", address=base, site=building.site)
        await server.run(service.look)
        service.look()


def _running(settings: Settings, base: str, site: str, clock: ServiceClock) -> Running:
    broker = settings.broker
    return Running(
        base,
        broker.host,
        broker.port,
        "given",
        site,
        clock.speed,
        clock.start_ms,
        clock.anchor_ms,
        str(settings.building.absolute()),
    )


def _accounts(broker: BrokerSettings, *, publishes: bool) -> Accounts:
    name, file = broker.publisher_username, broker.publisher_password_file
    return Accounts(
        _address(broker, SERVICE, broker.username, broker.password_file),
        _address(broker, TELLER, broker.teller_username, broker.teller_password_file),
        _address(broker, PUBLISHER, name, file) if publishes else None,
    )


def _address(
    broker: BrokerSettings, client_id: str, username: str, password_file: Path | None
) -> BrokerAddress:
    return BrokerAddress(
        broker.host, broker.port, username, password_in(password_file), client_id, broker.mqtt5
    )
