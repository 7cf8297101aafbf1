"""A walk in the terminal: a list of places, and somebody who types where they are."""

import contextlib
import select
import sys
from collections.abc import Iterator
from typing import Any, Protocol

import typer
from rich.console import Console
from rich.table import Table

from vrijplek.errors import CommandError, UnreachableError

LOOK_S = 2.0
HELP = "Type a number or the start of a name; - on the way; Enter for how it goes; q to finish."
Answer = dict[str, Any]


class Presses(Protocol):
    """Asks the service for something about calibration."""

    def __call__(self, path: str, method: str = "GET", body: Answer | None = None) -> Answer:
        """The answer, or the error that ends a command."""


def walk_along(press: Presses, tag: str) -> None:
    """One walk, from its begin to its end.

    Args:
        press: Asks the service.
        tag: Id of the tag.

    Raises:
        CommandError: If the walk can't begin.
    """
    console = Console()
    state = press("/walk", "POST", {"tag": tag})
    try:
        console.print(_table(state), highlight=False)
        console.print(HELP, highlight=False)
        with contextlib.suppress(KeyboardInterrupt):
            _follow(press, state, console)
    finally:
        _finish(press, console)


def _finish(press: Presses, console: Console) -> None:
    """End the walk; it may have ended by itself."""
    try:
        press("/walk/finish", "POST", {})
    except UnreachableError:
        told = "The service does not answer; the walk ends by itself, 30 minutes after your last "
        console.print(told + "press.", highlight=False)
        raise
    except CommandError:
        console.print("The walk had ended by itself.", highlight=False)
        return
    console.print(
        "The walk is over and the tag is heard no more. See `vrijplek calibrate report`.",
        highlight=False,
    )


def _follow(press: Presses, state: Answer, console: Console) -> None:
    for said in _lines(press):
        word = said.strip()
        if word.casefold() in {"q", "quit"}:
            return
        if word == "-":
            state = press("/walk/place", "PUT", {"place": None})
        elif word:
            place = _found(word, state["places"])
            if place is None:
                console.print(f"found {word!r}, expected one place of the list", highlight=False)
                continue
            state = press("/walk/place", "PUT", {"place": place})
        else:
            state = press("")
        if state["walk"] is None:
            return
        console.print(_progress(state), highlight=False)


def _lines(press: Presses) -> Iterator[str]:
    """What is typed, line by line; on a terminal with the progress shown while nothing is."""
    while True:
        if sys.stdin.isatty():
            while not select.select([sys.stdin], [], [], LOOK_S)[0]:
                state = press("")
                if state["walk"] is None:
                    return
                typer.echo(f"\r\x1b[K{_progress(state)} > ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def _table(state: Answer) -> Table:
    table = Table("", "place", "kind", "floor", title="Where are you?")
    for number, place in enumerate(state["places"], 1):
        table.add_row(str(number), place["name"], place["kind"], place["floor"] or "")
    return table


def _found(word: str, places: list[Answer]) -> str | None:
    """The id of the one place that is meant.

    >>> _found("2", [{"id": "a", "name": "Den"}, {"id": "b", "name": "Els"}])
    'b'
    >>> _found("de", [{"id": "a", "name": "Den"}, {"id": "b", "name": "Els"}])
    'a'
    """
    if word.isdecimal() and 1 <= int(word) <= len(places):
        return str(places[int(word) - 1]["id"])
    low = word.casefold()
    exact = [p["id"] for p in places if low in {p["id"].casefold(), p["name"].casefold()}]
    begun = [p["id"] for p in places if p["name"].casefold().startswith(low)]
    found = exact or begun
    return str(found[0]) if len(found) == 1 else None


def _progress(state: Answer) -> str:
    """How the walk is going, on one line."""
    walk = state["walk"]
    hears = f"{walk['scanners']} scanner(s) hear the tag"
    if walk["place"] is None:
        return f"on the way, {hears}"
    name = next(p["name"] for p in state["places"] if p["id"] == walk["place"])
    return f"{name}: {walk['seconds']:.0f} s, {hears}"
