"""Home Assistant discovery: what configs announce, and what states then mean."""

import json
from dataclasses import replace

import pytest
from support.ears import Ears
from support.office import START_MS

from sensors.families.discovery.facts import PLACES_LIMIT
from sensors.families.discovery.topics import topics_of
from sensors.rejected import Reason
from vrijplek.capture import Recorded
from vrijplek.decoding.reader import Reader

T = {"device_class": "temperature", "unit_of_measurement": "°C", "unique_id": "t"}
H = {"device_class": "humidity", "unit_of_measurement": "%", "unique_id": "h"}


def climate(ears):
    """Two entities on one topic, each announced by a config of its own."""
    for one, field in ((T, "temperature"), (H, "humidity")):
        told = one | {"state_topic": "room/state", "value_template": f"{{{{ value_json.{field}}}}}"}
        ears.hear(f"homeassistant/sensor/{field}/config", told)


def test_entities_on_one_topic_are_all_understood():
    """One that is not in a message says nothing; one that is taken back leaves the other."""
    ears = Ears()
    climate(ears)
    both = {"temperature": 20.5, "humidity": 40}
    assert ears.said("room/state", both) == [("t", "level", 20.5), ("h", "level", 40)]
    assert ears.said("room/state", {"humidity": 41}) == [("h", "level", 41)]
    ears.hear("homeassistant/sensor/temperature/config", b"")
    assert ears.said("room/state", both) == [("h", "level", 40)]
    ears.hear("homeassistant/sensor/humidity/config", b"")
    assert ears.memory.learned == {}


def test_an_announcement_that_repeats_itself_teaches_nothing():
    """So the journal does not grow by it."""
    ears = Ears()
    told = {"state_topic": "a", "device_class": "motion", "availability_topic": "b"}
    assert ears.hear("homeassistant/binary_sensor/x/config", told).learned
    assert not ears.hear("homeassistant/binary_sensor/x/config", told).learned
    moved = ears.hear("homeassistant/binary_sensor/x/config", told | {"state_topic": "c"})
    assert moved.learned
    assert ears.said("c", b"ON") == [("x", "motion", True)]


def test_one_topic_has_a_limit_of_entities():
    """The others are not followed, and the first ones stay."""
    ears = Ears()
    parts = {
        f"c{i}": T | {"p": "sensor", "unique_id": f"u{i}", "value_template": "{{ value_json.t }}"}
        for i in range(PLACES_LIMIT + 9)
    }
    form = {"dev": {"ids": "d"}, "o": {"name": "x"}, "stat_t": "s", "cmps": parts}
    ears.hear("homeassistant/device/d/config", form)
    assert len(ears.said("s", {"t": 1})) == PLACES_LIMIT
    ears.hear("homeassistant/device/d/config", b"")
    assert ears.memory.learned == {}


def test_a_component_of_a_platform_alone_is_taken_back():
    """As the device form says that it is gone."""
    ears = Ears()
    form = {"dev": {"ids": "d"}, "o": {"name": "x"}, "~": "lab", "stat_t": "~/s"}
    ears.hear("homeassistant/device/d/config", form | {"cmps": {"a": T | {"p": "sensor"}}})
    assert ears.said("lab/s", b"21") == [("t", "level", 21)]
    ears.hear(
        "homeassistant/device/d/config",
        form | {"cmps": {"a": {"p": "sensor"}, "b": H | {"p": "sensor", "stat_t": "~/h"}}},
    )
    assert not ears.memory.learned.get("homeassistant/states/lab/s")
    assert ears.said("lab/h", b"40") == [("h", "level", 40)]


@pytest.mark.parametrize(
    ("component", "told"),
    [
        ("binary_sensor", {}),
        ("sensor", {"name": "x"}),
        ("sensor", {"state_topic": "home/+/x"}),
        ("device", {"o": {"sw": "1"}, "dev": {"ids": "1"}, "cmps": {"a": {"p": "button"}}}),
        ("device", {"o": {"name": "x"}, "cmps": {"a": {"p": "button"}}}),
    ],
)
def test_a_config_without_what_it_needs_is_refused(component, told):
    """A topic of its state, an origin with a name, a device."""
    heard = Ears().hear(f"homeassistant/{component}/x/config", told)
    assert heard.refused is Reason.MALFORMED


