"""`vrijplek devices`: what is heard, what is mapped, what is not, and the lines to add."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from vrijplek.broker.accounts import OPERATOR
from vrijplek.capture import Recorded, opened, recorded
from vrijplek.commands.state import (
    BrokerOption,
    LookedAtOption,
    PasswordFileOption,
    StateOption,
    building_of,
)
from vrijplek.decoding.heard import rfc3339
from vrijplek.decoding.reader import Reader
from vrijplek.decoding.roll import Known, Roll, lines_of
from vrijplek.errors import UsageError
from vrijplek.tapping import Tap, address_of

EVERYTHING = ("#",)
SPACES = 3
"""Spaces that are shown of a board that sees many."""


def devices(
    capture: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A capture to look at instead of the broker."),
    ] = None,
    config: LookedAtOption = "",
    for_s: Annotated[float, typer.Option("--for", min=1, help="Seconds to listen.")] = 30.0,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the lines to add here, to be included."),
    ] = None,
    state: StateOption = Path(".vrijplek"),
    broker: BrokerOption = "",
    username: Annotated[str, typer.Option(help="Account at that broker.")] = OPERATOR,
    password_file: PasswordFileOption = None,
) -> None:
    """Show the devices that are heard or announced, those in the building file and those not.

    For each that is not it prints the lines to add; `SPACE` in them is yours to fill in. People's
    tags are no devices: they are never shown.

    For example:

        vrijplek devices --config hq.yaml --for 60
        vrijplek devices capture.jsonl --write new-devices.yaml
    """
    is_its_own = capture is None and not broker
    building = building_of(config, state, is_its_own=is_its_own)
    reader = Reader(building)
    roll = Roll(building, reader.routes)
    if capture is not None:
        with opened(capture) as lines:
            _enter(roll, reader, recorded(lines, str(capture)))
    else:
        tap = Tap(address_of(state, broker, username, password_file), EVERYTHING)
        _enter(roll, reader, _listened(tap, for_s))
    _show(roll)
    if write is not None:
        _write(write, roll)


def _enter(roll: Roll, reader: Reader, messages: Iterable[Recorded]) -> None:
    for one in messages:
        roll.take(reader.read(one), one.topic or "")


def _listened(tap: Tap, for_s: float) -> Iterator[Recorded]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task, heard = progress.add_task("listening", total=for_s), 0
        began_s = time.monotonic()
        for one in tap.messages(for_s):
            heard += one is not None
            spent_s = time.monotonic() - began_s
            progress.update(task, completed=spent_s, description=f"listening, {heard} messages")
            if one is not None:
                yield one


def _show(roll: Roll) -> None:
    table = Table("family", "device", "channels", "messages", "last heard", "board", "sees")
    for known in roll.devices.values():
        channels = ", ".join(f"{name} ({kind})" for name, kind in sorted(known.channels.items()))
        when = rfc3339(known.last_ms) if known.last_ms else ""
        board = known.board or "[yellow]not mapped[/]"
        table.add_row(
            known.family, repr(known.device)[1:-1], channels, str(known.messages), when, board,
            ", ".join(known.spaces[:SPACES]) + ("" if len(known.spaces) <= SPACES else ", ..."),
        )  # fmt: skip
    console = Console()
    if not roll.devices:
        console.print("no device was heard or announced")
        return
    console.print(table)
    text = lines_of(_unmapped(roll))
    if text:
        console.print("Lines to add to the building file; put the space for SPACE:\n")
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def _unmapped(roll: Roll) -> list[Known]:
    return [known for known in roll.devices.values() if not known.board]


def _write(file: Path, roll: Roll) -> None:
    if file.exists():
        raise UsageError(f"{file}: found a file, expected none: name a new one")
    file.write_text(lines_of(_unmapped(roll)) or "boards: []\n", encoding="utf-8")
    typer.echo(f"{file}: {len(_unmapped(roll))} devices; name it under `include:`")
