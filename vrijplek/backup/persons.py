"""Persons who come back by a backup: only who was not erased since, and nobody is found unasked.

What somebody withdrew after the backup was made stays withdrawn. Where the present file can be read
and is of the same site, it knows; where not, everyone is asked again.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from occupancy.store.sqlite import open_database
from vrijplek.erased import Erased

SITE_KEY = "SELECT value FROM {schema}.secret WHERE name = 'site_key'"
AS_NOW = (
    "DELETE FROM main.person WHERE id NOT IN (SELECT id FROM present.person)",
    "DELETE FROM main.tag WHERE (tag, person) NOT IN (SELECT tag, person FROM present.tag)",
    "DELETE FROM main.key WHERE hash NOT IN (SELECT hash FROM present.key)",
    """UPDATE main.person SET (visible, precision, invisible_until_ms) = (
        SELECT visible, precision, invisible_until_ms FROM present.person AS now
        WHERE now.id = main.person.id
    )""",
    "INSERT OR IGNORE INTO main.audit SELECT * FROM present.audit",
)
"""What the present file knows better."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the persons of a backup."""

    persons: int
    """Who came back."""
    left_out: int
    """Who was removed since."""
    is_known: bool
    """Whether the present file could tell what was withdrawn since."""


def settle(connection: sqlite3.Connection, present: Path, erased: Erased) -> Settled:
    """Leave out of a copy of a backup what must not come back.

    Args:
        connection: To the copy, in autocommit mode.
        present: The file that it will take the place of.
        erased: Who was removed.
    """
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    before = _persons(connection)
    for (person,) in connection.execute("SELECT id FROM person").fetchall():
        if person in erased:
            connection.execute("DELETE FROM person WHERE id = ?", (person,))
    is_known = _is_of_this_site(connection, present)
    if is_known:
        for statement in AS_NOW:
            connection.execute(statement)
        connection.execute("DETACH present")
    else:
        connection.execute("UPDATE person SET visible = 0")
    after = _persons(connection)
    return Settled(after, before - after, is_known)


def _is_of_this_site(connection: sqlite3.Connection, present: Path) -> bool:
    """Whether the present file can be read and has the same site key; if so it is attached."""
    if not present.exists():
        return False
    try:
        with closing(open_database(present, read_only=True)) as looked:
            [(verdict,)] = looked.execute("PRAGMA quick_check(1)").fetchall()
            key = looked.execute(SITE_KEY.format(schema="main")).fetchone()
    except sqlite3.Error:
        return False
    own = connection.execute(SITE_KEY.format(schema="main")).fetchone()
    if verdict != "ok" or key != own:
        return False
    connection.execute("ATTACH ? AS present", (f"{present.absolute().as_uri()}?mode=ro",))
    return True


def _persons(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM person").fetchone()[0])
