"""What decode says of places, with a building file."""

import json

import pytest
from support.command import Command
from support.small import HEAD

BUILDING = (
    HEAD
    + """\
boards:
  - {id: pir, family: zigbee2mqtt, device: "Desk 1"}
  - {id: plug, family: shelly, device: shelly-1}
sensors:
  - {id: pir/occupancy, kind: motion, sees: [desk-1]}
  - {id: plug/presence, kind: presence, sees: [desk-1]}
"""
)


@pytest.fixture
def decoded(monkeypatch, capsys, tmp_path):
    """What decode prints of one message, as JSON or for people."""
    monkeypatch.chdir(tmp_path)
    vrijplek = Command(monkeypatch, capsys)
    (tmp_path / "hq.yaml").write_text(BUILDING)

    def run(topic, told, *words):
        line = json.dumps({"topic": topic, "payload": json.dumps(told)}).encode()
        return vrijplek("decode", "-", *words, stdin=line).out

    return run


@pytest.mark.parametrize(
    ("topic", "told", "kind", "space", "flags"),
    [
        ("zigbee2mqtt/Desk 1", {"occupancy": True}, "motion", "desk-1", []),
        ("zigbee2mqtt/Desk 1", {"contact": True}, "contact", None, ["unplaced"]),
        ("zigbee2mqtt/Desk 1", {"illuminance": 9}, "level", None, []),
        ("zigbee2mqtt/Desk 2", {"occupancy": True}, "motion", None, ["unplaced"]),
        ("shelly-1/status/input:0", {"state": True}, "presence", "desk-1", []),
    ],
)
def test_what_has_no_place_is_flagged(decoded, topic, told, kind, space, flags):
    """A level may well go without one; a yes or no is what the building file makes of it."""
    [reading] = json.loads(decoded(topic, told, "--config", "hq.yaml"))["readings"]
    assert (reading["kind"], reading["space"], reading["flags"]) == (kind, space, flags)


def test_people_are_told_that_it_counts_for_nothing(decoded):
    """And without a building file nothing of places."""
    told = ("zigbee2mqtt/Desk 2", {"occupancy": True}, "--explain")
    assert "no sensor of the building file" in decoded(*told, "--config", "hq.yaml")
    assert "building file" not in decoded(*told)
