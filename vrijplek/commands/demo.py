"""`vrijplek demo`: a whole building on this machine."""

import asyncio
import logging
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from vrijplek import logs
from vrijplek.demo.building import SIMULATED
from vrijplek.demo.play import Play
from vrijplek.demo.programme import Programme


class Schedule(StrEnum):
    """When the simulated people come."""

    ALWAYS = "always"
    DAY = "day"


def demo(
    building: Annotated[
        str,
        typer.Option(
            help="demo-office, which is simulated; espresense-house or a building file of your "
            "own, which wait for real boards or `vrijplek replay`."
        ),
    ] = SIMULATED,
    people: Annotated[int, typer.Option(min=0, max=5000, help="Invented people.")] = 120,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="Times as fast as the wall clock.")
    ] = 1.0,
    at: Annotated[
        datetime | None,
        typer.Option(help="What the clock shows at the start, in UTC; now where left out."),
    ] = None,
    schedule: Annotated[
        Schedule,
        typer.Option(help="always: busy whatever the hour; day: an ordinary working day."),
    ] = Schedule.ALWAYS,
    truth: Annotated[
        Path | None, typer.Option(help="Have the simulator write what was true to this file.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Address of a real tag, enrolled for an invented person; repeatable."),
    ] = None,
) -> None:
    """Start everything with a simulated building: broker, boards, service, pages.

    Prints the addresses of the pages, the demo's keys and a few lines to try. Ctrl-C stops all
    of it. VRIJPLEK_HOST, VRIJPLEK_PORT and VRIJPLEK_STATE say where it listens and keeps its files.

    For example:

        vrijplek demo
        VRIJPLEK_PORT=8080 vrijplek demo --speed 60
        vrijplek demo --building espresense-house --tag watch:darrell
        # then, elsewhere: vrijplek replay espresense-house.jsonl
    """
    logs.configure(logging.WARNING)
    start_ms = None if at is None else _ms(at)
    simulate = building == SIMULATED
    programme = Programme(
        building, people, speed, start_ms, simulate, schedule, truth, tuple(tag or ())
    )
    asyncio.run(Play(programme, Console()).run())


def _ms(at: datetime) -> int:
    return int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)
