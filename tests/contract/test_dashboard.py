"""The dashboard for Grafana names only what an aggregate's point has."""

import json
import re
from pathlib import Path

import yaml
from support.hall import hall

from occupancy.aggregate import aggregates_at
from occupancy.point import AGGREGATE, aggregate_point
from occupancy.space import Kind
from occupancy.state import State
from vrijplek.settings import InfluxSettings

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards" / "occupancy.json").read_text(encoding="utf-8"))
[SOURCE] = yaml.safe_load(
    (GRAFANA / "provisioning" / "datasources" / "vrijplek.yaml").read_text(encoding="utf-8")
)["datasources"]
QUERIES = [target["query"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
VARIABLES = [one["query"] for one in DASHBOARD["templating"]["list"]]


def known():
    """Every measurement, tag and field of aggregates of which all is told."""
    building = hall((0, 20))
    desks = [desk.id for desk in building.of_kind(Kind.DESK)]
    states = dict(zip(desks, list(State) * 5, strict=True))
    points = [aggregate_point(one, building) for one in aggregates_at(building, 0, states)]
    return {AGGREGATE}.union(*(point.tags | point.fields for point in points))


def test_every_name_in_a_query_is_in_the_points():
    """Names in quotes, but for those that a query gives itself."""
    assert QUERIES
    for query in QUERIES + VARIABLES:
        given = set(re.findall(r'AS "(\w+)"', query))
        named = set(re.findall(r'"(\w+)"', query)) - given
        assert named <= known(), query
        assert re.search(rf'FROM "{AGGREGATE}"', query)


def test_every_query_is_of_the_one_source():
    """Which knows the aggregates alone, by a token in a file."""
    told = json.dumps(DASHBOARD)
    assert set(
        re.findall(r'"uid": "(vrijplek-aggregates|-- \w+ --|[\w-]*source[\w-]*)"', told)
    ) == {SOURCE["uid"]}
    assert SOURCE["jsonData"]["dbName"] == InfluxSettings(url="http://influxdb").aggregates
    assert SOURCE["secureJsonData"] == {"httpHeaderValue1": "Token $__file{/run/tokens/token}"}


def test_what_a_panel_groups_by_is_what_its_query_gives():
    """Rows, columns and values of the matrices by weekday and hour."""
    matrices = [panel for panel in DASHBOARD["panels"] if "transformations" in panel]
    assert len(matrices) == 2
    for panel in matrices:
        [made] = panel["transformations"]
        [target] = panel["targets"]
        for role in ("rowField", "columnField", "valueField"):
            assert f'"{made["options"][role]}"' in target["query"]
