"""The command line of the simulator.

Owns options, files and signals, and prints. Everything on standard output is meant to be read by a
program; the rest goes to standard error.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import aiomqtt
import msgspec
import typer

from firmware_sim.clock import Clock
from firmware_sim.dump import lines
from firmware_sim.link import Broker
from firmware_sim.lot import drawn
from firmware_sim.physics import Physics, UnknownFigureError
from firmware_sim.pir import GapError, Stillness
from firmware_sim.plan import Plan, PlanError, read_plan
from firmware_sim.run import Runner, Tally
from firmware_sim.truth import TruthFile
from firmware_sim.world import Scenario

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A simulated building: invented people, and boards that tell what they sense over MQTT.",
)


class Schedule(StrEnum):
    """What a day looks like."""

    DAY = "day"
    ALWAYS = "always"


BuildingOption = Annotated[Path, typer.Option(help="The building file.")]
SeedOption = Annotated[int, typer.Option(min=0, help="The same seed gives the same world.")]
WorldOption = Annotated[
    int | None,
    typer.Option(min=0, help="Draw the figures of the physics by lot; takes the place of --seed."),
]
PeopleOption = Annotated[int, typer.Option(min=0, max=5000, help="How many people there are.")]
ScheduleOption = Annotated[
    Schedule,
    typer.Option(help="'day': working days in local time. 'always': busy at any hour."),
]
StartOption = Annotated[
    int | None, typer.Option(help="Simulated time at the beginning, ms UTC; now where left out.")
]
UntilOption = Annotated[int | None, typer.Option(help="Simulated time at which to stop, ms UTC.")]
TruthOption = Annotated[
    Path | None, typer.Option(help="Write what is really so to this file, as JSON Lines.")
]
SkipOption = Annotated[
    list[str] | None, typer.Option(help="A board that is not simulated; may be repeated.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="A figure of the physics, NAME=NUMBER; may be repeated."),
]


@app.command()
def roster(
    building: BuildingOption,
    seed: SeedOption = 1,
    people: PeopleOption = 110,
    world: WorldOption = None,
) -> None:
    """Print the invented people and their tags as JSON.

    Tag addresses stand for personal data. This command alone tells them, on standard output; keep
    them out of files.
    """
    plan = _plan(building)
    scenario = _scenario(seed, people, Schedule.DAY, world=world)
    typer.echo(msgspec.json.encode(scenario.roster(plan)).decode())


@app.command()
def figures(
    world: Annotated[int, typer.Option(min=0, help="The number of the world.")],
) -> None:
    """Print the figures of the physics that are drawn for a world, as JSON."""
    typer.echo(msgspec.json.encode(drawn(world)).decode())


@app.command()
def dump(  # noqa: PLR0913, PLR0917 - one parameter for each option
    building: BuildingOption,
    until_ms: UntilOption = None,
    start_ms: StartOption = None,
    seed: SeedOption = 1,
    people: PeopleOption = 110,
    schedule: ScheduleOption = Schedule.DAY,
    truth: TruthOption = None,
    skip: SkipOption = None,
    settings: SetOption = None,
    world: WorldOption = None,
) -> None:
    """Print all messages as fast as the machine allows, one JSON object a line.

    The format is that of mosquitto_sub -F '%J'. Without --until-ms it is an hour.
    """
    plan, begin_ms = _plan(building), _start(start_ms)
    scenario = _scenario(seed, people, schedule, skip, settings, world=world)
    end_ms = begin_ms + 3_600_000 if until_ms is None else until_ms
    with _truth_file(truth) as ledger, contextlib.suppress(BrokenPipeError):
        for text, truths in lines(plan, scenario, begin_ms, end_ms):
            sys.stdout.buffer.write(text)
            if ledger is not None:
                ledger.write(truths)
        sys.stdout.buffer.flush()


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option
    building: BuildingOption,
    host: Annotated[str, typer.Option(help="Of the broker.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of the broker.")] = 1883,
    credentials: Annotated[
        Path | None, typer.Option(help="JSON object of passwords by board; none where left out.")
    ] = None,
    protocol: Annotated[int, typer.Option(min=4, max=5, help="4 is MQTT 3.1.1, 5 MQTT 5.")] = 5,
    speed: Annotated[float, typer.Option(min=0.1, max=5000, help="Seconds a second.")] = 1.0,
    start_ms: StartOption = None,
    anchor_ms: Annotated[
        int | None,
        typer.Option(help="Wall clock at which simulated time is --start-ms; now if left out."),
    ] = None,
    until_ms: UntilOption = None,
    seed: SeedOption = 1,
    people: PeopleOption = 110,
    schedule: ScheduleOption = Schedule.DAY,
    truth: TruthOption = None,
    skip: SkipOption = None,
    settings: SetOption = None,
    world: WorldOption = None,
    stop_on_eof: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--stop-on-eof", help="Stop when standard input ends.")
    ] = False,
) -> None:
    """Publish to a broker, in real time or N times as fast, until stopped."""
    clock = Clock(_start(start_ms), speed, anchor_ms=anchor_ms)
    broker = Broker(host, port, aiomqtt.ProtocolVersion(protocol))
    plan = _plan(building)
    scenario = _scenario(seed, people, schedule, skip, settings, world=world)
    passwords = _passwords(credentials, plan, scenario)
    with _truth_file(truth) as ledger:
        runner = Runner(
            plan, scenario, clock, broker, passwords, truth=ledger, until_ms=until_ms, tell=_tell
        )
        tally = asyncio.run(_live(runner, watches_input=stop_on_eof))
    typer.echo(
        f"simulated {tally.simulated_s} s, sent {tally.messages} messages, "
        f"at worst {tally.late_ms / 1000:.1f} simulated s late",
        err=True,
    )


async def _live(runner: Runner, *, watches_input: bool) -> Tally:
    """Run until a signal, or until standard input ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if watches_input:
        threading.Thread(target=_watch_input, args=(loop, stop), daemon=True).start()
    return await runner.run(stop)


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait for the end of standard input, in a thread of its own."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def _plan(path: Path) -> Plan:
    try:
        return read_plan(path)
    except PlanError as error:
        raise _wrong(str(error)) from error


