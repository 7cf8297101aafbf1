"""The `vrijplek` command: its subcommands, and how their errors are told."""

import os
import sys
from typing import Annotated

import structlog
import typer
from rich.console import Console

from ingest import crash_points
from vrijplek import __version__, logs
from vrijplek.commands.access import access
from vrijplek.commands.backup import backup, restore
from vrijplek.commands.board import board
from vrijplek.commands.calibrate import calibrate
from vrijplek.commands.check import check
from vrijplek.commands.decode import decode
from vrijplek.commands.demo import demo
from vrijplek.commands.devices import devices
from vrijplek.commands.doctor import doctor
from vrijplek.commands.evaluate import evaluate
from vrijplek.commands.explain import explain
from vrijplek.commands.migrate_history import migrate_history
from vrijplek.commands.replay import replay
from vrijplek.commands.run import run
from vrijplek.commands.simulate import simulate
from vrijplek.commands.trace import trace
from vrijplek.telling import EXPECTED, told

app = typer.Typer(
    name="vrijplek",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
for command in (
    demo,
    run,
    check,
    simulate,
    replay,
    decode,
    devices,
    trace,
    evaluate,
    explain,
    doctor,
    backup,
    migrate_history,
    restore,
):
    app.command(
        context_settings=PASSED_ON if command is simulate else None,
        add_help_option=command is not simulate,
        options_metavar="COMMAND [OPTIONS]" if command is simulate else "[OPTIONS]",
    )(command)
app.add_typer(access, name="access")
app.add_typer(board, name="board")
app.add_typer(calibrate, name="calibrate")


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"vrijplek {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_tell_version, is_eager=True, help="Tell the version and end."
    ),
]


@app.callback()
def vrijplek(version: VersionOption = False) -> None:  # noqa: FBT002 - typer's way
    """Which desks are free and where is my colleague, live, for offices with sensors.

    Start with `vrijplek demo`. Each command tells more with --help.
    """


def main() -> None:
    """Run the command line; errors end it with one clear text and an exit code."""
    logs.configure()
    crash_points.arm(os.environ.get("VRIJPLEK_CRASH_AT", ""))
    try:
        app()
    except EXPECTED as error:
        text, exit_code = told(error)
        _tell(text, exit_code)
        sys.exit(exit_code)
    finally:
        if logs.is_collected():
            logs.LOGGED.put()  # typer has put hooks of its own in their place


def _tell(text: str, exit_code: int) -> None:
    if logs.is_collected():
        structlog.get_logger(__name__).critical("ended", why=text, exit_code=exit_code)
        return
    Console(stderr=True).print(text, style="red", markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
