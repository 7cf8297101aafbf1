"""Each query of the dashboard, asked of a real InfluxDB that holds two days of aggregates."""

import json
from pathlib import Path

import pytest
from support.hall import hall
from support.influxd import Influxd

from occupancy.aggregate import QUARTER_MS, aggregates_at
from occupancy.point import aggregate_point
from occupancy.space import Kind
from occupancy.state import State
from occupancy.store.influx.server import Address
from occupancy.store.influx.store import InfluxStore, Place

FILE = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards" / "occupancy.json"
DASHBOARD = json.loads(FILE.read_text(encoding="utf-8"))
HALL = hall((0, 20, 20))
FROM_MS = 1_795_388_400_000
"""Monday 23 November 2026, midnight in Amsterdam."""
QUARTERS = 2 * 96


@pytest.fixture(scope="module")
def influxd(tmp_path_factory):
    """A server with two days: from 9 to 17 o'clock ten desks of each zone are taken."""
    server = Influxd(tmp_path_factory.mktemp("influxd"))
    store = InfluxStore(Address(server.url), {"aggregates": Place("a", 5_000 * 86_400)})
    desks = [desk.id for desk in HALL.of_kind(Kind.DESK)]
    for n in range(QUARTERS):
        is_day = 9 <= n % 96 // 4 < 17
        states = {
            desk: State.OCCUPIED if is_day and int(desk.rpartition("d")[2]) < 10 else State.FREE
            for desk in desks
        }
        told = aggregates_at(HALL, FROM_MS + n * QUARTER_MS, states)
        store.send("aggregates", [aggregate_point(one, HALL) for one in told])
    store.close()
    yield server
    server.close()


def asked(panel, area):
    """A panel's query as Grafana would send it."""
    [target] = panel["targets"]
    to_ms = FROM_MS + QUARTERS * QUARTER_MS
    return (
        target["query"]
        .replace("$timeFilter", f"time >= {FROM_MS}ms and time <= {to_ms}ms")
        .replace("$area", area)
        .replace("$__interval", "15m")
    )


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: str(panel["id"]))
def test_a_panel_shows_something(influxd, panel):
    """Its query is understood, and has rows."""
    assert influxd.ask(asked(panel, "f0-z1"), "a")


def test_the_first_panel_shows_free_and_occupied_desks(influxd):
    """Twenty free at night, ten and ten by day."""
    rows = influxd.ask(asked(DASHBOARD["panels"][0], "f0-z1"), "a")
    assert len(rows) == QUARTERS
    assert {tuple(counts) for _, *counts in rows} == {(20, 0), (10, 10)}


def test_hours_of_the_week_are_the_buildings(influxd):
    """Ten taken from 9 to 17 o'clock there, on Monday and Tuesday."""
    query = asked(DASHBOARD["panels"][2], "f0-z1")
    for weekday, hour, mean in (("1", "09", 10), ("2", "16", 10), ("1", "08", 0), ("2", "17", 0)):
        one = query.replace("WHERE", f"WHERE \"weekday\" = '{weekday}' AND \"hour\" = '{hour}' AND")
        assert [row[1] for row in influxd.ask(one, "a")] == [mean]


def test_areas_can_be_chosen(influxd):
    """By their ids."""
    [area] = DASHBOARD["templating"]["list"]
    assert {row[1] for row in influxd.ask(area["query"], "a")} == {"hq", "f0", "f0-z1", "f0-z2"}
