"""The publisher: what goes out when, and what waits."""

import json

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from support.office import OFFICE, START_MS

from occupancy.state import State
from occupancy.view import LiveView, Status
from vrijplek.publishing import publisher as module
from vrijplek.publishing.meter import PublisherCollector
from vrijplek.publishing.publisher import Publisher
from vrijplek.publishing.sheet import Sheet
from vrijplek.publishing.topics import Topics

SERVICE = "vrijplek/v1/hq/service"
DESK = "vrijplek/v1/hq/spaces/desk-1/state"
COUNT = "vrijplek/v1/hq/floors/floor-0/free"
STANDING = {"gone": b"", "device": b"{}"}


class Desk:
    """An outlet of which a test says whether it is free."""

    def __init__(self):
        self.is_new, self.is_free, self.is_settled = True, True, True
        self.refused = 0
        self.client = self
        self.said = []

    def is_connected(self):
        """It is, whatever is free."""
        return True

    def begins(self):
        """Once after a connection."""
        began, self.is_new = self.is_new, False
        return began

    def say(self, topic, payload, *, surely):
        """Note what was said."""
        self.said.append((topic, payload, surely))

    def heard(self):
        """What was said since it was last asked, by topic."""
        said, self.said = self.said, []
        return {topic: payload for topic, payload, _ in said}


@pytest.fixture
def outlet():
    """Where it goes out."""
    return Desk()


@pytest.fixture
def view():
    """A view of an office whose desks are free."""
    made = LiveView(lambda _space: ())
    made.tell(START_MS, tuple(status(space.id, State.FREE) for space in OFFICE.spaces))
    return made


@pytest.fixture
def settled():
    """How often the broker was said to have taken all."""
    return []


@pytest.fixture
def publisher(view, outlet, settled):
    """A publisher that has not looked yet."""
    sheet = Sheet(OFFICE, Topics("hq"))
    return Publisher(sheet, STANDING, view, outlet, lambda: settled.append(1))


def status(space, state, probability=0.1):
    """What is known of a space."""
    return Status(space, state, START_MS, probability)


def looked(publisher, outlet, times=3):
    """What goes out in so many looks."""
    for _ in range(times):
        publisher.look()
    return outlet.heard()


def test_at_the_start_all_goes_out_and_that_it_counts_comes_last(publisher, outlet):
    """Removals and devices first, then every state and count."""
    found = looked(publisher, outlet)

    assert list(found)[:2] == ["gone", "device"]
    assert len(found) == 2 + 7 + 1
    assert json.loads(found[DESK])["state"] == "free"
    assert list(found)[-1] == SERVICE
    assert found[SERVICE] == b"online"


def test_states_are_not_repeated_by_the_client(publisher, outlet):
    """With QoS 1 an older one could come again after a newer one; what never changes may."""
    publisher.look()
    publisher.look()

    assert {topic for topic, _, surely in outlet.said if surely} == set(STANDING)


def test_a_change_goes_out_with_the_count_of_its_floor_and_nothing_else(publisher, outlet, view):
    """Once."""
    looked(publisher, outlet)
    view.tell(START_MS, (status("desk-1", State.OCCUPIED),))

    found = looked(publisher, outlet)

    assert set(found) == {DESK, COUNT}
    assert json.loads(found[COUNT])["occupied"] == 1
    assert looked(publisher, outlet) == {}


def test_news_without_a_change_of_state_says_nothing(publisher, outlet, view):
    """A probability is not published; neither are spaces that only add up others."""
    looked(publisher, outlet)
    view.tell(START_MS, (status("desk-1", State.FREE, 0.3), status("zone-n", State.OCCUPIED)))

    assert looked(publisher, outlet) == {}


def test_while_nothing_can_go_out_only_the_newest_state_waits(publisher, outlet, view):
    """However often it changes, and it is counted."""
    looked(publisher, outlet)
    outlet.is_free = False
    for state in (State.OCCUPIED, State.AWAY, State.OCCUPIED):
        view.tell(START_MS, (status("desk-1", state),))
    assert looked(publisher, outlet) == {}
    assert (publisher.waiting, publisher.superseded) == (1, 2)

    outlet.is_free = True
    publisher.look()

    assert [json.loads(p)["state"] for t, p, _ in outlet.said if t == DESK] == ["occupied"]


def test_after_a_new_connection_all_is_said_again(publisher, outlet):
    """The broker may have forgotten it; what it has taken away is away, and not removed again."""
    first = looked(publisher, outlet)
    outlet.is_new = True

    assert first.pop("gone") == b""
    assert looked(publisher, outlet) == first


def test_a_pipeline_that_hangs_makes_every_state_unknown(publisher, outlet, view):
    """And ends it when it tells something again."""
    looked(publisher, outlet)
    view.doubt(START_MS + 15_000)
    found = looked(publisher, outlet)

    assert {json.loads(p)["state"] for t, p in found.items() if t != COUNT} == {"unknown"}
    assert json.loads(found[COUNT]) == {"free": 0, "occupied": 0, "unknown": 4, "desks": 4}

    view.tell(START_MS + 20_000, ())
    assert json.loads(looked(publisher, outlet)[DESK])["state"] == "free"


def test_what_was_gone_is_forgotten_once_the_broker_has_taken_it(publisher, outlet, settled):
    """Not before, and once."""
    outlet.is_settled = False
    looked(publisher, outlet)
    assert settled == []

    outlet.is_settled = True
    looked(publisher, outlet)
    outlet.is_new = True
    looked(publisher, outlet)

    assert settled == [1]


def test_a_large_building_goes_out_in_portions(publisher, outlet, monkeypatch):
    """The loop that answers people is not held up, and `online` still comes last."""
    monkeypatch.setattr(module, "BATCH", 2)
    sizes = []
    for _ in range(4):
        publisher.look()
        sizes.append(len(outlet.said))
    found = [topic for topic, _, _ in outlet.said]

    assert sizes == [2, 4, 7, 10]
    assert found[-1] == SERVICE
    assert found.count(SERVICE) == 1


def test_its_metrics_name_no_desk(publisher, outlet):
    """Counters, and what waits."""
    looked(publisher, outlet)
    registry = CollectorRegistry()
    registry.register(PublisherCollector(publisher))
    text = generate_latest(registry).decode()

    assert "vrijplek_published_total 10.0" in text
    assert "vrijplek_publish_superseded_total 0.0" in text
    assert "vrijplek_publish_refused_total 0.0" in text
    assert "vrijplek_publish_waiting 0.0" in text
    assert "vrijplek_publisher_connected 1.0" in text
    assert "desk-1" not in text
