"""`vrijplek doctor`: what is wrong with this machine or service, and how to mend it."""

import contextlib
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from vrijplek.commands.ask import ask
from vrijplek.commands.state import StateOption
from vrijplek.errors import CommandError
from vrijplek.running import Running


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    is_well: bool
    mend: str = ""
    """What to do where it is not well."""


def doctor(state: StateOption = Path(".vrijplek")) -> None:
    """Look at this machine and at the service in a state folder; say what is wrong and its mend.

    Exit code 0 when all is well, 1 when something needs mending.

    For example:

        vrijplek doctor --state /var/lib/vrijplek
    """
    findings = [*_machine(), *_folder(state), *_service(state)]
    table = Table("", "what", "found", "how to mend it")
    for finding in findings:
        sign = "[green]ok[/]" if finding.is_well else "[red]wrong[/]"
        table.add_row(sign, finding.what, finding.found, "" if finding.is_well else finding.mend)
    Console().print(table)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", version, sys.version_info >= (3, 11), "install Python 3.11 or later")
    found = shutil.which("mosquitto")
    told = found or "no mosquitto: a demo uses the embedded broker"
    yield Finding("broker program", told, is_well=True)


def _folder(state: Path) -> Iterator[Finding]:
    database = state / "vrijplek.sqlite"
    if not database.exists():
        yield Finding("state folder", f"nothing in {state} yet", is_well=True)
        return
    yield Finding("state folder", str(state), is_well=True)
    for name in ("vrijplek.sqlite", "people.sqlite"):
        verdict = _integrity(state / name)
        mend = "stop the service, restore this file from a backup, start it again"
        yield Finding(name, verdict, verdict == "ok", mend)


def _integrity(file: Path) -> str:
    try:
        uri = f"{file.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)


def _service(state: Path) -> Iterator[Finding]:
    try:
        running = Running.read(state)
    except CommandError:
        yield Finding("service", "none has run in this folder", is_well=True)
        return
    start = "start it: vrijplek demo, or vrijplek run --config FILE"
    try:
        ask(running.http, "/healthz", "")
    except CommandError as error:
        yield Finding("service", str(error), is_well=False, mend=start)
        return
    yield Finding("service", f"answers at {running.http}", is_well=True)
    try:
        ask(running.http, "/readyz", "")
        yield Finding("readiness", "ready", is_well=True)
    except CommandError as error:
        yield Finding("readiness", str(error), is_well=False, mend="look at the service's log")
    yield _broker(running)


def _broker(running: Running) -> Finding:
    where = f"{running.broker} on {running.broker_host}:{running.broker_port}"
    try:
        socket.create_connection((running.broker_host, running.broker_port), timeout=2).close()
    except OSError as error:
        return Finding("broker", f"{where}: {error}", is_well=False, mend="start the broker again")
    return Finding("broker", where, is_well=True)
