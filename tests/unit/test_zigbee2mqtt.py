"""Zigbee2MQTT: attributes, attributes on topics of their own, and what the bridge says."""

import pytest
from support.ears import Ears

from sensors.rejected import Reason

RADAR = {"illumination": "dim", "occupancy_sensitivity": "low", "occupancy_timeout": 40}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"occupancy": True} | RADAR, ("occupancy", "presence", True)),
        ({"presence": True, "pir_detection": False}, ("pir_detection", "motion", False)),
        ({"presence_2": "false"}, ("presence_2", "presence", False)),
        ({"contact_left": False}, ("contact_left", "contact", True)),
        ({"action": "region_1_enter"}, ("action", "button", "region_1_enter")),
        ({"click": "double"}, ("click", "button", "double")),
        ({"people": 3}, ("people", "count", 3)),
        ({"occupancy": None}, ("occupancy", "motion", None)),
    ],
)
def test_each_attribute_has_its_kind(told, expected):
    """A radar that calls presence occupancy, endpoints, buttons of both versions."""
    assert expected in Ears().said("zigbee2mqtt/x", told)


@pytest.mark.parametrize(
    "told", [{"action": ""}, {"click": None}, {"occupancy_timeout": 30}, {"no_occupancy_since": 10}]
)
def test_a_setting_or_an_empty_action_says_nothing(told):
    """A note, and the device lives."""
    heard = Ears().hear("zigbee2mqtt/x", told)
    assert (heard.statements, heard.alive, heard.refused) == ((), True, None)


@pytest.mark.parametrize("told", ["maybe", [True], 2, {"value": True}])
def test_a_value_of_another_type_is_refused(told):
    """Where nothing else was said; beside another value it is merely not known."""
    ears = Ears()
    assert ears.hear("zigbee2mqtt/x", {"occupancy": told}).refused is Reason.MALFORMED
    both = ears.said("zigbee2mqtt/x", {"occupancy": told, "battery": 90})
    assert ("occupancy", "motion", None) in both


@pytest.mark.parametrize(
    "payload", [b"true", b"null", b"[]", b'"ON"', b"1", b"{'occupancy': True}"]
)
def test_a_device_tells_an_object(payload):
    """A bare value on its topic is refused."""
    assert Ears().hear("zigbee2mqtt/x", payload).refused is Reason.MALFORMED


def test_a_hold_of_the_device_stands_for_that_of_the_bridge():
    """Where its setting is beside its state, of motion and of presence alike."""
    ears = Ears()
    [one] = ears.hear("zigbee2mqtt/x", {"occupancy": True, "occupancy_timeout": 0}).statements
    assert (one.kind, one.held_s) == ("motion", 0)
    [one] = ears.hear("zigbee2mqtt/x", {"presence": True, "fading_time": 30}).statements
    assert one.held_s == 30


def test_the_bridges_settings_tell_another_hold():
    """For one device or for all, until they no longer do."""
    ears = Ears()
    devices = {
        "0x1": {"friendly_name": "a", "occupancy_timeout": 65},
        "0x2": {"friendly_name": "b"},
    }
    ears.hear("zigbee2mqtt/bridge/info", {"config": {"devices": devices}})
    held = [ears.hear(f"zigbee2mqtt/{x}", {"occupancy": True}).statements[0].held_s for x in "ab"]
    assert held == [65, 90]
    info = {"config": {"devices": devices, "device_options": {"occupancy_timeout": 20}}}
    assert ears.hear("zigbee2mqtt/bridge/info", info).learned
    assert not ears.hear("zigbee2mqtt/bridge/info", info).learned
    assert ears.hear("zigbee2mqtt/b", {"occupancy": True}).statements[0].held_s == 20


def test_a_device_without_the_bridges_hold_has_none():
    """Its options lack it, for it says itself that motion has ended."""
    ears = Ears()
    definition = {
        "exposes": [{"property": "occupancy"}],
        "options": [{"name": "no_occupancy_since"}],
    }
    ears.hear("zigbee2mqtt/bridge/devices", [{"friendly_name": "h", "definition": definition}])
    assert ears.hear("zigbee2mqtt/h", {"occupancy": True}).statements[0].held_s is None


