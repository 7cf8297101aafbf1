"""`vrijplek calibrate`: walk through the rooms, and see how well they can be told apart."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from vrijplek.commands.ask import ask
from vrijplek.commands.calibrate_files import export_walks, import_walks, spare_tag, untag
from vrijplek.commands.calibrate_walk import Presses, walk_along
from vrijplek.commands.state import StateOption, key_of
from vrijplek.errors import UsageError
from vrijplek.running import Running

calibrate = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Walk through the rooms with a tag and say where you are; see how well they are told.",
)
STATE = Path(".vrijplek")
BASE = "/v1/calibration"
WORDS = {
    "good": "good",
    "fair": "fair",
    "poor": "poor",
    "short": "too little recorded",
    "none": "not recorded",
}


def asker(state: Path) -> Presses:
    """Asks the service that runs in a state folder, with the key of facilities."""
    running, key = Running.read(state), key_of(state, "facilities")
    return lambda path, method="GET", body=None: ask(running.http, BASE + path, key, method, body)


@calibrate.command("walk")
def walk(
    tag: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="own-1 for a tag of yours, or the name of one set aside."),
    ] = None,
    state: StateOption = STATE,
) -> None:
    """Walk with a tag: type where you are, and what scanners hear is recorded for that place.

    Stay in each room for a minute or more and walk about in it. The tag is heard until the walk is
    finished, by q or Ctrl-C. The page /calibrate does the same on a phone.

    It asks with the demo's key of facilities; VRIJPLEK_KEY gives another, of the one who walks.

    For example:

        vrijplek calibrate walk --tag own-1
    """
    press = asker(state)
    choices = [one["id"] for one in press("")["tags"]]
    if tag is None:
        listed = ", ".join(choices) or "nothing: set one aside with `vrijplek calibrate tag`"
        raise UsageError(f"found no --tag, expected one of {listed}")
    walk_along(press, tag)


@calibrate.command("report")
def report(state: StateOption = STATE) -> None:
    """Tell how well each place is told, which two are confused, and where a scanner would help.

    Each piece of 5 s is judged by what was learned from the other walks, or the other stays.

    For example:

        vrijplek calibrate report
    """
    press = asker(state)
    names = {one["id"]: _name(one) for one in press("")["places"]}
    told = press("/report")
    console = Console()
    table = Table("place", "told", "right", "most confused with", "sounds most like", "recorded")
    order = sorted(told["places"], key=lambda p: (not p["stays"], p["accuracy"] or 0))
    for place in order:
        table.add_row(*_row(place, names))
    console.print(table)
    for line in (*_findings(told, names), *_drifts(told)):
        console.print(line, highlight=False, soft_wrap=True)


def _name(place: dict[str, Any]) -> str:
    """Name and floor, as each floor may have a corridor."""
    return f"{place['name']}, {place['floor']}"


def _row(place: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    def named(key: str, figure: str) -> str:
        return f"{names.get(place[key], place[key])} ({figure})" if place[key] else ""

    return (
        names.get(place["place"], place["place"]),
        WORDS[place["verdict"]],
        _percent(place["accuracy"]),
        named("confusedWith", _percent(place["confused"])),
        named("nearest", f"{place['gapDb']} dB"),
        f"{place['seconds']:.0f} s" if place["stays"] else "",
    )


def _findings(told: dict[str, Any], names: dict[str, str]) -> list[str]:
    """What the table comes to, in sentences."""
    if not told["windows"]:
        return ["There is too little to tell yet; walk with `vrijplek calibrate walk`."]
    lines = [f"Named right, on average over the places: {_percent(told['accuracy'])}."]
    worst, advice = told["mostConfused"], told["suggestion"]
    if worst is None:
        return [*lines, "No two places are confused."]
    pair = " and ".join(names.get(worst[side], worst[side]) for side in ("one", "other"))
    lines.append(f"Most confused: {pair}, {_percent(worst['part'])} of the time.")
    if advice is None:
        return [*lines, "One more scanner in a place without one would not help much."]
    place = names.get(advice["place"], advice["place"])
    return [
        *lines,
        f"One more scanner would help most in {place}: +{advice['gainDb']} dB between them.",
    ]


def _drifts(told: dict[str, Any]) -> list[str]:
    """What has changed since the walks, in sentences."""
    drifts = [f"{one['scanner']} {one['louderDb']:+g} dB" for one in told["drifts"]]
    if not drifts:
        return []
    lines = [f"Drift since the walks, which is taken off: {', '.join(drifts)}."]
    if told["walkAgain"]:
        lines.append("That is much: walk again where the scanner is that has drifted most.")
    return lines


def _percent(part: float | None) -> str:
    """In whole percents, rounded down: only all is 100."""
    return "" if part is None else f"{int(part * 100 + 1e-9)}%"


@calibrate.command("list")
def listed(state: StateOption = STATE) -> None:
    """List the walks. They name nobody, and are kept until they are removed.

    For example:

        vrijplek calibrate list
    """
    begun = Column("begun", no_wrap=True)
    table = Table("walk", begun, "places", "seconds", "sightings", "edges of motion")
    for one in asker(state)("/walks")["walks"]:
        figures = (one["places"], f"{one['seconds']:.0f}", one["sightings"], one["edges"])
        table.add_row(one["id"], one["begin"], *map(str, figures))
    Console().print(table)


@calibrate.command("remove")
def remove(
    walk_id: Annotated[
        str, typer.Argument(metavar="WALK", help="Id of the walk, as `calibrate list` shows it.")
    ],
    state: StateOption = STATE,
) -> None:
    """Forget a walk, for example from before a scanner was moved; places are learned anew.

    For example:

        vrijplek calibrate remove 4f1c09be
    """
    asker(state)(f"/walks/{walk_id}", "DELETE")
    typer.echo(f"walk {walk_id} is forgotten")


calibrate.command("export")(export_walks)
calibrate.command("import")(import_walks)
calibrate.command("tag")(spare_tag)
calibrate.command("untag")(untag)
