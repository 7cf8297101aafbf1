"""Metrics: what Prometheus reads of the listening half."""

from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from support.half import Half
from support.office import START_MS

from occupancy.state import State
from occupancy.view import LiveView, Status
from vrijplek import metrics


@pytest.fixture
def half():
    """A listening half that is well."""
    return Half()


def scraped(half, view):
    """Metrics as Prometheus reads them: each line's name with labels, and its value."""
    lines = generate_latest(metrics.registry(half, view)).decode().splitlines()
    samples = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in samples}


@pytest.fixture
def view():
    """A view of three spaces."""
    made = LiveView(lambda _space: ())
    states = {"desk-1": State.FREE, "desk-2": State.FREE, "room-a": State.UNKNOWN}
    told = tuple(Status(space, state, START_MS, 0.1) for space, state in states.items())
    made.tell(START_MS, told)
    return made


def test_counters_are_those_of_the_moment(half, view):
    """Each scrape reads them anew."""
    counters = half.pipeline.counters
    counters.received, counters.accepted, counters.duplicates = 7, 5, 1
    counters.refused["vrijplek", "malformed"] = 2
    found = scraped(half, view)
    assert found["vrijplek_messages_received_total"] == 7
    assert found["vrijplek_messages_accepted_total"] == 5
    assert found["vrijplek_messages_duplicate_total"] == 1
    assert found["vrijplek_messages_dropped_total"] == 3
    assert found["vrijplek_broker_sessions_lost_total"] == 1
    assert found["vrijplek_clock_steps_total"] == 4
    assert found["vrijplek_reports_asked_total"] == 5
    assert found["vrijplek_writes_waited_total"] == 2
    refused = 'vrijplek_messages_refused_total{family="vrijplek",reason="malformed"}'
    assert found[refused] == 2


def test_gauges_tell_connection_mailbox_and_times(half, view):
    """Times in seconds, as Prometheus wants them."""
    half.mailbox.waiting = 12
    half.pipeline.counters.last_commit_ms = START_MS + 500
    found = scraped(half, view)
    assert found["vrijplek_broker_connected"] == 1
    assert found["vrijplek_broker_dropped_messages"] == 8
    assert found["vrijplek_mailbox_messages"] == 12
    assert found["vrijplek_last_commit_timestamp_seconds"] == START_MS / 1000 + 0.5


def test_spaces_are_counted_by_state_and_never_named(half, view):
    """No label tells a desk, and a state without any space is 0, not missing."""
    found = scraped(half, view)
    spaces = {name: count for name, count in found.items() if name.startswith("vrijplek_spaces")}
    assert spaces == {
        'vrijplek_spaces{state="free"}': 2,
        'vrijplek_spaces{state="occupied"}': 0,
        'vrijplek_spaces{state="away"}': 0,
        'vrijplek_spaces{state="unknown"}': 1,
    }
    assert not any("desk-1" in name for name in found)


def test_the_drift_of_each_scanner_is_told(half, view):
    """In dB, as an operator sees which one to look at."""
    assert scraped(half, view)['vrijplek_scanner_drift_db{scanner="b1/ble"}'] == -2.5


def test_sensors_without_a_vote_are_counted(half, view):
    """How many, so that an alarm can be set; which they are `/v1/boards` tells."""
    assert scraped(half, view)["vrijplek_sensors_distrusted"] == 2


def test_devices_without_a_place_are_counted():
    """Those that are there now, and those that had to go for others."""
    registry = CollectorRegistry()
    registry.register(metrics.DevicesCollector(SimpleNamespace(unmapped=3, forgotten=7)))
    lines = generate_latest(registry).decode().splitlines()
    assert {"vrijplek_devices_unmapped 3.0", "vrijplek_devices_forgotten_total 7.0"} <= set(lines)


def test_what_boards_were_asked_to_send_again_is_counted(half, view):
    """Each asking once."""
    assert scraped(half, view)["vrijplek_resends_asked_total"] == 6
