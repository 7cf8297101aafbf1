"""The database of the people store: one SQLite file, readable by its owner alone.

Owns the connection, the schema and its version. Knows no person.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VERSION = 2
"""Of the schema; a file of a later version is refused."""

SCHEMA = """
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    visible INTEGER NOT NULL DEFAULT 0,
    precision TEXT NOT NULL DEFAULT 'zone',
    invisible_until_ms INTEGER
) STRICT;
CREATE TABLE tag (
    tag TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE
) STRICT;
CREATE TABLE key (
    hash BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person TEXT REFERENCES person ON DELETE CASCADE,
    screen TEXT,
    floor TEXT,
    created_ms INTEGER NOT NULL,
    CHECK ((person IS NULL) <> (screen IS NULL))
) STRICT;
CREATE TABLE session (
    hash BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE ticket (
    hash BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    whom TEXT NOT NULL,
    purpose TEXT NOT NULL,
    answer TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_whom ON audit (whom, id);
"""
"""Version 1, with which every file begins."""
STEPS = {
    2: """
CREATE TABLE irk (
    tag TEXT PRIMARY KEY REFERENCES tag ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE bind_key (address TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
""",
}
"""What makes each later version of the one before it."""

Value = str | int | bytes | None


class OtherVersionError(Exception):
    """The file was made by a later version of the software."""

    def __init__(self, path: Path, version: int) -> None:
        self.path, self.version = path, version
        super().__init__(
            f"found schema version {version} in {path.name}, expected at most {VERSION}"
        )


class Database:
    """One connection for all threads, each use of it on its own.

    Args:
        path: Of the file; made with mode 0600 where there is none.

    Raises:
        OtherVersionError: If the file has a later schema.
    """

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "foreign_keys = ON",
            "busy_timeout = 5000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._migrate(path)
        self._seen = self._data_version()

    def _migrate(self, path: Path) -> None:
        """Make the file, or bring an older one to this version, in one transaction."""
        with self.transaction() as connection:
            known = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'"
            ).fetchone()
            if known is None:
                _run(connection, SCHEMA)
                connection.execute("INSERT INTO schema_version VALUES (1)")
            (found,) = connection.execute("SELECT version FROM schema_version").fetchone()
            for version in range(found + 1, VERSION + 1):
                _run(connection, STEPS[version])
                connection.execute("UPDATE schema_version SET version = ?", (version,))
        if found > VERSION:
            self._connection.close()
            raise OtherVersionError(path, found)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk once the block is left."""
        with self.lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        """The rows that a query finds."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked; never waits."""
        if not self.lock.acquire(blocking=False):
            return False
        try:
            now = self._data_version()
        finally:
            self.lock.release()
        before, self._seen = self._seen, now
        return before != now

    def _data_version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def truncate_log(self) -> None:
        """Empties the write-ahead log, so that nothing deleted lingers in it."""
        with self.lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Closes the file."""
        with self.lock:
            self._connection.close()


def _run(connection: sqlite3.Connection, statements: str) -> None:
    """One by one: a script would end the transaction."""
    for statement in statements.split(";"):
        connection.execute(statement)
