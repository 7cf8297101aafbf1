"""Which family a message without a topic is taken for."""

import json

import pytest

from vrijplek.decoding.guess import guessed


@pytest.mark.parametrize(
    ("family", "told"),
    [
        ("tasmota", {"Switch3": "ON"}),
        ("tasmota", {"LD2410S": {"People": 2}}),
        ("tasmota", {"IBEACON_DEAABC788BC1": {"RSSI": -60}}),
        ("tasmota", {"StatusSNS": {"Switch1": "ON"}}),
        ("tasmota", {"ZbReceived": {}}),
        ("tasmota", {"POWER": "ON"}),
        ("shelly", {"presencezone:200": {"value": True}}),
        ("shelly", {"switch:0": {"output": True}}),
        ("shelly", {"components": [], "cfg_rev": 12, "offset": 0, "total": 0}),
        ("shelly", {"motion": True, "active": True, "lux": 3, "bat": 87}),
        ("homeassistant", {"components": {"a": {"platform": "sensor"}}}),
        ("", {"Switched": True, "presencezone": {}}),
    ],
)
def test_a_message_is_known_by_its_keys(family, told):
    """Those that the maker's documents name, with their numbers."""
    assert guessed(json.dumps(told).encode()) == family
