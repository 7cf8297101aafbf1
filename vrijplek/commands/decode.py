"""`vrijplek decode`: what the service makes of recorded messages, line by line."""

from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer

from sensors.keys import NO_KEYS
from vrijplek.building import load_building
from vrijplek.capture import BadLineError, opened, recorded_in
from vrijplek.decoding.guess import STANDING_IN
from vrijplek.decoding.heard import Outcome
from vrijplek.decoding.keys_file import read_keys
from vrijplek.decoding.reader import Reader
from vrijplek.decoding.words import explained
from vrijplek.demo.building import building_file
from vrijplek.errors import EXIT_PROBLEMS

FAMILIES = ", ".join(STANDING_IN)


def _family(name: str) -> str:
    if name and name not in STANDING_IN:
        wrong = f"found {name!r}, expected one of {FAMILIES}"
        raise typer.BadParameter(wrong)
    return name


def decode(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A capture, JSON Lines; - for standard input.")
    ],
    config: Annotated[
        str,
        typer.Option(
            "--config",
            "--building",
            metavar="FILE",
            help="The building file, whose boards say where devices are; a file or a name.",
        ),
    ] = "",
    family: Annotated[
        str,
        typer.Option(
            callback=_family, metavar="NAME", help=f"What lines without a topic are: {FAMILIES}."
        ),
    ] = "",
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Bind keys and IRKs; they are not kept and not shown."),
    ] = None,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Say it for people.")] = False,
) -> None:
    """Tell for every line of a capture what the service makes of it, as one JSON object a line.

    Each has `line` and either `readings`, `rejected` with its reason, or `noted` for what is
    neither a reading nor an error. The lines are one stream in order: what repeats an earlier one
    is flagged so. Without --config, kinds come from what makers document. Tags are shown as hashes
    that match those of no service.

    For example:

        vrijplek decode capture.jsonl --explain
        mosquitto_sub -h HOST -t '#' -F '%j' | vrijplek decode - --config hq.yaml
        vrijplek decode adverts.jsonl --family bthome --keys keys.yaml
    """
    building = load_building(building_file(config)) if config else None
    reader = Reader(building, family, read_keys(keys) if keys else NO_KEYS)
    if str(file) == "-":
        told = typer.get_text_stream("stdin", encoding="utf-8", errors="replace")
        is_whole = _tell(told, "standard input", reader, explain=explain)
    else:
        with opened(file) as lines:
            is_whole = _tell(lines, str(file), reader, explain=explain)
    if not is_whole:
        raise typer.Exit(EXIT_PROBLEMS)


def _tell(lines: TextIO, name: str, reader: Reader, *, explain: bool) -> bool:
    """Print what becomes of each line; whether each was a recorded message."""
    is_whole = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            outcome = reader.read(recorded_in(line, number, name))
        except BadLineError as error:
            detail = f"found {error.found}, expected {error.expected}"
            outcome = Outcome(number, rejected=(("bad_line", detail),))
            is_whole = False
        told = explained(outcome) if explain else msgspec.json.encode(outcome.as_json()).decode()
        typer.echo(told)
    return is_whole
