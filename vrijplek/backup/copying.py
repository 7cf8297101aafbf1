"""Copying: a whole and consistent copy of a database that others write meanwhile.

Rows are copied, not pages, so that what must not be in a backup is never written into one, and
nothing that was deleted is in the slack of a page. All is read at one moment: in WAL mode a reader
holds up no writer and a writer no reader.

Source: https://sqlite.org/isolation.html, and decision 0019.
"""

import glob
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from ingest.seal import DamagedError, opened, sealed
from occupancy.snapshot import without_tags
from vrijplek.backup import label
from vrijplek.backup.label import Kind, Label
from vrijplek.errors import CommandError

LEFT_OUT = {
    Kind.PLACES: frozenset({"sightings", "spare_tag", "snapshot"}),
    Kind.PEOPLE: frozenset({"session", "ticket"}),
}
"""Tables that are not copied as they are: whereabouts, tags, and what signs a browser in."""
INSTRUCTIONS = 100_000
"""Of SQLite between two looks at how far it is."""
Progress = Callable[[float], None]
"""Called now and then with the part that is done, from 0 to 1."""


def copy(source: Path, target: Path, stamp: Label, progress: Progress) -> None:
    """Write a backup of a database, for its owner alone, as a whole or not at all.

    Args:
        source: The database of a service, which may run.
        target: Where the copy goes; its folder is there. What is there is replaced.
        stamp: What to write on it.
        progress: Told how far it is.

    Raises:
        CommandError: If the source is damaged, or the copy can't be read back.
        sqlite3.Error: If the source can't be read, or the disk is full.
    """
    with beside(target) as file:
        with closing(_both(source, file)) as connection:
            _show(connection, source, file, progress)
            with _interruptible():
                _copy_all(connection, stamp)
            connection.set_progress_handler(None, 0)
        check(file)
    progress(1.0)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A new file for its owner alone, put in the place of another once the block has ended well.

    It is on disk before it has its name, and so is the name.
    """
    _clear(target)
    file = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield file
        _sync(file)
        file.replace(target)
        _sync(target.parent)
    finally:
        file.unlink(missing_ok=True)


def _clear(target: Path) -> None:
    """Take away what a process has left that was killed in the midst of this."""
    undated = target.name.partition("-")[0]
    for file in target.parent.glob(f".{glob.escape(undated)}*"):
        pid = file.suffix.removeprefix(".").partition("-")[0]
        if pid.isdigit() and (int(pid) == os.getpid() or not _lives(int(pid))):
            file.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, which ends a query by way of what looks how far it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise KeyboardInterrupt from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(file: Path) -> None:
    """Read a database from end to end.

    Raises:
        CommandError: If SQLite finds anything wrong with it.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if rows != [("ok",)]:
        raise CommandError(f"the copy is damaged: {rows[0][0]}; is the disk sound? Try another")


def _both(source: Path, target: Path) -> sqlite3.Connection:
    """A connection to the copy, with the source attached to be read."""
    connection = sqlite3.connect(target, uri=True, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?mode=ro",))
    return connection


def _copy_all(connection: sqlite3.Connection, stamp: Label) -> None:
    connection.execute("BEGIN")
    tables = connection.execute(
        "SELECT name, sql FROM source.sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite_%' AND name <> ? ORDER BY rowid",
        (label.TABLE,),
    ).fetchall()
    for name, sql in tables:
        connection.execute(sql)
        if name not in LEFT_OUT[stamp.kind]:
            connection.execute(f'INSERT INTO main."{name}" SELECT * FROM source."{name}"')  # noqa: S608
    _copy_counters(connection)
    if any(name == "snapshot" for name, _ in tables):
        _copy_snapshot(connection)
    for (sql,) in connection.execute(
        "SELECT sql FROM source.sqlite_master WHERE type IN ('index', 'trigger', 'view')"
        " AND sql IS NOT NULL ORDER BY rowid"
    ).fetchall():
        connection.execute(sql)
    label.write(connection, stamp)
    [(version,)] = connection.execute("PRAGMA source.user_version").fetchall()
    connection.execute(f"PRAGMA main.user_version = {int(version)}")
    connection.execute("COMMIT")


def _copy_snapshot(connection: sqlite3.Connection) -> None:
    """Without any tag; one of another version or a damaged one is left, and the journal folded."""
    row = connection.execute(
        "SELECT journal_id, at_ms, memory, estimator FROM source.snapshot"
    ).fetchone()
    if row is None:
        return
    with suppress(DamagedError, msgspec.DecodeError):
        *others, estimator = row
        kept = sealed(without_tags(opened(estimator, "the snapshot")))
        connection.execute("INSERT INTO main.snapshot VALUES (1, ?, ?, ?, ?)", (*others, kept))


def _copy_counters(connection: sqlite3.Connection) -> None:
    """The highest number that a table ever gave, which must not be given twice."""
    query = "SELECT 1 FROM source.sqlite_master WHERE name = 'sqlite_sequence'"
    if connection.execute(query).fetchone():
        connection.execute("DELETE FROM main.sqlite_sequence")
        connection.execute("INSERT INTO main.sqlite_sequence SELECT * FROM source.sqlite_sequence")


def _show(connection: sqlite3.Connection, source: Path, target: Path, progress: Progress) -> None:
    """Tell how far it is by the size of the copy."""
    whole = max(source.stat().st_size, 1)

    def look() -> int:
        progress(min(target.stat().st_size / whole, 0.99))
        return 0

    connection.set_progress_handler(look, INSTRUCTIONS)
