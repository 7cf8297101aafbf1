"""Soundness: what is looked at before a database is believed.

A log that was left behind is first written into the file, and that has to succeed: after a sync
that failed, a later success does not prove that what came before it is on disk.

Source: Rebello and others, "Can Applications Recover from fsync Failures?", USENIX ATC 2020; our
choice, decision 0018.
"""

import sqlite3
import time
from collections.abc import Callable

import structlog

from ingest.seal import DamagedError

log = structlog.get_logger(__name__)

CHECK_S = 2.0
"""A check of the whole file may take so long at a start; a larger file is left to the doctor."""
STEPS = 10_000
"""Instructions of SQLite between two looks at the clock."""


def make_sure(
    connection: sqlite3.Connection,
    check_s: float = CHECK_S,
    clock_s: Callable[[], float] = time.monotonic,
) -> bool:
    """Write the log into the file, then check the file's structure; whether all was checked.

    Raises:
        DamagedError: If the structure is broken.
        sqlite3.OperationalError: If the log can't be written into the file.
    """
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    end_s = clock_s() + check_s
    connection.set_progress_handler(lambda: clock_s() > end_s, STEPS)
    try:
        [(found,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        log.info("the database is too large to be checked at the start; doctor checks it")
        return False
    except sqlite3.DatabaseError as error:
        raise DamagedError(str(error)) from error
    finally:
        connection.set_progress_handler(None, 0)
    if found != "ok":
        raise DamagedError(str(found).splitlines()[-1])
    return True
