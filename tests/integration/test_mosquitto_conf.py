"""The broker's configuration and rules, attacked at each listener of a real mosquitto."""

import re
import socket

import pytest
from support.door import BOARDS, CONF, GOD, HOST, Pass, until

from vrijplek.broker.accounts import (
    HOME_ASSISTANT,
    OPERATOR,
    PUBLISHER,
    SERVICE,
    TELLER,
    hashed,
)
from vrijplek.broker.folder import STAFF, Way

ROLES = (*STAFF, *BOARDS)
BASE = "vrijplek/v1/hq"
TOPICS = (
    *(
        f"{BASE}/{board}/{leaf}"
        for board in (*BOARDS, SERVICE)
        for leaf in ("readings", "status", "ack", "command")
    ),
    "vrijplek/v1/annex/b1/readings",
    f"{BASE}/b1/readings/more",
    f"{BASE}/b1",
    "vrijplek/v2/hq/b1/readings",
    "b1",
    *(f"espresense/devices/watch/{board}" for board in ("den", "b1", "hall")),
    "espresense/rooms/den",
    "espresense/rooms/hall",
    *(f"espresense/rooms/{board}/telemetry" for board in ("den", "b1", "hall")),
    "espresense/rooms/den/reach/set",
    "espresense/rooms/hall/reach/set",
    "espresense/rooms/*/reach/set",
    "espresense/settings/watch/config",
    "homeassistant/sensor/den/config",
    "homeassistant/device/vrijplek_hq_floor-0/config",
    "homeassistant/status",
    f"{BASE}/spaces/desk-1/state",
    f"{BASE}/spaces/desk-1/why",
    f"{BASE}/floors/floor-0/free",
    f"{BASE}/service",
    f"{BASE}/service/state",
    "anything",
)
SNOOPED = (
    "#",
    "+/#",
    "+/+/#",
    "+/+/+/+/+",
    "vrijplek/#",
    "vrijplek/v1/+/+/readings",
    "vrijplek/v1/+/+/ack",
    f"{BASE}/b2/command",
    "espresense/#",
    "espresense/devices/+/+",
    "espresense/rooms/+/+/set",
    "homeassistant/#",
    "$share/thieves/#",
    "$share/thieves/vrijplek/v1/+/+/readings",
)


def picked(pattern: str) -> set[str]:
    """The topics of the list that a pattern matches."""
    return {topic for topic in TOPICS if re.fullmatch(pattern, topic)}


OF_SPACES = picked(r"vrijplek/v1/[^/]+/(spaces/[^/]+/state|floors/[^/]+/free|service)")
OF_DISCOVERY = picked(r"homeassistant/.+")
MAY_SAY = {
    SERVICE: set(),
    TELLER: picked(r"vrijplek/v1/hq/[^/]+/(ack|command)"),
    PUBLISHER: OF_SPACES | picked(r"homeassistant/device/.+"),
    HOME_ASSISTANT: {"homeassistant/status"},
    OPERATOR: picked(r"vrijplek/v1/hq/[^/]+/command|espresense/rooms/.+/set"),
    "b1": {f"{BASE}/b1/readings", f"{BASE}/b1/status", "vrijplek/v1/annex/b1/readings"},
    "b2": {f"{BASE}/b2/readings", f"{BASE}/b2/status"},
    "c1": {f"{BASE}/c1/readings", f"{BASE}/c1/status"},
    "den": {
        "espresense/devices/watch/den",
        "espresense/rooms/den",
        "espresense/rooms/den/telemetry",
    },
}
MAY_HEAR = {
    SERVICE: picked(
        r"vrijplek/v1/[^/]+/[^/]+/(readings|status)|espresense/devices/.+"
        r"|espresense/rooms/[^/]+(/telemetry)?|homeassistant/.+"
    ),
    TELLER: set(),
    PUBLISHER: {"homeassistant/status"},
    HOME_ASSISTANT: OF_SPACES | OF_DISCOVERY,
    OPERATOR: set(TOPICS),
    "b1": {f"{BASE}/b1/ack", f"{BASE}/b1/command"},
    "b2": {f"{BASE}/b2/ack", f"{BASE}/b2/command"},
    "c1": {f"{BASE}/c1/ack", f"{BASE}/c1/command"},
    "den": {"espresense/rooms/den/reach/set"},
}
DROPPED = "$SYS/broker/publish/messages/dropped"
pytestmark = pytest.mark.broker


