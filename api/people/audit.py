"""The audit: who looked up whom. Written before the answer is given, read by whom it is about."""

from typing import cast

import msgspec

from api.people.database import Database

KEPT_MS = 365 * 24 * 3_600_000
"""A look-up is kept for twelve months (docs/privacy.md)."""
MOST_ROWS = 1000
"""Of one answer."""


class Lookup(msgspec.Struct, frozen=True):
    """That one person looked up another."""

    at_ms: int
    who: str
    """Id of the person who asked."""
    whom: str
    """Id of the person asked about."""
    purpose: str
    answer: str
    """Its kind, never its content: `building`, `floor`, `zone`, `room` or `unknown`."""


class Audit:
    """The look-ups of persons.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, lookup: Lookup) -> None:
        """Puts a look-up on disk; on return it is there.

        Raises:
            sqlite3.Error: If it can't be written, so that the look-up must not be answered.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO audit (at_ms, who, whom, purpose, answer) VALUES (?, ?, ?, ?, ?)",
                msgspec.structs.astuple(lookup),
            )

    def purge(self, now_ms: int) -> None:
        """Deletes look-ups that are past their time."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM audit WHERE at_ms < ?", (now_ms - KEPT_MS,))

    def about(self, person_id: str) -> list[Lookup]:
        """The newest look-ups of one person, newest first."""
        rows = self._database.rows(
            "SELECT at_ms, who, whom, purpose, answer FROM audit WHERE whom = ?"
            " ORDER BY id DESC LIMIT ?",
            (person_id, MOST_ROWS),
        )
        return [Lookup(*cast("tuple[int, str, str, str, str]", row)) for row in rows]