def test_the_time_of_a_message_is_that_of_its_levels_too():
    """In each form of `last_seen`, also where the number is text."""
    seen_ms = 1_735_725_600_000
    for seen in (seen_ms, str(seen_ms), "2025-01-01T12:00:00+02:00"):
        heard = Ears().hear("zigbee2mqtt/x", {"co2": 600, "occupancy": True, "last_seen": seen})
        assert {one.event_ms for one in heard.statements} == {seen_ms}


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("x/presence", b"true", [("presence", "presence", True)]),
        ("x/occupancy", b"", [("occupancy", "motion", None)]),
        ("x/action", b"hold", [("action", "button", "hold")]),
        ("a/x/illuminance", b"12", [("illuminance", "level", 12)]),
        ("x/last_seen", b"2025-01-01T12:00:00Z", []),
        ("x/color", b"10,20,30", []),
        ("x/update-state", b"idle", []),
    ],
)
def test_an_attribute_can_have_a_topic_of_its_own(topic, payload, expected):
    """As text, also where it is no JSON; an empty one is not known."""
    ears = Ears()
    assert ears.hear(f"zigbee2mqtt/{topic}", payload).refused is None
    assert ears.said(f"zigbee2mqtt/{topic}", payload) == expected


@pytest.mark.parametrize("topic", ["a/b", "a/b/Desk 12"])
def test_a_broken_object_is_no_attribute(topic):
    """Nor are bytes that are no text, nor is text under a name that is none of an attribute."""
    ears = Ears()
    for payload in (b'{"occupancy":true,}', b"\xff\xfe"):
        assert ears.hear(f"zigbee2mqtt/{topic}", payload).refused is Reason.MALFORMED
    assert ears.hear("zigbee2mqtt/a/Desk 12", b"ON").refused is Reason.MALFORMED


@pytest.mark.parametrize(
    "topic", ["x/set/state", "a/b/set/occupancy_timeout", "x/left/get", "x/set"]
)
def test_a_command_is_no_state(topic):
    """Also with an attribute or an endpoint in its topic."""
    assert Ears().hear(f"zigbee2mqtt/{topic}", b"30").noted.startswith("a command")


@pytest.mark.parametrize("topic", ["zigbee2mqtt", "zigbee2mqtt/"])
def test_nobody_is_no_device(topic):
    """A topic without a name is refused."""
    assert Ears().hear(topic, {"occupancy": True}).refused is Reason.UNKNOWN_TOPIC


@pytest.mark.parametrize(
    ("leaf", "told", "gone"),
    [
        ("event", {"type": "device_leave", "data": {"ieee_address": "0x1"}}, "0x1"),
        ("response/device/remove", {"data": {"id": "a", "force": False}, "status": "ok"}, "a"),
        ("response/device/rename", {"data": {"from": "a", "to": "b"}, "status": "ok"}, "a"),
        ("log", {"type": "device_renamed", "message": {"from": "a", "to": "b"}}, "a"),
        ("log", {"type": "device_removed", "message": "left", "meta": {"friendly_name": "a"}}, "a"),
    ],
)
def test_who_left_was_removed_or_renamed_is_gone(leaf, told, gone):
    """By an event, an answer, and the log of 1.x."""
    heard = Ears().hear(f"zigbee2mqtt/bridge/{leaf}", told)
    assert (heard.gone, heard.device) == (True, gone)


@pytest.mark.parametrize(
    ("leaf", "payload", "reason"),
    [
        ("state", b"perhaps", Reason.MALFORMED),
        ("devices", b"{}", Reason.MALFORMED),
        ("groups", b"[{", Reason.MALFORMED),
        ("health", b"", Reason.MALFORMED),
        ("response/permit_join", b'{"data":{},"status":"error","error":"x"}', Reason.DEVICE_ERROR),
    ],
)
def test_a_bridge_can_say_what_cannot_be_used(leaf, payload, reason):
    """A state that is none, an inventory of another shape, an error."""
    assert Ears().hear(f"zigbee2mqtt/bridge/{leaf}", payload).refused is reason


@pytest.mark.parametrize(
    ("leaf", "payload"),
    [
        ("request/restart", b""),
        ("request/permit_join", b"true"),
        ("logging", b'{"level":"error"'),
        ("state", b""),
        ("event", b'{"type":"device_joined","data":{"friendly_name":"a"}}'),
        ("log", b'{"type":"pairing","message":"x"}'),
        ("definitions", b"x" * 2_000_000),
    ],
)
def test_what_a_bridge_says_besides_is_noted(leaf, payload):
    """Commands, logs, joins, and a state that is kept no longer; nobody is gone."""
    heard = Ears().hear(f"zigbee2mqtt/bridge/{leaf}", payload)
    assert heard.noted
    assert (heard.refused, heard.gone, heard.gone_below) == (None, False, "")


def test_an_availability_that_was_cleared_says_nothing():
    """A note, neither a refusal nor a goodbye."""
    heard = Ears().hear("zigbee2mqtt/a/availability", b"", retained=True)
    assert (heard.refused, heard.gone) == (None, False)
