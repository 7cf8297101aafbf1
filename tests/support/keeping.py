"""A state folder with something of everything in it, and what to do with it."""

import sqlite3

from support.clock import ManualClock
from support.office import BADGE_ADDRESS, START_MS
from support.service import Ingest
from support.speaker import UP_MS, motion, readings

from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from ingest.spare_tags import SpareTags
from occupancy.calibration import Spare
from occupancy.snapshot import thawed
from sensors.tag import tag_of

SHOWN = Visibility(True, Precision.ROOM)


def say(clock, board, *parts, seq):
    """A message composed and received now."""
    up = UP_MS + clock.ms - START_MS
    return readings(board, *parts, seq=seq, up=up, at_ms=clock.ms)


def scanned():
    """A badge heard."""
    return {"kind": "sightings", "sensor": "ble", "heard": [[BADGE_ADDRESS, -50]]}


def rows(file, query, *values):
    """What a query finds in a file."""
    with sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True) as connection:
        found = connection.execute(query, values).fetchall()
    connection.close()
    return found


def killed(folder):
    """A state folder, of a service that was killed while it followed a badge."""
    state = folder / "kept"
    state.mkdir(mode=0o700)
    clock = ManualClock()
    ingest = Ingest(state / "vrijplek.sqlite", clock)
    ingest.hear(say(clock, "d1", motion(), seq=0))
    for seq in range(4):
        ingest.wait(1)
        ingest.hear(say(clock, "r1", scanned(), seq=seq))
    ingest.wait(60)
    ingest.hear(say(clock, "r1", scanned(), seq=4))
    assert ingest.rows("sightings") > 0
    assert thawed(ingest.journal.snapshot().estimator).tracks
    SpareTags(ingest.connection).add(Spare("badge-1", tag_of("c3:00:00:00:00:99", b"k" * 32)))
    ingest.connection.close()
    people = PeopleStore(state / "people.sqlite")
    for number, name in enumerate(("ada", "wim")):
        people.register.add(f"Invented {name}", visibility=SHOWN, person_id=name)
        people.register.enrol(name, tag_of(f"c3:00:00:00:00:0{number}", people.site_key))
    people.keys.for_person("ada", START_MS)
    people.sessions.ticket("ada", START_MS)
    people.close()
    return state