def test_a_config_that_moves_to_the_device_form_forgets_nothing():
    """Its entity stays until the device form tells of it."""
    ears = Ears()
    ears.hear("homeassistant/sensor/t/config", T | {"state_topic": "a"})
    assert ears.hear("homeassistant/sensor/t/config", {"migrate_discovery": True}).learned == ()
    assert ears.said("a", b"21") == [("t", "level", 21)]


@pytest.mark.parametrize(
    ("template", "payload", "expected"),
    [
        ("{{ value_json['Motion-1'] }}", {"Motion-1": True}, True),
        ("{{ value_json.list[1].b }}", {"list": [0, {"b": True}]}, True),
        ("{% raw %}{{ value_json.b}}{% endraw %}", {"b": True}, True),
        ("{{ value_json.b | is_defined }}", {"b": False}, False),
        ("{{ value }}", b"True", True),
        ("{{ value_json.b }}", {"b": None}, None),
    ],
)
def test_a_plain_template_is_followed(template, payload, expected):
    """Into objects and lists, through filters that change no meaning."""
    ears = Ears()
    told = {"state_topic": "a", "device_class": "motion", "pl_on": True, "pl_off": False}
    ears.hear("homeassistant/binary_sensor/m/config", told | {"val_tpl": template})
    assert ears.said("a", payload) == [("m", "motion", expected)]


def test_a_template_writes_letters_and_numbers():
    """Lower case, and a number that is compared as Home Assistant would write it."""
    ears = Ears()
    told = {"state_topic": "a", "val_tpl": "{{ value_json.s | lower }}", "pl_on": "yes"}
    ears.hear("homeassistant/binary_sensor/m/config", told)
    assert ears.said("a", {"s": "YES"}) == [("m", "binary", True)]
    told = {"state_topic": "b", "val_tpl": "{{ value_json.n | int }}", "pl_on": 1, "pl_off": 0}
    ears.hear("homeassistant/binary_sensor/n/config", told)
    assert ears.said("b", {"n": 1.0}) == [("n", "binary", True)]
    assert ears.hear("b", {"n": "ON"}).refused is Reason.MALFORMED


@pytest.mark.parametrize(
    ("payload", "value", "refused"),
    [
        (b"None", None, None),
        (b"nan", None, None),
        (b"21.5", 21.5, None),
        (b"warm", None, Reason.MALFORMED),
    ],
)
def test_a_sensor_tells_a_number_or_that_it_knows_none(payload, value, refused):
    """Anything else is refused."""
    ears = Ears()
    ears.hear("homeassistant/sensor/t/config", T | {"state_topic": "a"})
    heard = ears.hear("a", payload)
    assert heard.refused is refused
    assert [one.value for one in heard.statements] == ([] if refused else [value])


def test_a_state_that_is_cleared_or_not_known_is_no_event():
    """Empty is a note, `None` a value that is not known, broken JSON a refusal."""
    ears = Ears()
    ears.hear("homeassistant/binary_sensor/m/config", {"state_topic": "a"})
    assert ears.hear("a", b"").noted
    assert ears.said("a", b"None") == [("m", "binary", None)]
    ears.hear("homeassistant/sensor/t/config", T | {"stat_t": "b", "val_tpl": "{{value_json.t}}"})
    assert ears.hear("b", b'{"t": 2').refused is Reason.MALFORMED


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"unit_of_measurement": "°C"}, ("level", "temperature")),
        ({"unit_of_measurement": "lx", "device_class": "sensor"}, ("level", "light")),
        ({"val_tpl": "{{ value }}", "unit_of_measurement": "people"}, ("count", "")),
        ({"unique_id": "hall_people_count"}, ("count", "")),
        ({"device_class": "signal_strength", "unit_of_measurement": "dBm"}, ("level", "rssi")),
    ],
)
def test_a_sensor_without_a_class_is_known_by_its_unit_or_name(config, expected):
    """Where that leaves no doubt."""
    ears = Ears()
    ears.hear("homeassistant/sensor/s/config", config | {"state_topic": "a"})
    [one] = ears.hear("a", b"4").statements
    assert (one.kind, one.quantity) == expected


