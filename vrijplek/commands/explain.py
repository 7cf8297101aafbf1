"""`vrijplek explain`: why a space is in its state, and what would change it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from vrijplek.commands.ask import ask
from vrijplek.commands.prospects import prospect_table
from vrijplek.commands.state import StateOption, key_of
from vrijplek.running import Running


def explain(
    space: Annotated[
        str, typer.Argument(metavar="SPACE", help="Id of the space, such as desk-12.")
    ],
    state: StateOption = Path(".vrijplek"),
) -> None:
    """Tell why a space is in its state, and what would change it.

    First the evidence, in nats, who gave it and when. Positive evidence speaks for occupied,
    negative against it; their sum is the log-odds. A badge is "a badge": never which, and never
    when. Then what comes next if nothing more is heard, and what else would change the state now.

    It asks with the demo's key of facilities; VRIJPLEK_KEY gives another, as `vrijplek access`
    makes them.

    For example:

        vrijplek explain desk-12
    """
    running = Running.read(state)
    told = ask(running.http, f"/v1/spaces/{space}", key_of(state, "facilities"))
    console = Console()
    is_own = told["probability"] is not None
    console.print(_summary(told, is_own=is_own), highlight=False)
    if not is_own:
        return
    table = Table("source", "kind", "nats", "when", title="Evidence, strongest first")
    for reason in told["reasons"]:
        table.add_row(
            reason["source"], reason["kind"], f"{reason['nats']:+.2f}", reason.get("time") or ""
        )
    console.print(table)
    if told["outlook"]:
        console.print(prospect_table(told["outlook"]))


def _summary(told: dict[str, Any], *, is_own: bool) -> str:
    """State, since when and how surely; of what has no belief of its own, where it comes from."""
    state = f"[bold]{told['id']}[/] is [bold]{told['state']}[/]"
    if not is_own:
        return f"{state}: that follows from the desks and rooms inside; ask for one of them"
    since = told["since"] or "the start"
    return f"{state} since {since}, probability of occupied {told['probability']}"
