"""`vrijplek doctor`: what is wrong with this machine or service, and how to mend it."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vrijplek.commands.state import StateOption
from vrijplek.doctor.checks import examine
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient
from vrijplek.doctor.service import metrics_of
from vrijplek.errors import CommandError
from vrijplek.running import Running
from vrijplek.settings import Settings, read_settings

STATE = Path(".vrijplek")


def doctor(
    state: StateOption = STATE,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The settings, to be looked at too; they name a folder."),
    ] = None,
    as_json: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--json", help="For programs: a list of findings.")
    ] = False,
) -> None:
    """Look at this machine and at the service in a state folder; say what is wrong and its mend.

    Exit code 0 when all is well, 1 when something needs mending. Changes nothing, and tells no
    secret.

    For example:

        vrijplek doctor --state /var/lib/vrijplek
        vrijplek doctor --config vrijplek.yaml --json
    """
    findings = tuple(examine(_patient(state, config)))
    if as_json:
        typer.echo(json.dumps([_facts(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


def _patient(state: Path, config: Path | None) -> Patient:
    settings, why_not = _settings(config)
    if settings is not None and state == STATE:
        state = settings.state
    try:
        metrics = metrics_of(Running.read(state).http)
    except CommandError:
        metrics = {}
    wall_ms = time.time_ns() // 1_000_000
    return Patient(state, wall_ms, config, settings, why_not, metrics)


def _settings(config: Path | None) -> tuple[Settings | None, str]:
    if config is None:
        return None, ""
    try:
        return read_settings(config), ""
    except CommandError as error:
        return None, str(error)
    except OSError as error:
        return None, f"{config}: {error.strerror or error}"


def _facts(finding: Finding) -> dict[str, str | bool]:
    return {
        "what": finding.what,
        "well": finding.is_well,
        "found": finding.found,
        "expected": finding.expected,
        "mend": finding.mend,
    }


def _print(findings: tuple[Finding, ...]) -> None:
    table = Table("", "what", "found", "expected", "how to mend it")
    for one in findings:
        sign = "[green]ok[/]" if one.is_well else "[red]wrong[/]"
        table.add_row(sign, *map(escape, (one.what, one.found, one.expected, one.mend)))
    Console().print(table)