def test_availability_has_its_own_words_base_and_template():
    """In a list or alone; what is none of the announced payloads is refused."""
    ears = Ears()
    listed = [{"t": "~/here", "pl_avail": "up", "pl_not_avail": "down"}]
    told = {"~": "lab/1", "stat_t": "~/s", "avty": listed, "dev": {"ids": ["d1"]}}
    ears.hear("homeassistant/binary_sensor/a/config", told)
    assert ears.hear("lab/1/here", b"down", retained=True).gone
    assert not ears.hear("lab/1/here", b"up").gone
    assert ears.hear("lab/1/here", b"offline").refused is Reason.MALFORMED
    told = {"stat_t": "x", "avty_t": "y", "avty_tpl": "{{ value_json.state }}"}
    ears.hear("homeassistant/binary_sensor/b/config", told)
    assert ears.hear("y", {"state": "offline"}).gone


def test_all_devices_of_one_availability_are_gone():
    """And where one of several topics is enough, one that is offline is no goodbye."""
    ears = Ears()
    for name in ("a", "b"):
        told = {"stat_t": f"{name}/s", "avty_t": "bridge/here", "dev": {"ids": [name]}}
        ears.hear(f"homeassistant/binary_sensor/{name}/config", told)
    heard = ears.hear("bridge/here", b"offline")
    assert (heard.device, heard.also_gone) == ("a", ("b",))
    told = {"stat_t": "c/s", "avty": [{"t": "one"}, {"t": "two"}], "avty_mode": "any"}
    ears.hear("homeassistant/binary_sensor/c/config", told)
    assert not ears.hear("one", b"offline").gone


def test_a_goodbye_goes_before_a_state_on_the_same_topic():
    """A sensor of connection whose state is the availability of its device."""
    ears = Ears()
    told = {"stat_t": "d/here", "avty_t": "d/here", "pl_on": "online", "pl_off": "offline"}
    ears.hear("homeassistant/binary_sensor/d/config", told)
    assert ears.hear("d/here", b"offline").gone
    assert ears.said("d/here", b"online") == [("d", "binary", True)]


def test_what_is_told_of_a_person_is_not_kept():
    """Neither where a tracker's owner is, nor whose badge a tag reader saw."""
    ears = Ears()
    told = {"state_topic": "p/state", "json_attributes_topic": "p/attributes"}
    ears.hear("homeassistant/device_tracker/p/config", told)
    ears.hear("homeassistant/tag/r/config", {"topic": "r/seen"})
    for topic, payload in (("p/attributes", {"latitude": 1}), ("r/seen", b"04A1")):
        heard = ears.hear(topic, payload)
        assert (heard.statements, heard.noted) == ((), "a person's tracker: not kept")


def test_an_entity_that_expires_speaks_again_before():
    """Unless another one on its topic does not."""
    ears = Ears()
    ears.hear("homeassistant/sensor/t/config", T | {"state_topic": "a", "expire_after": 60})
    assert ears.hear("a", b"21").every_s == 60
    ears.hear("homeassistant/sensor/h/config", H | {"state_topic": "a"})
    assert ears.hear("a", b"21").every_s is None


def test_home_assistant_says_of_itself_whether_it_is_there():
    """In words that tell which."""
    ears = Ears()
    assert ears.hear("homeassistant/status", b"offline").noted.endswith("is offline")
    assert ears.hear("homeassistant/status", b"online").noted.endswith("is online")


