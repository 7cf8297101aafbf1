"""A state folder for the doctor to look at, and what to do with it."""

import sqlite3

from support.clock import ManualClock
from support.office import START_MS
from support.service import Ingest
from support.speaker import motion, readings


def sql(state, *statements, file="vrijplek.sqlite"):
    """Change a database by hand."""
    with sqlite3.connect(state / file) as connection:
        for statement in statements:
            connection.execute(*([statement] if isinstance(statement, str) else statement))
    connection.close()


def the_wrong_of(found):
    """The only finding that is not well; it says everything."""
    [wrong] = [one for one in found if not one.is_well]
    assert all((wrong.what, wrong.found, wrong.expected, wrong.mend))
    return wrong


def well(folder):
    """A state folder with a database that is well, as of `START_MS`."""
    made = folder / "kept"
    made.mkdir(mode=0o700)
    ingest = Ingest(made / "vrijplek.sqlite", ManualClock())
    ingest.hear(readings("d1", motion(), at_ms=START_MS))
    ingest.connection.close()
    return made
