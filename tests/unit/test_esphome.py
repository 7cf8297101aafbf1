"""ESPHome: what entities say by the words in their ids, and topics that are no sensor's."""

import pytest
from support.ears import Ears

from sensors.rejected import Reason


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("binary_sensor/has_moving_target", b"OFF", ("motion", False, "", "")),
        ("binary_sensor/has_still_target", b"ON", ("presence", True, "", "")),
        ("binary_sensor/pir", b"nan", ("motion", None, "", "")),
        ("sensor/phone_rssi", b"-67", ("level", -67, "rssi", "dBm")),
        ("sensor/phone_rssi", b"nan", ("level", None, "rssi", "dBm")),
        ("sensor/wifi_signal", b"None", ("level", None, "rssi", "dBm")),
        ("sensor/g0_move_energy", b"13", ("level", 13, "energy", "%")),
        ("sensor/target_1_distance", b"1830", ("level", 1.83, "distance", "m")),
        ("sensor/target-2-x", b"-430", ("level", -0.43, "distance", "m")),
        ("sensor/zone_1_still_target_count", b"1", ("count", 1, "", "")),
        ("sensor/temperature", b"inf", ("level", None, "temperature", "°C")),
    ],
)
def test_an_id_tells_what_is_measured(topic, payload, expected):
    """Kinds, units and what is not known, as the components document them."""
    [one] = Ears().hear(f"d/{topic}/state", payload).statements
    assert (one.kind, one.value, one.quantity, one.unit) == expected


@pytest.mark.parametrize("entity", ["battery_voltage", "target_1_speed", "temperature_threshold"])
def test_a_part_or_a_setting_of_a_quantity_is_not_that_quantity(entity):
    """A voltage is no charge, a threshold no temperature."""
    assert Ears().hear(f"d/sensor/{entity}/state", b"3.7").statements == ()


@pytest.mark.parametrize(
    ("topic", "payload"), [("sensor/temperature", b"warm"), ("sensor/co2", b'{"value":3}')]
)
def test_a_sensor_that_tells_no_number_is_refused(topic, payload):
    """Also where its id is known."""
    assert Ears().hear(f"d/{topic}/state", payload).refused is Reason.MALFORMED


@pytest.mark.parametrize(
    "topic", ["d/binary_sensor/pir/state", "d/sensor/temperature/state", "d/status"]
)
def test_what_is_cleared_says_nothing(topic):
    """A note, neither a value nor a goodbye."""
    heard = Ears().hear(topic, b"", retained=True)
    assert (heard.statements, heard.gone, heard.refused) == ((), False, None)


@pytest.mark.parametrize("way", ["", "a/", "a/b/", "a/b/c/"])
def test_a_prefix_can_have_levels(way):
    """Of a will and of the log as of a state."""
    ears = Ears()
    heard = ears.hear(f"{way}d/status", b"offline", retained=True)
    assert (heard.device, heard.gone) == (f"{way}d", True)
    assert ears.hear(f"{way}d/debug", b"[D][x]").device == f"{way}d"


@pytest.mark.parametrize(
    "topic",
    [
        "d/climate/ac/mode/state",
        "d/fan/f/speed_level/command",
        "d/light/l/state",
        "a/b/text_sensor/ip/state",
        "esphome/discover",
        "esphome/ping/d",
    ],
)
def test_what_is_no_sensor_is_noted(topic):
    """Actors with topics below theirs, texts, and who asks who is there."""
    heard = Ears().hear(topic, b"x")
    assert (heard.refused, heard.statements) == (None, ())
    assert heard.noted