class TestWhatEachMaySayAndHear:
    """The rules as a table, role by role, with every topic."""

    @pytest.mark.parametrize("role", ROLES)
    def test_what_a_role_publishes_arrives_as_the_table_says(self, door, role):
        """Live and as retained messages: exactly the topics of the table, and no other."""
        witness = door.welcome(GOD).hear("#")

        door.welcome(role).say(*TOPICS, retain=True)
        witness.hear("fence")
        late = door.welcome(GOD).hear("#").hear("fence")

        assert set(witness.heard) == MAY_SAY[role]
        assert set(late.heard) == MAY_SAY[role]

    @pytest.mark.parametrize("role", ROLES)
    def test_what_a_role_hears_is_what_the_table_says(self, door, role):
        """Whatever it subscribes to, wildcards and shared subscriptions too."""
        listener = door.welcome(role).hear(*SNOOPED, *TOPICS)

        door.welcome(GOD).say(*TOPICS)
        listener.hear("fence")

        assert set(listener.heard) == MAY_HEAR[role]

    @pytest.mark.parametrize("role", ROLES)
    def test_retained_messages_are_handed_out_as_the_table_says(self, door, role):
        """What is kept from before a subscription is guarded as what comes after it."""
        door.welcome(GOD).say(*TOPICS, retain=True)

        listener = door.welcome(role).hear(*SNOOPED, *TOPICS).hear("fence")

        assert set(listener.heard) == MAY_HEAR[role]

    @pytest.mark.parametrize("role", ROLES)
    def test_the_figures_of_the_broker_are_for_the_service_and_its_operator(self, door, role):
        """The service hears how many messages were dropped, the operator all, others nothing."""
        witness = door.welcome(GOD).hear(DROPPED)
        until(lambda: bool(witness.heard), "the broker's first figures")

        heard = set(door.welcome(role).hear("$SYS/#", "$SYS/broker/+", DROPPED).hear("fence").heard)

        if role == OPERATOR:
            assert {DROPPED, "$SYS/broker/uptime"} < heard
        else:
            assert heard == ({DROPPED} if role == SERVICE else set())

    def test_a_shared_subscription_takes_nothing_from_the_service(self, door):
        """A thief who shares the filter of the service gets nothing, and the service everything."""
        service = door.welcome(SERVICE).hear("vrijplek/v1/+/+/readings")
        thief = door.welcome("b1").hear("$share/thieves/vrijplek/v1/+/+/readings")

        door.welcome("b2").say(*[f"{BASE}/b2/readings"] * 20)
        service.hear("fence")
        thief.hear("fence")

        assert (len(service.heard), thief.heard) == (20, [])

    def test_a_wildcard_as_user_name_opens_nothing(self, door):
        """An account that is called like a wildcard speaks for nobody."""
        file = door.accounts.path / "passwords-boards"
        file.write_text(file.read_text() + "".join(f"{n}:{hashed('x')}\n" for n in "+#"))
        door.reload()
        witness = door.welcome(GOD).hear("#")

        for name in "+#":
            guest = door.welcome(Pass(Way.PASSWORD, name, "x"))
            if guest.is_in:
                guest.say(f"{BASE}/b1/readings", f"{BASE}/b1/status")
        witness.hear("fence")

        assert witness.heard == []


class TestAsDelivered:
    """The file as it is, and its words."""

    def test_it_starts_as_it_is_and_opens_loopback_and_tls_alone(self, open_door):
        """With what `vrijplek board prepare` makes; the other listeners wait for the operator."""
        door = open_door(CONF)

        assert door.welcome(SERVICE).is_in
        assert door.welcome("b1").is_in
        for way in (Way.CERTIFICATE, Way.PLAIN):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((HOST, door.ports[way]), 5)

    def test_the_broker_has_nothing_against_it(self, door):
        """No warning but of the test's own user, and of what 2.1 calls deprecated and takes."""
        warnings = [line for line in door.log.splitlines() if "Warning:" in line]

        assert [w for w in warnings if "as root" not in w and "deprecated" not in w] == []
