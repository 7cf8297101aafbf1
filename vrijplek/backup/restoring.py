"""Restoring: a backup in the place of what a service kept, in one step, and undone by hand.

Everything is looked at before anything is changed. Knows no running service: the caller holds the
lock on the folder.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from api.people.database import VERSION as PEOPLE_VERSION
from ingest.journal import VERSION
from vrijplek.backup import label
from vrijplek.backup.aside import set_aside
from vrijplek.backup.copying import beside, check
from vrijplek.backup.label import Kind, Label, NoBackupError, reading
from vrijplek.backup.persons import Settled, settle
from vrijplek.erased import Erased, erased_in
from vrijplek.errors import UsageError
from vrijplek.seals import first_damage


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that is whole and of a version that this software reads."""

    file: Path
    label: Label


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done for one backup."""

    label: Label
    aside: Path | None
    """What was there before, None where nothing was."""
    settled: Settled | None = None
    """Of a backup of persons."""


def checked(files: Sequence[Path]) -> list[Checked]:
    """Backups, each read from end to end; those of places come first.

    Raises:
        UsageError: If a file can't be read, or two are of the same kind.
        NoBackupError: If one is none, damaged, or of another version.
    """
    found = [Checked(file, label.read(file)) for file in files]
    for one in found:
        _look(one)
    kinds = [one.label.kind for one in found]
    if len(set(kinds)) < len(kinds):
        raise UsageError("found two backups of the same kind, expected at most one of each")
    return sorted(found, key=lambda one: list(Kind).index(one.label.kind))


def _look(one: Checked) -> None:
    with reading(one.file) as connection:
        [(verdict,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise NoBackupError(one.file, f"a damaged database: {verdict.splitlines()[-1]}")
        version, newest = _versions(connection, one.label.kind)
        if version > newest:
            raise NoBackupError(
                one.file,
                f"database version {version} of software {one.label.software}, which is "
                f"newer than the {newest} of this one",
            )
        if one.label.kind is Kind.PLACES and (damage := first_damage(connection)):
            raise NoBackupError(one.file, f"a damaged database: {damage}")


def _versions(connection: sqlite3.Connection, kind: Kind) -> tuple[int, int]:
    """The version of a backup, and the newest that can be read."""
    if kind is Kind.PLACES:
        return int(connection.execute("PRAGMA user_version").fetchone()[0]), VERSION
    return int(connection.execute("SELECT version FROM schema_version").fetchone()[0]), (
        PEOPLE_VERSION
    )


def restore(one: Checked, state: Path, stamp: str) -> Restored:
    """Put a backup in its place, and what was there aside.

    Args:
        one: What was checked.
        state: The folder, of which the caller holds the lock.
        stamp: A date for the name of what is set aside.
    """
    target = state / one.label.kind.file
    settled = None
    with beside(target) as file:
        shutil.copyfile(one.file, file)
        with closing(sqlite3.connect(file, uri=True, isolation_level=None)) as connection:
            connection.execute(f"DROP TABLE {label.TABLE}")
            if one.label.kind is Kind.PLACES:
                Erased(connection).take(target)
            else:
                with erased_in(state) as erased:
                    settled = settle(connection, target, erased)
        check(file)
        aside = set_aside(target, stamp)
    return Restored(one.label, aside, settled)


def give_to_owner(state: Path) -> None:
    """As root, have all files belong to whom the folder does: the service runs as that user."""
    if os.geteuid() != 0:
        return
    owner = state.stat()
    for file in state.iterdir():
        if file.is_file() and not file.is_symlink() and file.stat().st_uid != owner.st_uid:
            os.chown(file, owner.st_uid, owner.st_gid)
