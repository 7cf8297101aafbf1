"""Shelly: Gen1 topics, RPC frames and answers, zones of a radar, BLU devices behind a gateway."""

import pytest
from support.family_ear import FamilyEar, held, said
from support.office import START_MS

from sensors.rejected import Reason

AT_S = START_MS // 1000


@pytest.fixture
def ear():
    """A family that knows nothing yet."""
    return FamilyEar("shelly")


def events(*listed):
    """A frame with events."""
    return {"src": "x", "method": "NotifyEvent", "params": {"ts": AT_S, "events": list(listed)}}


def status(**parts):
    """A frame with the status of components, whose `_` stands for a colon."""
    told = {name.replace("_", ":"): part for name, part in parts.items()}
    return {"src": "x", "method": "NotifyStatus", "params": {"ts": AT_S} | told}


@pytest.mark.parametrize(
    ("leaf", "told", "expected"),
    [
        ("sensor/motion", b"true", ("motion", "motion", True)),
        ("sensor/state", b"close", ("state", "contact", False)),
        ("sensor/state", b"unknown", ("state", "contact", None)),
        ("sensor/vibration", b"1", ("vibration", "binary", True)),
        ("sensor/lux", b"20", ("lux", "level", 20)),
        ("sensor/battery", b"96", ("battery", "level", 96)),
        ("sensor/temperature", b"22.5", ("temperature", "level", 22.5)),
        ("sensor/humidity", b"nan", ("humidity", "level", None)),
        ("input/1", b"1", ("input:1", "binary", True)),
        ("input_event/1", {"event": "SS", "event_cnt": 4}, ("input:1", "button", "SS")),
    ],
)
def test_gen1_has_a_value_a_topic(ear, leaf, told, expected):
    """In the words of the maker."""
    assert said(ear.hear(f"shellies/x-1/{leaf}", told)) == [expected]


@pytest.mark.parametrize(
    ("leaf", "told", "noted"),
    [
        ("relay/0", b"on", "a relay's state"),
        ("relay/0/command", b"on", "a command"),
        ("announce", {"id": "x-1", "mac": "8CAAB54B98DF"}, "an announcement"),
        ("input_event/0", {"event": "", "event_cnt": 0}, "no event"),
        ("sensor/flood", b"true", "no event, or nothing measured here"),
        ("sensor/motion", b"", "nothing is kept here any more"),
    ],
)
def test_gen1_has_topics_that_measure_nothing(ear, leaf, told, noted):
    """Each with its reason; whose it is stands in the topic."""
    heard = ear.hear(f"shellies/x-1/{leaf}", told)
    assert (heard.statements, heard.noted) == ((), noted)
    assert heard.device.startswith("shellies/x-1")


@pytest.mark.parametrize(
    ("leaf", "told"), [("sensor/motion", b"perhaps"), ("input_event/0", b'{"e')]
)
def test_gen1_can_be_malformed(ear, leaf, told):
    """A word that is neither yes nor no, and JSON that ends too early."""
    assert ear.hear(f"shellies/x-1/{leaf}", told).refused is Reason.MALFORMED


MOTION = {"motion": True, "timestamp": AT_S - 9, "active": True, "vibration": False, "lux": 303,
          "bat": 87}  # fmt: skip


def test_a_gen1_motion_sensor_tells_all_at_once(ear):
    """Motion at its own time."""
    heard = ear.hear("shellies/m/status", MOTION)
    assert said(heard) == [
        ("motion", "motion", True), ("vibration", "binary", False),
        ("lux", "level", 303), ("battery", "level", 87),
    ]  # fmt: skip
    assert heard.statements[0].event_ms == START_MS - 9_000
    assert heard.statements[1].event_ms is None


def test_the_time_of_the_last_motion_is_not_that_of_its_end(ear):
    """So the end is when it was told."""
    heard = ear.hear("shellies/m/status", MOTION | {"motion": False})
    assert (heard.statements[0].value, heard.statements[0].event_ms) == (False, None)


def test_a_sensor_that_is_asleep_knows_nothing(ear):
    """No motion is then no observation."""
    heard = ear.hear("shellies/m/status", MOTION | {"motion": False, "active": False})
    assert heard.statements[0].value is None


