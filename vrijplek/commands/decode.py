"""`vrijplek decode`: what the service makes of recorded messages, line by line."""

from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer

from sensors.decoder import decode as decode_message
from sensors.entry import Decoded
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import AnyReading
from sensors.tag import tag_of
from vrijplek.building import load_building
from vrijplek.capture import BadLineError, Recorded, opened, recorded_in
from vrijplek.demo.building import building_file
from vrijplek.errors import EXIT_PROBLEMS

NO_KEY = b"decode: no site key, so these tags match those of no service"


def decode(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A capture, JSON Lines; - for standard input.")
    ],
    building: Annotated[
        str, typer.Option(help="The building whose boards speak: a file or a name.")
    ] = "demo-office",
) -> None:
    """Tell for every line of a capture what the service makes of it, as one JSON object a line.

    Each has `line` and either `readings`, `rejected` with its reason, or `noted` for what is
    neither a reading nor an error. The lines are one stream in order: what repeats an earlier one
    is noted so. Tags are shown as hashes that match those of no service.

    For example:

        vrijplek decode espresense-house.jsonl --building espresense-house
        mosquitto_sub -h HOST -t '#' -F '%J' | vrijplek decode - --building hq.yaml
    """
    plan = load_building(building_file(building))
    around = Surroundings(
        site=plan.site,
        boards={board.id: board.family for board in plan.boards},
        sensors={sensor.id: sensor.kind.value for sensor in plan.sensors},
        enrolled=lambda address, _event_ms: tag_of(address, NO_KEY),
    )
    if str(file) == "-":
        told = typer.get_text_stream("stdin", encoding="utf-8", errors="replace")
        is_whole = _tell(told, "standard input", around)
    else:
        with opened(file) as lines:
            is_whole = _tell(lines, str(file), around)
    if not is_whole:
        raise typer.Exit(EXIT_PROBLEMS)


def _tell(lines: TextIO, name: str, around: Surroundings) -> bool:
    """Print what becomes of each line; whether each was a recorded message."""
    memory, is_whole = Memory(), True
    at_ms = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            one = recorded_in(line, number, name)
        except BadLineError as error:
            detail = f"found {error.found}, expected {error.expected}"
            told = {"line": number, "rejected": [{"reason": "bad_line", "detail": detail}]}
            typer.echo(msgspec.json.encode(told).decode())
            is_whole = False
            continue
        at_ms = one.at_ms if one.at_ms is not None else at_ms
        message = Message(one.topic or "", one.payload, at_ms, one.retain)
        decoded = decode_message(message, memory, around)
        if decoded.entry is not None:
            memory.take(decoded.entry)
        typer.echo(msgspec.json.encode(_said(one, decoded)).decode())
    return is_whole


def _said(one: Recorded, decoded: Decoded) -> dict[str, object]:
    told: dict[str, object] = {"line": one.line}
    if decoded.entry is not None:
        told["readings"] = [_reading(one, reading) for reading in decoded.entry.readings]
    if decoded.rejected:
        told["rejected"] = [{"reason": r.reason, "detail": r.detail} for r in decoded.rejected]
    if decoded.duplicate:
        told["noted"] = "sent again: it counted the first time"
    elif decoded.noted:
        told["noted"] = decoded.noted
    return told


def _reading(one: Recorded, reading: AnyReading) -> dict[str, object]:
    """A reading as JSON; without a time of receiving, its event time is not known."""
    told: dict[str, object] = msgspec.to_builtins(reading)
    if one.at_ms is None:
        told["event_ms"] = None
    return told
