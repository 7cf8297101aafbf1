"""`vrijplek devices`: what is heard, what is mapped, and the lines to add."""

import json
from pathlib import Path

import pytest
import yaml
from support.command import Command
from support.small import HEAD

from vrijplek.capture import Recorded
from vrijplek.decoding.reader import MOST_BRIDGES, Reader

LINES = (
    ("zigbee2mqtt/Desk 1/PIR", {"occupancy": True}),
    ("zigbee2mqtt/known", {"presence": True}),
    ("home/gw/BTtoMQTT/C3000000002A", {"id": "c3:00:00:00:00:2a", "rssi": -60}),
)
BUILDING = (
    HEAD
    + """\
boards:
  - {id: known, family: zigbee2mqtt}
sensors:
  - {id: known/presence, kind: presence, sees: [desk-1]}
"""
)


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


def capture() -> None:
    """A recording and a building file in the working folder."""
    told = [json.dumps({"topic": topic, "payload": json.dumps(body)}) for topic, body in LINES]
    Path("c.jsonl").write_text("\n".join(told) + "\n")
    Path("hq.yaml").write_text(BUILDING)


def test_what_is_not_mapped_comes_with_the_lines_to_add(vrijplek):
    """They are YAML that the building file takes; what is mapped is not among them."""
    capture()
    ended = vrijplek("devices", "c.jsonl", "--config", "hq.yaml", "--write", "new.yaml")
    assert ended.code == 0
    assert "not mapped" in ended.out
    added = yaml.safe_load(Path("new.yaml").read_text())
    assert added["boards"] == [
        {"id": "desk-1-pir", "family": "zigbee2mqtt", "device": "Desk 1/PIR"},
        {"id": "gw", "family": "openmqttgateway"},
    ]
    Path("new.yaml").write_text(Path("new.yaml").read_text().replace("SPACE", "desk-1"))
    Path("all.yaml").write_text("include: [new.yaml]\n" + Path("hq.yaml").read_text())
    assert vrijplek("check", "all.yaml").code == 0


def test_a_bridge_below_a_base_of_its_own_is_found(vrijplek):
    """By what only a bridge publishes; the line to add has the base."""
    told = [("z2m/2/bridge/state", {"state": "online"}), ("z2m/2/Desk 1", {"occupancy": True})]
    lines = [json.dumps({"topic": topic, "payload": json.dumps(body)}) for topic, body in told]
    Path("c.jsonl").write_text("\n".join(lines) + "\n")
    assert vrijplek("devices", "c.jsonl", "--write", "new.yaml").code == 0
    [board] = yaml.safe_load(Path("new.yaml").read_text())["boards"]
    assert board == {
        "id": "z2m-2-desk-1", "family": "zigbee2mqtt", "device": "Desk 1", "base": "z2m/2",
    }  # fmt: skip


def test_a_flood_of_invented_bridges_is_not_followed():
    """Each would make every further message a little slower."""
    reader = Reader()
    for at in range(MOST_BRIDGES + 5):
        reader.read(Recorded(at, None, f"b{at}/bridge/state", b"online", 0, False))
    assert len(reader.routes.routes) == MOST_BRIDGES


def test_no_tag_of_a_person_is_shown(vrijplek):
    """Of a scanner only the scanner."""
    capture()
    ended = vrijplek("devices", "c.jsonl")
    assert "c3000000002a" not in (ended.out + ended.err).lower()


def test_a_file_that_is_there_is_not_written_over(vrijplek):
    """It says so, and the end is 2."""
    capture()
    ended = vrijplek("devices", "c.jsonl", "--write", "hq.yaml")
    assert ended.code == 2
    assert "hq.yaml: found a file, expected none" in ended.err


def test_trace_without_a_service_says_what_to_do(vrijplek):
    """The end is 4."""
    ended = vrijplek("trace", "--for", "1")
    assert ended.code == 4
    assert "start one with `vrijplek demo`" in ended.err