def test_the_whole_of_a_gen1_device(ear):
    """Values with their validity, degrees Fahrenheit; what it measures nothing of is its health."""
    told = {
        "wifi_sta": {"ssid": "office"}, "unixtime": AT_S,
        "sensor": {"motion": True, "timestamp": AT_S, "is_valid": True},
        "tmp": {"value": 68.0, "units": "F", "is_valid": True},
        "lux": {"value": 3, "is_valid": False}, "bat": {"value": 91},
    }  # fmt: skip
    assert said(ear.hear("shellies/m/info", told)) == [
        ("motion", "motion", True), ("lux", "level", None), ("battery", "level", 91),
        ("temperature", "level", 20.0),
    ]  # fmt: skip
    relay = {"wifi_sta": {}, "unixtime": 0, "relays": [{"ison": False}], "inputs": [{"input": 0}]}
    heard = ear.hear("shellies/r/info", relay)
    assert (said(heard), heard.noted) == ([], "the device's own health; its clock is not set")


@pytest.mark.parametrize(
    ("name", "told", "expected"),
    [
        ("presencezone:200", {"value": None, "num_objects": None},
         [("presencezone:200", "presence", None)]),
        ("presencezone:200", {"num_objects": 2}, [("presencezone:200/count", "count", 2)]),
        ("presencezone:200", {"id": 200}, []),
        ("boolean:200", {"value": True}, [("boolean:200", "binary", True)]),
        ("occupancy:0", {"value": True}, [("occupancy:0", "presence", True)]),
        ("temperature:0", {"tC": None}, [("temperature:0", "level", None)]),
        ("devicepower:0", {"battery": {"V": 5.3, "percent": 88}}, [("devicepower:0", "level", 88)]),
        ("input:0", {"state": None}, []),
        ("switch:0", {"output": True, "temperature": {"tC": 39.2}}, []),
    ],
)  # fmt: skip
def test_a_component_says_what_stands_there(ear, name, told, expected):
    """A key that is null is not known; one that is missing says nothing."""
    assert said(ear.hear(f"x/status/{name}", told)) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"event": "presence", "value": True}, [("presencezone:200", "presence", True)]),
        ({"event": "presence"}, []),
        ({"event": "counter", "num_objects": 2}, [("presencezone:200/count", "count", 2)]),
    ],
)
@pytest.mark.parametrize("method", ["NotifyEvent", None])
def test_a_zone_tells_its_changes_as_events_too(ear, event, expected, method):
    """At the time of the event; a list of events is one without its method too."""
    told = events({"component": "presencezone:200", "ts": AT_S - 1} | event) | {"method": method}
    heard = ear.hear("x/events/rpc", told)
    assert said(heard) == expected
    assert {one.event_ms for one in heard.statements} <= {START_MS - 1_000}


@pytest.mark.parametrize(
    ("name", "event", "is_push"),
    [
        ("input:0", "single_push", True),
        ("input:0", "btn_up", True),
        ("input:0", "config_changed", False),
        ("bthomedevice:200", "long_double_push", True),
        ("bthomedevice:200", "ota_progress", False),
        ("bthome", "discovery_done", False),
        ("sys", "scheduled_restart", False),
    ],
)
def test_only_a_push_is_a_button(ear, name, event, is_push):
    """Other events are of the device itself."""
    heard = ear.hear("x/events/rpc", events({"component": name, "event": event}))
    assert said(heard) == ([(name, "button", event)] if is_push else [])
    assert bool(heard.noted) is not is_push


@pytest.mark.parametrize(
    ("topic", "answer"),
    [
        ("x/rpc/response", {"result": {"presencezone:200": {"id": 200, "absence_delay": 20}}}),
        ("user/rpc", {"src": "x", "result": {"id": 200, "area": [[0, 0]], "absence_delay": 20}}),
        ("x/rpc/response", {"components": [
            {"key": "presencezone:200", "config": {"id": 200, "absence_delay": 20}}]}),
    ],
)  # fmt: skip
def test_the_delay_of_a_zone_is_its_hold(ear, topic, answer):
    """Once the device's settings told it; of that zone alone."""
    frame = status(presencezone_200={"value": False}, presencezone_201={"value": False})
    assert held(ear.hear("x/events/rpc", frame)) == []
    heard = ear.hear(topic, answer)
    assert (heard.statements, bool(heard.noted)) == ((), True)
    assert held(ear.hear("x/events/rpc", frame)) == [("presencezone:200", 20)]


