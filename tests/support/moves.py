"""Invented transitions, and an outbox that has some to ship."""

from pathlib import Path

from support.office import OFFICE, START_MS

from ingest.outbox import Outbox
from ingest.transaction import transaction
from occupancy.evidence import BADGE, Evidence
from occupancy.point import TRANSITIONS, transition_point
from occupancy.state import State
from occupancy.store.sqlite import open_database
from occupancy.transition import Transition

REASONS = (Evidence("d1/pir", "motion", 3.0, 1_000), Evidence(BADGE, "badge", 1.25, None))


def move(event_ms=START_MS, after=State.OCCUPIED, space="desk-1", before=State.FREE, **more):
    """A transition."""
    return Transition(space, before, after, event_ms, 0.9, REASONS, **more)


def moves(count, space="desk-1", start_ms=START_MS):
    """A desk that is taken and left, a second apart."""
    states = (State.FREE, State.OCCUPIED)
    return [
        move(start_ms + 1000 * i, states[(i + 1) % 2], space, states[i % 2]) for i in range(count)
    ]


def outbox_in(file, **more):
    """An outbox on a file, or on another connection to one."""
    return Outbox(open_database(Path(file)), **more)


def points(said, building=OFFICE):
    """Transitions as points."""
    return [transition_point(one, building) for one in said]


def post(outbox, said, stream=TRANSITIONS, at_ms=START_MS):
    """Transitions in the outbox as points, committed."""
    with transaction(outbox.connection):
        outbox.post(stream, points(said), at_ms)
