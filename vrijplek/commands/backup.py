"""`vrijplek backup` and `vrijplek restore`: copies of what a service keeps, and back."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from vrijplek import __version__
from vrijplek.backup import copying, label
from vrijplek.backup.label import Kind, Label, NoBackupError
from vrijplek.backup.restoring import Restored, checked, give_to_owner
from vrijplek.backup.restoring import restore as put_back
from vrijplek.commands.state import StateOption
from vrijplek.errors import UsageError
from vrijplek.lock import StateLock

STATE = Path(".vrijplek")
OPEN = (
    "It holds personal data and the key that makes tags, and is not encrypted: encrypt it, for "
    "example by `age` or `gpg`, and delete it within 30 days"
)

SINCE = (
    "  what came since: boards send again what they still hold, the rest shows as gaps;\n"
    "  transitions of that time are gone; spare tags have to be set aside anew"
)
WITHDRAWN = (
    "  what was withdrawn since can't be known: everyone has to opt in again,\n"
    "  and keys revoked since work again: see `vrijplek access list`"
)


def backup(
    place: Annotated[Path, typer.Argument(metavar="PLACE", help="A folder, or the file to write.")],
    people: Annotated[
        Path | None,
        typer.Option(metavar="PLACE", help="Copy people.sqlite too, there; personal data."),
    ] = None,
    state: StateOption = STATE,
) -> None:
    """Copy journal, history and walks into one file, while the service runs or not.

    The copy is whole and of one moment, names no person and no tag, and is read from end to end
    before it gets its name. In a folder its name is the date. A file that is there is replaced only
    if it is an earlier backup.

    For example:

        vrijplek backup /srv/backup --state /var/lib/vrijplek
        vrijplek backup places.sqlite --people persons.sqlite
    """
    now_ms = time.time_ns() // 1_000_000
    places = {Kind.PLACES: place} | ({Kind.PEOPLE: people} if people else {})
    sources = {kind: _source(state, kind) for kind in places}
    targets = {kind: _target(given, kind, now_ms) for kind, given in places.items()}
    if len(set(targets.values())) < len(targets):
        raise UsageError("found one file for both, expected a file for each, or a folder")
    for kind, target in targets.items():
        with _bar() as bar:
            task = bar.add_task(kind.file, total=1.0)
            copying.copy(
                sources[kind],
                target,
                Label(kind, now_ms, __version__),
                lambda done, bar=bar, task=task: bar.update(task, completed=done),  # type: ignore[misc]
            )
        typer.echo(f"{target}  {target.stat().st_size / 1e6:.1f} MB")
    if people:
        typer.echo(OPEN, err=True)


def restore(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="What `vrijplek backup` has written.")
    ],
    state: StateOption = STATE,
) -> None:
    """Put backups in the place of what a service kept, which must not run.

    All files are looked at before anything changes. What was there is kept beside it under a dated
    name. Persons who were removed since do not come back.

    For example:

        vrijplek restore places.sqlite --state /var/lib/vrijplek
        vrijplek restore places.sqlite persons.sqlite
    """
    found = checked(files)
    lock = StateLock(state)
    try:
        stamp = _stamp(time.time_ns() // 1_000_000)
        for one in found:
            _tell(put_back(one, state, stamp), state)
    finally:
        give_to_owner(state)
        lock.release()


def _source(state: Path, kind: Kind) -> Path:
    file = state / kind.file
    if not file.is_file():
        raise UsageError(
            f"found no {kind.file} in {state}, expected the state folder of a service that has "
            "run; name it with --state"
        )
    return file


def _target(given: Path, kind: Kind, now_ms: int) -> Path:
    """The file to write, which is none yet, or an earlier backup of this kind."""
    target = given / f"{kind.value}-{_stamp(now_ms)}.sqlite" if given.is_dir() else given
    if not target.parent.is_dir():
        raise UsageError(f"found no folder {target.parent}, expected one for the copy")
    if target.exists():
        try:
            found = label.read(target).kind
        except NoBackupError:
            found = None
        if found is not kind:
            told = f"{target} is there and no backup of {kind.file}; name another file"
            raise UsageError(told)
    return target


def _stamp(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def _tell(done: Restored, state: Path) -> None:
    made = datetime.fromtimestamp(done.label.made_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    typer.echo(f"{done.label.kind.file} in {state} is what it was at {made}")
    if done.aside is not None:
        typer.echo(f"  what was there is {done.aside}; delete it when all is well")
    if done.label.kind is Kind.PLACES:
        typer.echo("  what came since: boards send again what they still hold, the rest shows as")
        typer.echo(
            "  gaps; transitions of that time are gone; spare tags have to be set aside anew"
        )
    if (settled := done.settled) is not None:
        typer.echo(f"  {settled.persons} person(s), {settled.left_out} removed since left out")
        if not settled.is_known:
            typer.echo(
                "  what was withdrawn since can't be known: everyone has to opt in again, and"
            )
            typer.echo("  keys revoked since work again: see `vrijplek access list`")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
