"""What devices in the field have been heard to say is understood or refused, never an error."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.machine import beside
from support.office import OFFICE, START_MS, around, sensor

from occupancy.placement import Board, SensorKind
from sensors.decoder import decode
from sensors.entry import Decoded
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import Heartbeat, Offline, Sighting
from sensors.rejected import Reason

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "data" / "espresense.jsonl"
SHARED = ROOT.parent / "shared"


def lines(file: Path) -> list[dict]:
    """The messages in a file, one JSON object a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def message_of(line: dict) -> Message:
    """A line as it came from the broker."""
    retain = bool(line["retain"])
    return Message(
        line["topic"], line["payload"].encode("utf-8", "surrogatepass"), START_MS, retain
    )


def meaning(decoded: Decoded) -> str:
    """What came of a message, in one word."""
    if decoded.rejected:
        return str(decoded.rejected[0].reason)
    if decoded.entry is None:
        return "noted"
    kinds = [
        r.__struct_config__.tag for r in decoded.entry.readings if not isinstance(r, Heartbeat)
    ]
    return kinds[0] if kinds else "alive"


@pytest.mark.parametrize("line", lines(OWN), ids=lambda line: line["means"])
def test_our_own_lines_mean_what_they_say(line):
    """Each line of the project's own file comes to what stands beside it."""
    assert meaning(decode(message_of(line), Memory(), around())) == line["means"]


def room_of(topic: str) -> str | None:
    """The node in a topic, where it has one."""
    levels = topic.split("/")
    return levels[{"devices": 3, "rooms": 2}[levels[1]]]


@pytest.fixture
def foreign():
    """Real messages of people's nodes, beside the repository; in CI they may not be missing."""
    return lines(beside(SHARED / "payloads" / "espresense.jsonl", SHARED))


def house_of(topics: list[str]):
    """What a decoder knows in a house that has every node of these topics."""
    rooms = sorted({room_of(topic) for topic in topics})
    boards = tuple(Board(room, "espresense") for room in rooms)
    channels = (
        ("ble", SensorKind.SCANNER),
        ("motion", SensorKind.MOTION),
        ("pir", SensorKind.MOTION),
    )
    sensors = tuple(
        sensor(f"{room}/{channel}", kind, at=(0.0, 0.0, 1.0))
        for room in rooms
        for channel, kind in channels
    )
    return around(replace(OFFICE, boards=boards, sensors=sensors), lambda address, _ms: address)


def test_every_message_from_the_field_is_survived(foreign):
    """Each line comes to an entry, a note or a refusal, in a house that has its node."""
    surroundings = house_of([line["topic"] for line in foreign])
    found = [meaning(decode(message_of(line), Memory(), surroundings)) for line in foreign]
    assert len(found) == len(foreign) > 20
    assert {"sighting", "alive", "offline", "noted"} <= set(found)


def test_what_the_field_says_of_devices_is_a_sighting(foreign):
    """Every report with a strength is one, but of ids that many devices share."""
    surroundings = house_of([line["topic"] for line in foreign])
    reports = [line for line in foreign if line["topic"].startswith("espresense/devices/")]
    for line in reports:
        decoded = decode(message_of(line), Memory(), surroundings)
        said, device = json.loads(line["payload"]), line["topic"].split("/")[2]
        if "rssi" not in said:
            assert meaning(decoded) == Reason.MALFORMED
            continue
        seen = [r for r in decoded.entry.readings if isinstance(r, Sighting)]
        if device.startswith("apple:") or "426c7565-4368-6172" in device or len(device) == 11:
            assert seen == []
            continue
        assert [(r.tag, r.rssi_dbm) for r in seen] == [(device, said["rssi"])]
        assert seen[0].reference_dbm == said.get("rssi@1m")


def test_a_node_that_is_gone_is_offline(foreign):
    """The will of a node, retained as it is, ends it."""
    surroundings = house_of([line["topic"] for line in foreign])
    [will] = [line for line in foreign if line["topic"].endswith("/status")]
    [gone] = decode(message_of(will), Memory(), surroundings).entry.readings
    assert gone == Offline(room_of(will["topic"]), START_MS)


def test_no_key_that_a_node_publishes_is_kept(foreign):
    """Settings are noted without their content."""
    surroundings = house_of([line["topic"] for line in foreign])
    for line in foreign:
        if line["topic"].rpartition("/")[2] in {"name", "include", "known_irks"}:
            decoded = decode(message_of(line), Memory(), surroundings)
            assert meaning(decoded) == "noted"
            assert not line["payload"] or line["payload"] not in repr(decoded)