def test_an_answer_is_its_senders_and_a_question_nobodys(ear):
    """The topic of an answer is that of who asked; a command is no sign of life."""
    heard = ear.hear(
        "user/rpc", {"src": "x", "result": {"id": 200, "value": True, "num_objects": 1}}
    )
    assert (heard.device, said(heard)[0]) == ("x", ("presencezone:200", "presence", True))
    heard = ear.hear("x/rpc", {"src": "user", "method": "Switch.Set", "params": {"id": 0}})
    assert (heard.noted, heard.alive) == ("a command to the device", False)


def test_an_error_is_told_with_its_number(ear):
    """Not with its words, which may name anything."""
    told = {"src": "x", "error": {"code": -109, "message": "shutting down"}, "result": {}}
    heard = ear.hear("user/rpc", told)
    assert (heard.refused, heard.detail) == (
        Reason.DEVICE_ERROR, "found error -109, expected an answer"
    )  # fmt: skip


def listed(*object_ids):
    """A gateway's list, from sensor 201 on."""
    return {"components": [
        {"key": f"bthomesensor:{at}", "config": {"addr": "aa:bb:cc:dd:ee:f1", "obj_id": object_id}}
        for at, object_id in enumerate(object_ids, 201)
    ]}  # fmt: skip


def test_every_object_of_bthome_has_its_meaning_behind_a_gateway(ear):
    """A yes or no that says nothing of persons is binary; an id of no document is unknown."""
    ear.hear("x/rpc/response", listed(33, 30, 5, 45, 58, 200))
    values = (True, True, 412.5, None, "", 7)
    parts = {f"bthomesensor_{at}": {"value": value} for at, value in enumerate(values, 201)}
    heard = ear.hear("x/events/rpc", status(**parts))
    assert said(heard) == [
        ("bthomesensor:201", "motion", True), ("bthomesensor:202", "binary", True),
        ("bthomesensor:203", "level", 412.5), ("bthomesensor:204", "contact", None),
    ]  # fmt: skip
    assert (heard.statements[2].quantity, heard.statements[2].unit) == ("light", "lx")
    assert "unknown meaning" in ear.hear("x/status/bthomesensor:206", {"value": 7}).noted


def test_a_gateways_list_counts_under_both_of_its_names(ear):
    """Its own id, which answers bear, and the topic that its user chose."""
    ear.hear("user/rpc", {"src": "shelly-1", "result": listed(33)})
    frame = status(bthomesensor_201={"value": True}) | {"src": "shelly-1"}
    assert said(ear.hear("hall/gateway/events/rpc", frame)) == [
        ("bthomesensor:201", "motion", True)
    ]


def test_the_time_of_an_advert_stands_where_the_gateways_clock_is_off(ear):
    """It is the advert's, so nothing is wrong with it."""
    ear.hear("x/rpc/response", listed(33))
    frame = status(bthomesensor_201={"value": True, "last_updated_ts": AT_S - 3})
    frame["params"]["ts"] = 1.61
    [one] = ear.hear("x/events/rpc", frame).statements
    assert (one.event_ms, one.flags) == (START_MS - 3_000, ())


def test_a_device_behind_a_gateway_has_a_battery(ear):
    """And its strength is no sighting of a person."""
    told = {"rssi": -63, "battery": 100, "packet_id": 7, "last_updated_ts": AT_S}
    assert said(ear.hear("x/status/bthomedevice:200", told)) == [
        ("bthomedevice:200/battery", "level", 100)
    ]


def test_an_advert_that_a_script_hands_on_is_its_own_device(ear):
    """By its address, as those of other gateways; a list and an unknown name say nothing."""
    data = {"address": "7c:c6:b6:62:46:80", "pid": 82, "rssi": -71, "battery": 9, "motion": 1}
    data |= {"illuminance": 3, "button": 4, "rotation": [1, 2], "shoe_size": 44}
    heard = ear.hear(
        "x/events/rpc", events({"component": "script:1", "event": "shelly-blu", "data": data})
    )
    assert said(heard) == [
        ("battery", "level", 9), ("motion", "motion", True), ("illuminance", "level", 3),
        ("button", "button", "long_press"),
    ]  # fmt: skip
    assert {one.device for one in heard.statements} == {"7cc6b6624680"}
    assert {one.event_ms for one in heard.statements} == {START_MS}
