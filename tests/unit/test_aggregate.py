"""Which areas are told of, and what is told of them."""

import sqlite3

import pytest
from support.hall import hall

from occupancy.aggregate import Aggregate, aggregates_at
from occupancy.point import AGGREGATE, aggregate_point
from occupancy.space import Kind
from occupancy.state import State
from occupancy.store.aggregates import KEPT_MS, DamagedAggregateError, SqliteAggregates
from occupancy.store.sqlite import open_database

AT_MS = 1_795_428_000_000
ZONE = Aggregate("f0-z1", Kind.ZONE, "f0", AT_MS, 12, 7, "<5", None, 0)


def all_free(building):
    return {desk.id: State.FREE for desk in building.of_kind(Kind.DESK)}


@pytest.fixture
def kept(tmp_path):
    """An empty table."""
    connection = open_database(tmp_path / "vrijplek.sqlite")
    yield SqliteAggregates(connection)
    connection.close()


def test_areas_of_five_desks_or_more_are_told_of():
    """Building, floors and zones; a zone of four is not, and no desk ever is."""
    building = hall((0, 5, 4), (3,))
    told = aggregates_at(building, AT_MS, all_free(building))
    assert [(one.area, one.kind, one.floor, one.desks) for one in told] == [
        ("hq", Kind.BUILDING, None, 12),
        ("f0", Kind.FLOOR, "f0", 9),
        ("f0-z1", Kind.ZONE, "f0", 5),
    ]
    assert {one.from_ms for one in told} == {AT_MS}


def test_each_state_has_its_count():
    """A desk of which nothing is known counts as unknown."""
    building = hall((0, 20))
    states = [State.FREE] * 5 + [State.OCCUPIED] * 5 + [State.AWAY] * 5
    known = dict(zip([d.id for d in building.of_kind(Kind.DESK)], states, strict=False))
    [zone] = [one for one in aggregates_at(building, AT_MS, known) if one.kind is Kind.ZONE]
    assert (zone.free, zone.occupied, zone.away, zone.unknown) == (5, 5, 5, 5)


def test_a_small_count_is_not_told_and_not_given_away():
    """One desk taken of a floor with one zone: neither the count nor what is left of the sum."""
    building = hall((0, 12))
    states = all_free(building) | {"f0-z1-d3": State.OCCUPIED}
    for one in aggregates_at(building, AT_MS, states):
        assert one.occupied == "<5"
        assert not isinstance(one.free, int)


def test_what_is_told_comes_back_as_it_was(kept):
    """Of one area, from the start of a period up to its end."""
    later = Aggregate("f0-z1", Kind.ZONE, "f0", AT_MS + 900_000, 12, 12, 0, 0, 0)
    other = Aggregate("hq", Kind.BUILDING, None, AT_MS, 12, 12, 0, 0, 0)
    kept.add([ZONE, other])
    kept.add([later])
    assert kept.aggregates("f0-z1", AT_MS, AT_MS + 900_001) == [ZONE, later]
    assert kept.aggregates("f0-z1", AT_MS, AT_MS + 900_000) == [ZONE]
    assert kept.aggregates("hq", 0, 2**53) == [other]
    assert kept.newest(0) == (later,)
    assert kept.newest(AT_MS + 900_001) == ()


def test_what_was_told_can_not_be_told_again(kept):
    """The table itself refuses a second answer for one area and quarter."""
    kept.add([ZONE])
    with pytest.raises(sqlite3.IntegrityError):
        kept.add([Aggregate("f0-z1", Kind.ZONE, "f0", AT_MS, 12, 12, 0, 0, 0)])
    assert kept.newest(0) == (ZONE,)


@pytest.mark.parametrize("change", ["free = 8", "away = '<5'", "occupied = NULL", "desks = 13"])
def test_an_aggregate_that_was_flipped_is_never_told(kept, change):
    """A checksum per row."""
    kept.add([ZONE])
    kept.connection.execute(f"UPDATE aggregates SET {change}")  # noqa: S608
    with pytest.raises(DamagedAggregateError, match="f0-z1"):
        kept.aggregates("f0-z1", 0, 2**53)
    with pytest.raises(DamagedAggregateError):
        kept.newest(0)


def test_aggregates_go_after_thirteen_months(kept):
    """Those of 396 days ago stay, older ones are deleted."""
    old = Aggregate("hq", Kind.BUILDING, None, AT_MS - KEPT_MS - 1, 12, 12, 0, 0, 0)
    kept.add([old, Aggregate("hq", Kind.BUILDING, None, AT_MS - KEPT_MS, 12, 12, 0, 0, 0)])
    kept.purge(AT_MS)
    assert [one.from_ms for one in kept.aggregates("hq", 0, 2**53)] == [AT_MS - KEPT_MS]


def test_a_point_has_no_field_for_a_count_that_is_not_told():
    """The counts from 1 to 4 are named in a text, those left out nowhere."""
    point = aggregate_point(ZONE, hall((0, 12)))
    assert (point.measurement, point.at_ms) == (AGGREGATE, AT_MS)
    assert point.tags == {
        "site": "hq",
        "area": "f0-z1",
        "kind": "zone",
        "floor": "f0",
        "weekday": "1",
        "hour": "11",
    }
    assert point.fields == {
        "desks": 12,
        "free": 7,
        "unknown": 0,
        "few": "occupied",
        "suppressed": True,
    }


def test_a_point_of_all_counts_says_that_nothing_is_left_out():
    """And the building lies on no floor."""
    told = Aggregate("hq", Kind.BUILDING, None, AT_MS, 12, 6, 6, 0, 0)
    point = aggregate_point(told, hall((0, 12)))
    assert "floor" not in point.tags
    assert (point.fields["few"], point.fields["suppressed"]) == ("", False)
