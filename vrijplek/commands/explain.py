"""`vrijplek explain`: why a space is in its state."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vrijplek.commands.ask import ask
from vrijplek.commands.state import StateOption, key_of
from vrijplek.running import Running


def explain(
    space: Annotated[
        str, typer.Argument(metavar="SPACE", help="Id of the space, such as desk-12.")
    ],
    state: StateOption = Path(".vrijplek"),
) -> None:
    """Tell why a space is in its state: the evidence, in nats, who gave it and when.

    Positive evidence speaks for occupied, negative against it; their sum is the log-odds. A badge
    is "a badge": never which, and never when.

    It asks with the demo's key of facilities; VRIJPLEK_KEY gives another, as `vrijplek access`
    makes them.

    For example:

        vrijplek explain desk-12
    """
    running = Running.read(state)
    told = ask(running.http, f"/v1/spaces/{space}", key_of(state, "facilities"))
    console = Console()
    console.print(
        f"[bold]{told['id']}[/] is [bold]{told['state']}[/] since {told['since'] or 'the start'}, "
        f"probability of occupied {told['probability']}",
        highlight=False,
    )
    table = Table("source", "kind", "nats", "when", title="Evidence, strongest first")
    for reason in told["reasons"]:
        table.add_row(
            reason["source"], reason["kind"], f"{reason['nats']:+.2f}", reason.get("time") or ""
        )
    console.print(table)