def _scenario(
    seed: int,
    people: int,
    schedule: Schedule,
    skip: list[str] | None = None,
    settings: list[str] | None = None,
    *,
    world: int | None,
) -> Scenario:
    """What happens; of a drawn world the figures that are set count more than the drawn ones."""
    physics, seed = (Physics(), seed) if world is None else (drawn(world), world)
    try:
        physics = physics.changed(settings or [])
        Stillness.of(physics.pir_gap_mean_s, physics.pir_gap_p95_s)
    except (UnknownFigureError, GapError) as error:
        raise _wrong(str(error)) from error
    return Scenario(seed, people, schedule.value, frozenset(skip or ()), physics)


def _passwords(path: Path | None, plan: Plan, scenario: Scenario) -> dict[str, str]:
    """The password of each simulated board; none at all without a file."""
    if path is None:
        return {}
    try:
        passwords = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as error:
        raise _wrong(f"{path}: expected a JSON object of passwords by board: {error}") from error
    wanted = {device.id for device in plan.devices} - scenario.skipped
    if missing := sorted(wanted - passwords.keys()):
        raise _wrong(f"{path}: found no password for {', '.join(missing)}")
    return passwords


@contextlib.contextmanager
def _truth_file(path: Path | None) -> Iterator[TruthFile | None]:
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8") as file:
        yield TruthFile(file)


def _start(start_ms: int | None) -> int:
    return _wall_ms() if start_ms is None else start_ms


def _wall_ms() -> int:
    return round(time.time() * 1000)


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def _wrong(what: str) -> typer.BadParameter:
    return typer.BadParameter(what)
