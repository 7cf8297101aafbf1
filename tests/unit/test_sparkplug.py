"""Sparkplug B: what names mean, births and deaths, host applications."""

import pytest
from support.family_ear import FamilyEar, said
from support.office import START_MS

from sensors.families.directory import FOREIGN, family_of
from sensors.rejected import Reason
from sensors.routing import Routes


@pytest.fixture
def ear():
    """A family that knows nothing yet."""
    return FamilyEar("sparkplug")


def data(*metrics, at_ms=START_MS):
    """A message as documents render it."""
    return {"timestamp": at_ms, "metrics": list(metrics), "seq": 1}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Desk/Occupied", True, ("presence", True)),
        ("Unoccupied", True, ("presence", False)),
        ("Vacant", False, ("presence", True)),
        ("Occupancy", 1, ("presence", True)),
        ("Occupied_2", "false", ("presence", False)),
        ("Motion Detected", 0, ("motion", False)),
        ("Hall PIR", True, ("motion", True)),
        ("Spire", True, ("binary", True)),
        ("Motion Enabled", True, ("binary", True)),
        ("Presence Sensor Fault", True, ("binary", True)),
        ("Door Locked", True, ("binary", True)),
        ("Door Closed", True, ("contact", False)),
        ("Door", True, ("contact", True)),
        ("People Count", 3, ("count", 3)),
        ("Occupancy Count", 0, ("count", 0)),
        ("Count", None, ("count", None)),
        ("Presence", None, ("presence", None)),
        ("Temperature", 21.5, ("level", 21.5)),
        ("Temperature", None, ("level", None)),
        ("Boot Count", 17, None),
        ("Country", "NL", None),
        ("Battery Type", "AA", None),
        ("Occupancy", 2, None),
        ("Presence Range", 1, None),
        ("Node Control/Rebirth", False, None),
    ],
)
def test_a_name_is_all_that_tells_a_metrics_kind(ear, name, value, expected):
    """A number is yes or no of a plain name only, and a word is no number."""
    heard = ear.hear("spBv1.0/G/DDATA/E/D", data({"name": name, "value": value}))
    assert said(heard) == ([] if expected is None else [(name, *expected)])


def test_spaces_that_do_not_break_are_spaces(ear):
    """Of those that documents indent with; a death then finds its birth."""
    birth = '{\u00a0\u00a0"timestamp": 1, "metrics": [{\u00a0"name": "bdSeq", "value": 4}]}'
    assert ear.hear("spBv1.0/G/NBIRTH/E", birth.encode()).noted == "a birth"
    assert ear.hear("spBv1.0/G/NDEATH/E", data({"name": "bdSeq", "value": 4})).gone_below == "G/E"


@pytest.mark.parametrize("null", ["isNull", "is_null"])
@pytest.mark.parametrize("late", ["isHistorical", "is_historical"])
def test_marks_of_a_metric_have_two_spellings(ear, null, late):
    """That of JSON and that of protobuf."""
    metric = {"name": "Presence", "value": True, "timestamp": START_MS - 1, late: True}
    [one] = ear.hear("spBv1.0/G/DDATA/E/D", data(metric)).statements
    assert (one.flags, one.event_ms) == (("history",), START_MS - 1)
    [one] = ear.hear(
        "spBv1.0/G/DDATA/E/D", data({"name": "Presence", "value": True, null: True})
    ).statements
    assert one.value is None


@pytest.mark.parametrize("kind", ["NBIRTH", "NDATA", "NDEATH"])
def test_nothing_is_no_payload(ear, kind):
    """Only the death of a device may be empty."""
    assert ear.hear(f"spBv1.0/G/{kind}/E", b"").refused is Reason.MALFORMED
    assert ear.hear("spBv1.0/G/DDEATH/E/D", b"").gone


@pytest.mark.parametrize("topic", ["spBv1.0/STATE/host", "STATE/host"])
def test_a_host_application_is_no_device(ear, topic):
    """Its state is told, as JSON since 3.0 and as text before."""
    for told in ({"online": False, "timestamp": START_MS}, b"OFFLINE"):
        heard = ear.hear(topic, told, retained=True)
        assert (heard.noted, heard.gone) == ("a host application is offline", False)
    assert ear.hear(topic, {"online": True}).noted == "a host application is online"
    for told in (b'{"online":', b"{}", b"maybe"):
        assert ear.hear(topic, told).refused is Reason.MALFORMED


def test_the_old_topic_of_hosts_is_known_and_never_asked_for():
    """It stands outside of the prefix."""
    assert family_of("STATE/host", b"ONLINE", {}, Routes()) == "sparkplug"
    assert FOREIGN["sparkplug"].patterns == ("spBv1.0/#",)
