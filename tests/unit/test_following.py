"""Following: what is asked of the broker besides the filters of families."""

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from ingest.following import AT_ONCE, Following


class FakeClient:
    """Numbers packets; remembers what was asked."""

    def __init__(self):
        self.subscribed, self.unsubscribed = [], []

    def subscribe(self, wanted):
        """The topics of one packet."""
        self.subscribed.append([topic for topic, _ in wanted])
        return 0, len(self.subscribed)

    def unsubscribe(self, topics):
        """What is heard no more."""
        self.unsubscribed += topics


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def following(client):
    return Following(client, mqtt5=True)


def answer(code):
    return ReasonCode(PacketTypes.SUBACK, identifier=code)


def test_only_what_is_new_is_asked_and_what_is_gone_is_given_up(following, client):
    """On a connection that is there."""
    following.follow(("a", "b"), is_connected=True)
    following.follow(("b", "c"), is_connected=True)
    assert client.subscribed == [["a", "b"], ["c"]]
    assert client.unsubscribed == ["a"]


def test_without_a_connection_it_is_asked_on_the_next(following, client):
    """All of it, each time."""
    following.follow(("a",), is_connected=False)
    assert client.subscribed == []
    following.begin()
    following.begin()
    assert client.subscribed == [["a"], ["a"]]


def test_what_is_wanted_while_a_connection_begins_is_asked_once_it_has(following, client):
    """Once, and nothing that was asked on it already."""
    following.follow(("a",), is_connected=False)
    following.begin()
    following.follow(("a", "b"), is_connected=False)
    following.catch_up()
    following.catch_up()
    assert client.subscribed == [["a"], ["b"]]


def test_what_is_given_up_without_a_connection_is_told_on_the_next(following, client):
    """The broker keeps the session, and would go on sending it."""
    following.follow(("a", "b"), is_connected=True)
    following.follow(("a",), is_connected=False)
    assert client.unsubscribed == []
    following.begin()
    following.begin()
    assert client.unsubscribed == ["b"]


def test_many_are_asked_in_packets_that_any_broker_takes(following, client):
    """None is left out."""
    topics = tuple(f"t{i}" for i in range(2 * AT_ONCE + 1))
    following.follow(topics, is_connected=True)
    assert [len(packet) for packet in client.subscribed] == [AT_ONCE, AT_ONCE, 1]


def test_what_the_broker_refuses_is_known_until_it_is_not_wanted(following):
    """An answer to something else is not taken."""
    following.follow(("a", "b"), is_connected=True)
    assert following.is_answered(1, [answer(1), answer(0x87)])
    assert following.unheard == ("b",)
    assert not following.is_answered(7, [answer(1)])
    following.follow(("a",), is_connected=True)
    assert following.unheard == ()
