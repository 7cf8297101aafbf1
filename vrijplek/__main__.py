"""The `vrijplek` command: its subcommands, and how their errors are told."""

import os
import sqlite3
import sys
from typing import Annotated

import typer
from rich.console import Console

from api.finder import GateClosedError
from api.people.database import OtherVersionError
from ingest import crash_points
from ingest.journal import NewerDatabaseError
from ingest.seal import DamagedError
from vrijplek import __version__, logs
from vrijplek.building import BuildingError
from vrijplek.commands.access import access
from vrijplek.commands.calibrate import calibrate
from vrijplek.commands.check import check
from vrijplek.commands.decode import decode
from vrijplek.commands.demo import demo
from vrijplek.commands.doctor import doctor
from vrijplek.commands.evaluate import evaluate
from vrijplek.commands.explain import explain
from vrijplek.commands.replay import replay
from vrijplek.commands.run import run
from vrijplek.commands.simulate import simulate
from vrijplek.errors import EXIT_PROBLEMS, EXIT_USAGE, CommandError, FileProblemsError

app = typer.Typer(
    name="vrijplek",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
for command in (demo, run, check, simulate, replay, decode, evaluate, explain, doctor):
    app.command(
        context_settings=PASSED_ON if command is simulate else None,
        add_help_option=command is not simulate,
        options_metavar="COMMAND [OPTIONS]" if command is simulate else "[OPTIONS]",
    )(command)
app.add_typer(access, name="access")
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
    errors = Console(stderr=True)
    try:
        app()
    except (FileProblemsError, BuildingError) as error:
        errors.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_PROBLEMS)
    except CommandError as error:
        errors.print(f"vrijplek: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except (GateClosedError, OtherVersionError) as error:
        errors.print(f"vrijplek: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_PROBLEMS)
    except DamagedError as error:
        told = (
            f"vrijplek: {error}; nothing was changed. Put a backup in its place, or move the file "
            "aside: states then begin as unknown, and boards send what was not acknowledged"
        )
        errors.print(told, style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_PROBLEMS)
    except NewerDatabaseError as error:
        told = f"vrijplek: {error}; start the version that made it, or put a backup in its place"
        errors.print(told, style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_PROBLEMS)
    except sqlite3.Error as error:
        told = f"vrijplek: the database can't be used: {error}; `vrijplek doctor` looks at it"
        errors.print(told, style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_PROBLEMS)
    except OSError as error:
        if error.filename is None:
            raise
        told = f"vrijplek: {error.filename}: {error.strerror or error}"
        errors.print(told, style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_USAGE)


if __name__ == "__main__":
    main()
