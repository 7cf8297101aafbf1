"""What is told of a quarter is on its way to another store with the same commit."""

import sqlite3
from dataclasses import replace

import pytest
from support.clock import ManualClock
from support.hall import hall
from support.office import START_MS
from support.service import Ingest

from ingest.outbox import Outbox
from occupancy.aggregate import QUARTER_MS
from occupancy.closing import GRACE_MS
from occupancy.point import aggregate_point
from occupancy.store.aggregates import SqliteAggregates
from vrijplek.aggregation import aggregate
from vrijplek.disk import Disk
from vrijplek.settings import InfluxSettings
from vrijplek.storing import AGGREGATES, Storing

HALL = hall((0, 12))
FIRST_MS = -(-START_MS // QUARTER_MS) * QUARTER_MS


@pytest.fixture
def disk(tmp_path):
    """The database of a service."""
    opened = Disk.opened(tmp_path / "vrijplek.sqlite")
    yield opened
    opened.close()


def telling(disk, settings):
    """A pipeline on that database with these settings, a minute before a quarter begins."""
    clock = ManualClock()
    clock.ms = FIRST_MS - 60_000
    ingest = Ingest(disk.database, clock, HALL)
    same = replace(disk, writer=ingest.connection)
    post = Storing.of(settings, same, clock.now_ms).post(HALL)
    aggregate(ingest.pipeline, ingest.history, SqliteAggregates(ingest.connection), post)
    return ingest


def waiting(disk):
    """The points of aggregates in the outbox."""
    return [parcel.point for parcel in Outbox(disk.beside).oldest(AGGREGATES, 100)]


@pytest.fixture
def shipping(disk):
    """One with an InfluxDB."""
    ingest = telling(disk, InfluxSettings(url="http://127.0.0.1:1"))
    yield ingest
    ingest.connection.close()


def test_what_is_told_is_posted(shipping, disk):
    """Each area of the quarter as the point that it is, once."""
    shipping.wait((GRACE_MS + 120_000) / 1000)
    told = {one.area: one for one in disk.told.newest(0)}
    assert {one.from_ms for one in told.values()} == {FIRST_MS}
    expected = [aggregate_point(told[area], HALL) for area in ("hq", "f0", "f0-z1")]
    assert waiting(disk) == expected


def test_what_was_not_committed_is_not_posted(shipping, disk):
    """Neither is there without the other."""
    shipping.wait((GRACE_MS + 59_000) / 1000)
    shipping.journal.broken = True
    shipping.clock.wait(1)
    with pytest.raises(sqlite3.OperationalError):
        shipping.pipeline.round([], shipping.clock.now_ms())
    assert disk.told.newest(0) == ()
    assert waiting(disk) == []


def test_without_another_store_nothing_is_posted(disk):
    """The embedded store has it all the same."""
    ingest = telling(disk, None)
    ingest.wait((GRACE_MS + 120_000) / 1000)
    assert len(disk.told.newest(0)) == 3
    assert waiting(disk) == []
    ingest.connection.close()