Z2M = {
    "availability": [
        {"topic": "zigbee2mqtt/bridge/state"},
        {"topic": "zigbee2mqtt/d/availability"},
    ],
    "device_class": "occupancy",
    "device": {"identifiers": ["zigbee2mqtt_0x1"]},
    "state_topic": "zigbee2mqtt/d",
    "value_template": "{{ value_json.occupancy }}",
}
ESP = {
    "dev_cla": "motion",
    "stat_t": "d/binary_sensor/sofa/state",
    "avty_t": "d/status",
    "dev": {"ids": "0a0b0c"},
}


def test_devices_with_a_family_of_their_own_stay_with_it():
    """Announced or not: their states, their goodbyes, and their names for the building file."""
    ears = Ears()
    heard = ears.hear("homeassistant/binary_sensor/z/config", Z2M)
    assert [(one.family, one.device) for one in heard.announced] == [("zigbee2mqtt", "d")]
    assert heard.learned == ()
    assert ears.said("zigbee2mqtt/d", {"occupancy": True}) == [("occupancy", "motion", True)]
    assert ears.hear("zigbee2mqtt/d/availability", b"offline").device == "d"
    assert ears.hear("zigbee2mqtt/bridge/state", b"offline").gone_below == "*"

    ears.hear("homeassistant/button/d/restart/config", {"cmd_t": "d/button/restart/command"} | {
        "avty_t": "d/status"
    })  # fmt: skip
    heard = ears.hear("homeassistant/binary_sensor/d/sofa/config", ESP)
    assert [(one.family, one.device, one.channels) for one in heard.announced] == [
        ("esphome", "d", (("sofa", "motion"),))
    ]
    assert ears.hear("d/status", b"offline").device == "d"


def test_what_was_announced_of_an_entity_goes_before_its_name():
    """Of ESPHome, whose ids are free: kind, quantity and unit."""
    ears = Ears()
    ears.hear("homeassistant/binary_sensor/d/sofa/config", ESP)
    assert ears.said("d/binary_sensor/sofa/state", b"OFF") == [("sofa", "motion", False)]
    config = {"dev_cla": "temperature", "unit_of_meas": "°C", "stat_t": "d/sensor/warmte/state"}
    ears.hear("homeassistant/sensor/d/warmte/config", config)
    [one] = ears.hear("d/sensor/warmte/state", b"21.4").statements
    assert (one.quantity, one.unit, one.value) == ("temperature", "°C", 21.4)


def test_a_goodbye_that_was_kept_has_no_time():
    """In a recording: of each device that is gone, flagged, and timeless unless it came live."""
    told = {"state_topic": "s", "availability_topic": "here", "device_class": "motion"}
    config = json.dumps(told).encode()
    reader, here = Reader(), Recorded(3, START_MS, "here", b"offline", 0, True)
    for name in ("a", "b"):
        topic = f"homeassistant/binary_sensor/{name}/config"
        reader.read(Recorded(1, START_MS, topic, config, 0, True))
    kept = [(r.sensor, r.event_ms, r.flags) for r in reader.read(here).readings]
    assert kept == [("a", None, ("retained",)), ("b", None, ("retained",))]
    live = [
        (r.sensor, r.event_ms, r.flags) for r in reader.read(replace(here, retain=False)).readings
    ]
    assert live == [("a", START_MS, ()), ("b", START_MS, ())]


def test_where_devices_speak_is_told_of_those_that_are_asked_for():
    """Of states and of availability; nothing below the discovery prefix, and no filter."""
    ears = Ears()
    for name, topic in (("a", "lab/a"), ("b", "lab/b"), ("c", "homeassistant/c/state")):
        ears.hear(
            f"homeassistant/binary_sensor/{name}/config",
            {
                "unique_id": name, "device_class": "motion", "state_topic": topic,
                "availability_topic": f"lives/{name}",
                "device": {"identifiers": [name], "name": name},
            },
        )  # fmt: skip
    known = ears.memory.learned
    assert topics_of(known, {"a", "c"}) == ("lab/a", "lives/a", "lives/c")
    assert topics_of(known, {"elsewhere"}) == ()
    ears.hear("homeassistant/binary_sensor/a/config", b"")
    assert topics_of(known, {"a"}) == ()
