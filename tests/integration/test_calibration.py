"""A calibration walk through a real service: over HTTP, with boards on a real broker."""

import json
import signal
import urllib.request

import pytest
from support.house import House, until
from support.machine import program

from api.people.store import PeopleStore
from ingest.calibration import CalibrationStore
from ingest.spare_tags import SpareTags
from occupancy.calibration import Spare
from occupancy.store.sqlite import open_database
from sensors.tag import tag_of

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
ADDRESS = "c3:00:00:00:00:2a"
BASE = "/v1/calibration"


@pytest.fixture
def house(tmp_path):
    """A house in which a tag is set aside; its service is started by `start_ready`."""
    program("mosquitto")
    made = House(tmp_path)
    people = PeopleStore(made.state / "people.sqlite")
    made.tag = tag_of(ADDRESS, people.site_key)
    people.close()
    connection = open_database(made.database)
    SpareTags(connection).add(Spare("badge-1", made.tag))
    connection.close()
    yield made
    made.close()


def press(house, path, method="POST", **body):
    """The answer to a press."""
    request = urllib.request.Request(
        house.base + BASE + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {house.key}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def hear(board):
    """A board hears the tag."""
    return board.send({"kind": "sightings", "sensor": "ble", "heard": [[ADDRESS, -55]]})


def scanners(house):
    return house.get(BASE)["walk"]["scanners"]


def walks(house):
    connection = open_database(house.database)
    try:
        return CalibrationStore(connection).walks()
    finally:
        connection.close()


def test_a_walk_is_recorded_and_leaves_no_trace_of_the_tag(house):
    """Heard during the walk alone; on disk without the tag; in the report at once."""
    house.start_ready()
    board = house.board("f0-r1")
    hear(board)
    press(house, "/walk", tag="badge-1")
    press(house, "/walk/place", "PUT", place="room-0-1")
    until(lambda: hear(board) and scanners(house) == 1, "the scanner hears the tag", every_s=0.1)
    press(house, "/walk/finish")
    before = house.metric("vrijplek_readings_total")
    hear(board)
    board.motion("pir-1")
    until(lambda: house.metric("vrijplek_readings_total") > before, "the board is heard")

    (walk,) = house.get(f"{BASE}/walks")["walks"]
    assert (walk["places"], walk["sightings"] > 0) == (1, True)
    (kept,) = walks(house)
    assert {one.scanner for one in kept.heard} == {"f0-r1/ble"}
    assert all(kept.begin_ms <= one.event_ms <= kept.end_ms for one in kept.heard)
    report = house.get(f"{BASE}/report")
    assert {p["place"]: p["verdict"] for p in report["places"]}["room-0-1"] == "short"
    until(lambda: house.said("learned from the walks")[-1]["walks"] == 1, "it is learned from")
    house.stop()
    assert house.tag not in str(walks(house))
    assert ADDRESS.replace(":", "") not in house.log.read_text()


def test_a_killed_service_keeps_what_was_recorded(house):
    """The walk is over, its sightings are there, and the tag is heard no more."""
    house.start_ready()
    board = house.board("f0-r1")
    press(house, "/walk", tag="badge-1")
    press(house, "/walk/place", "PUT", place="room-0-1")
    until(lambda: hear(board) and scanners(house) == 1, "the scanner hears the tag", every_s=0.1)
    house.stop(signal.SIGKILL)
    house.start_ready()
    assert house.get(BASE)["walk"] is None
    (kept,) = walks(house)
    assert kept.heard
    assert house.said("walks were cut off by a stop; what was recorded is kept")
