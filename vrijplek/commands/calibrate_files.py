"""What `vrijplek calibrate` does with the files of a state folder: copies of walks, spare tags."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.people.store import PeopleStore
from ingest.calibration import CalibrationStore
from ingest.spare_tags import SpareTags
from occupancy.calibration import Spare, Walk, faults
from occupancy.store.sqlite import open_database
from sensors.tag import tag_of
from vrijplek.commands.state import StateOption
from vrijplek.errors import CommandError, UsageError
from vrijplek.private import write_private

STATE = Path(".vrijplek")
NAME = re.compile(r"(?!own-)[a-z0-9][a-z0-9-]{0,30}")
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines, a walk a line.")]
NameOption = Annotated[
    str, typer.Option("--name", metavar="NAME", help="What it is called, such as badge-1.")
]


def export_walks(file: FileArgument, state: StateOption = STATE) -> None:
    """Write all walks into a file, for the one who made it alone. It names no person and no tag.

    For example:

        vrijplek calibrate export walks.jsonl
    """
    with _store(state) as store:
        lines = [msgspec.json.encode(walk) + b"\n" for walk in store.walks()]
    write_private(file, b"".join(lines))
    typer.echo(f"{len(lines)} walk(s) written")


def import_walks(file: FileArgument, state: StateOption = STATE) -> None:
    """Take walks from a file; those that are there already are left as they are.

    A running service learns from them within seconds.

    For example:

        vrijplek calibrate import walks.jsonl
    """
    walks = list(_walks_in(file))
    with _store(state) as store:
        added = sum(store.add(walk) for walk in walks)
    typer.echo(f"{added} walk(s) taken, {len(walks) - added} were there already")


def spare_tag(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Address of the tag; only its hash is kept.")
    ],
    name: NameOption = "badge-1",
    state: StateOption = STATE,
) -> None:
    """Set a tag aside for calibration. It must be nobody's, and is heard during walks alone.

    For example:

        vrijplek calibrate tag c3:00:00:00:00:2a --name badge-1
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"found the name {name!r}, expected small letters, digits and dashes, not own-..."
        )
    with _store(state) as store:
        people = PeopleStore(state / "people.sqlite")
        tag = tag_of(address, people.site_key)
        owner = people.register.owner_of(tag)
        people.close()
        if owner is not None:
            raise CommandError(
                f"found a tag of person {owner}, expected one that is nobody's: people walk with "
                "their own tags themselves"
            )
        SpareTags(store.connection).add(Spare(name, tag))
    typer.echo(f"{name} is set aside")


def untag(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a tag that was set aside.")],
    state: StateOption = STATE,
) -> None:
    """Set a tag aside no more; a walk with it ends within a second.

    For example:

        vrijplek calibrate untag badge-1
    """
    with _store(state) as store:
        spares = SpareTags(store.connection)
        names = ", ".join(spare.name for spare in spares.all()) or "none, as there is none"
        if not spares.remove(name):
            raise CommandError(f"found no tag {name!r} set aside, expected one of {names}")
    typer.echo(f"{name} is not set aside any more")


@contextmanager
def _store(state: Path) -> Iterator[CalibrationStore]:
    """The store of walks in a state folder.

    Raises:
        UsageError: If no service has run there: a typing mistake must not make one.
    """
    file = state / "vrijplek.sqlite"
    if not file.is_file():
        raise UsageError(
            f"found no vrijplek.sqlite in {state}, expected the state folder of a service that has "
            "run; name it with --state"
        )
    connection = open_database(file)
    try:
        yield CalibrationStore(connection)
    finally:
        connection.close()


def _walks_in(file: Path) -> Iterator[Walk]:
    """The walks of a file.

    Raises:
        CommandError: At the first line that is none.
    """
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            walk = msgspec.json.decode(line, type=Walk)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            told = f"{file}, line {number}: {error}; expected a walk of `vrijplek calibrate export`"
            raise CommandError(told) from error
        wrong = "; ".join(faults(walk))
        if wrong:
            raise CommandError(f"{file}, line {number}: {wrong}")
        yield walk
