"""Seals: a checksum before what is kept, so that flipped bytes are found and never believed.

SQLite notices damage to its own structure, and none to what is inside a value.

Source: CRC-32 as in zlib; our choice, decision 0018.
"""

import sqlite3
import zlib

CRC_BYTES = 4
Rows = list[tuple[str, str]]


class DamagedError(Exception):
    """What is on disk is not what was written there.

    Args:
        where: Table and row, or what SQLite found.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(f"the database is damaged: {where}")


def sealed(body: bytes) -> bytes:
    """A body with its checksum before it.

    >>> opened(sealed(b"page"), "journal, row 1")
    b'page'
    """
    return zlib.crc32(body).to_bytes(CRC_BYTES) + body


def opened(kept: bytes, where: str) -> bytes:
    """The body again.

    Raises:
        DamagedError: If it is not what was sealed.
    """
    body = kept[CRC_BYTES:]
    if len(kept) < CRC_BYTES or zlib.crc32(body).to_bytes(CRC_BYTES) != kept[:CRC_BYTES]:
        raise DamagedError(f"{where} does not match its checksum")
    return body


def seal_all(connection: sqlite3.Connection, columns: Rows) -> None:
    """Seal what an earlier version kept without; inside the caller's transaction.

    Args:
        connection: Of the database.
        columns: Table and column of each, as the code names them.
    """
    connection.create_function("sealed", 1, sealed, deterministic=True)
    for table, column in columns:
        connection.execute(f"UPDATE {table} SET {column} = sealed({column})")  # noqa: S608 - ours
