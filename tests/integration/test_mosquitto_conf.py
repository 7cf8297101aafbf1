"""The broker's configuration and rules at the top of the project, on a real mosquitto."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from support.machine import program

from vrijplek.broker.accounts import OPERATOR, REPLAY, SERVICE, TELLER, board_rules, hashed
from vrijplek.broker.accounts import service_rules as rules_of_service
from vrijplek.broker.start import free_port

ROOT = Path(__file__).parents[2]
CONF = (ROOT / "mosquitto.conf").read_text(encoding="utf-8")
ACL = (ROOT / "deploy" / "broker" / "acl").read_text(encoding="utf-8")
GUESTS = (SERVICE, TELLER, OPERATOR, "b1", "b2")
PASSWORD = "the same for all in this test"  # noqa: S105 - of a broker that ends with the test
PATIENCE_S = 10.0


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that is bound to come soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


class Guest:
    """One client of the broker, and what it has heard."""

    def __init__(
        self,
        port: int,
        name: str,
        *,
        client_id: str | None = None,
        password: str = PASSWORD,
        clean: bool = True,
        will: str | None = None,
    ) -> None:
        self.heard: list[str] = []
        self.answer = ""
        self.goodbyes: list[str] = []
        self.done: set[int] = set()
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id or name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if name:
            self.client.username_pw_set(name, password)
        if will is not None:
            self.client.will_set(will, b"{}", 1)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message
        self.client.on_publish = lambda _c, _u, mid, _r, _p: self.done.add(mid)
        self.client.on_subscribe = lambda _c, _u, mid, _r, _p: self.done.add(mid)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0 if clean else 3600
        self.client.connect("127.0.0.1", port, clean_start=clean, properties=properties)
        self.client.loop_start()
        until(lambda: bool(self.answer or self.goodbyes), "an answer to the connection")

    def _on_connect(self, _client, _userdata, _flags, reason, _properties) -> None:
        self.answer = str(reason)

    def _on_disconnect(self, _client, _userdata, _flags, reason, _properties) -> None:
        self.goodbyes.append(str(reason))

    def _on_message(self, _client, _userdata, message: MQTTMessage) -> None:
        self.heard.append(message.topic)

    @property
    def is_in(self) -> bool:
        """Whether the broker let it in."""
        return self.answer == "Success"

    def hear(self, *filters: str) -> "Guest":
        """Subscribe, and wait for the answer."""
        for topic in filters:
            _, mid = self.client.subscribe(topic, 1)
            until(lambda mid=mid: mid in self.done, "an answer to a subscription")
        return self

    def say(self, topic: str, *, retain: bool = False) -> None:
        """Publish with QoS 1, and wait for the answer."""
        mid = self.client.publish(topic, b"{}", 1, retain).mid
        until(lambda: mid in self.done, "an answer to a message")

    def leave(self) -> None:
        """Say goodbye."""
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self) -> None:
        """Break the connection without a goodbye, so that the broker publishes the will."""
        raw = self.client.socket()
        assert isinstance(raw, socket.socket)
        self.client.loop_stop()
        raw.shutdown(socket.SHUT_RDWR)
        raw.close()


class Door:
    """A running mosquitto and its guests."""

    def __init__(self, folder: Path, conf: str) -> None:
        self.port = free_port("127.0.0.1")
        self.guests: list[Guest] = []
        self.process = self._started(folder, conf)
        until(self._answers, "the broker")

    def _started(self, folder: Path, conf: str) -> subprocess.Popen[bytes]:
        mosquitto = program("mosquitto")
        passwords = folder / "passwords"
        passwords.write_text("".join(f"{name}:{hashed(PASSWORD)}\n" for name in GUESTS))
        (folder / "acl").write_text(ACL)
        for found, here in (
            ("listener 1883 127.0.0.1", f"listener {self.port} 127.0.0.1"),
            ("/etc/mosquitto/vrijplek-passwords", str(passwords)),
            ("/etc/mosquitto/vrijplek-acl", str(folder / "acl")),
        ):
            assert conf.count(found) == 1
            conf = conf.replace(found, here)
        if os.geteuid() == 0:
            conf += "user root\n"
        path = folder / "mosquitto.conf"
        path.write_text(conf)
        with (folder / "log").open("wb") as log:
            return subprocess.Popen([mosquitto, "-c", str(path)], stdout=log, stderr=log)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "mosquitto does not take its configuration"
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
        except OSError:
            return False
        return True

    def welcome(self, name: str, **how: object) -> Guest:
        """Have someone come to the door."""
        guest = Guest(self.port, name, **how)
        self.guests.append(guest)
        return guest

    def close(self) -> None:
        """Send all guests away and stop."""
        for guest in self.guests:
            guest.leave()
        self.process.terminate()
        self.process.wait(5)


@pytest.fixture
def open_door(tmp_path) -> Iterator[Callable[[str], Door]]:
    """Starts a broker with a configuration."""
    doors: list[Door] = []

    def start(conf: str = CONF) -> Door:
        doors.append(Door(tmp_path, conf))
        return doors[-1]

    yield start
    for door in doors:
        door.close()


def rules_in(acl: str) -> dict[str, set[tuple[str, str]]]:
    """The rules of each user in a file, those for everyone under the empty name."""
    found: dict[str, set[tuple[str, str]]] = {"": set()}
    user = ""
    for line in acl.splitlines():
        match line.split():
            case ["user", name]:
                user = name
                found[user] = set()
            case ["pattern", may, topic]:
                found[""].add((may, topic))
            case ["topic", may, topic]:
                found[user].add((may, topic))
            case _:
                assert not line or line.startswith("#"), line
    return found


def test_the_file_has_the_rules_of_the_code():
    """deploy/broker/acl allows what the demo's broker allows, but for the account of replays."""
    expected = {"": {(rule.may.value, rule.topic) for rule in board_rules("+")}}
    for user, rules in rules_of_service("+").items():
        if user != REPLAY:
            expected[user] = {(rule.may.value, rule.topic) for rule in rules}

    assert rules_in(ACL) == expected


def test_every_listener_ties_client_ids_to_user_names():
    """The line that does so comes right after each listener line, commented ones too."""
    lines = CONF.splitlines()
    listeners = [i for i, line in enumerate(lines) if re.match(r"#?listener ", line)]

    assert len(listeners) == 3
    for i in listeners:
        mark = "#" if lines[i].startswith("#") else ""
        after = next(line for line in lines[i + 1 :] if not line.startswith("# "))
        assert after == f"{mark}use_username_as_clientid true"


def test_every_line_has_a_reason():
    """Each block of settings has a comment above it."""
    for block in CONF.split("\n\n"):
        assert block.startswith("# "), block


def test_sessions_stay_in_memory():
    """What waits for the service holds addresses of tags, which no file may hold."""
    assert re.search(r"^persistence false$", CONF, re.MULTILINE)
    assert "persistence_location /" not in re.sub(r"^#.*", "", CONF, flags=re.MULTILINE)


class TestOnTheRealBroker:
    """What the broker does with these two files."""

    pytestmark = pytest.mark.broker

    @pytest.mark.parametrize(
        ("name", "password"), [("", ""), ("b1", "wrong"), ("nobody", PASSWORD)]
    )
    def test_strangers_stay_out(self, open_door, name, password):
        """Without an account, or with the wrong password, nobody comes in."""
        door = open_door()

        assert not door.welcome(name, client_id="x", password=password).is_in
        assert door.welcome("b1").is_in

    def test_a_board_speaks_for_itself_alone(self, open_door):
        """What a board publishes under its own id arrives, under another's it does not."""
        door = open_door()
        service = door.welcome(SERVICE).hear("vrijplek/v1/+/+/readings", "espresense/#")
        board = door.welcome("b1")

        for topic in (
            "vrijplek/v1/hq/b2/readings",
            "vrijplek/v1/hq/b2/status",
            "vrijplek/v1/hq/b1/readings/more",
            "espresense/devices/x/b2",
            "vrijplek/v1/hq/b1/readings",
            "espresense/devices/x/b1",
        ):
            board.say(topic)
        until(lambda: len(service.heard) >= 2, "the board's own messages")

        assert service.heard == ["vrijplek/v1/hq/b1/readings", "espresense/devices/x/b1"]

    def test_a_will_counts_for_the_board_itself_alone(self, open_door):
        """A will on another board's status is published to nobody, on its own it is."""
        door = open_door()
        service = door.welcome(SERVICE).hear("vrijplek/v1/+/+/status")

        for board, will in (("b1", "b2"), ("b2", "b2")):
            guest = door.welcome(board, will=f"vrijplek/v1/hq/{will}/status")
            if guest.is_in:
                guest.vanish()
        until(lambda: bool(service.heard), "the will of b2")

        assert service.heard == ["vrijplek/v1/hq/b2/status"]

    def test_a_board_hears_what_is_told_to_it_alone(self, open_door):
        """A board that subscribes to everything gets its own acknowledgements and nothing else."""
        door = open_door()
        teller, other = door.welcome(TELLER), door.welcome("b2")
        other.say("vrijplek/v1/hq/b2/status", retain=True)
        board = door.welcome("b1").hear(
            "#", "+/+/#", "$SYS/#", "vrijplek/v1/+/+/readings", "vrijplek/v1/+/+/ack"
        )

        other.say("vrijplek/v1/hq/b2/readings")
        teller.say("vrijplek/v1/hq/b2/ack")
        teller.say("vrijplek/v1/hq/b2/command")
        teller.say("vrijplek/v1/hq/b1/ack")
        until(lambda: bool(board.heard), "the board's own acknowledgement")

        assert set(board.heard) == {"vrijplek/v1/hq/b1/ack"}

    def test_boards_command_no_boards(self, open_door):
        """A board can't publish acknowledgements or commands; the teller can."""
        door = open_door()
        victim = door.welcome("b2").hear("vrijplek/v1/hq/b2/ack", "vrijplek/v1/hq/b2/command")

        attacker = door.welcome("b1")
        attacker.say("vrijplek/v1/hq/b2/ack")
        attacker.say("vrijplek/v1/hq/b2/command")
        door.welcome(TELLER).say("vrijplek/v1/hq/b2/command")
        until(lambda: bool(victim.heard), "the teller's command")

        assert victim.heard == ["vrijplek/v1/hq/b2/command"]

    def test_nobody_takes_over_the_session_of_the_service(self, open_door):
        """A board with the client id of the service ends no connection and empties no session."""
        door = open_door()
        service = door.welcome(SERVICE, clean=False).hear("vrijplek/v1/+/+/readings")
        thief = door.welcome("b1", client_id=SERVICE)
        door.welcome("b2").say("vrijplek/v1/hq/b2/readings")
        until(lambda: len(service.heard) == 1, "a message beside the thief")
        thief.leave()
        service.leave()

        door.welcome("b2").say("vrijplek/v1/hq/b2/readings")
        assert door.welcome("b1", client_id=SERVICE).is_in
        again = door.welcome(SERVICE, clean=False)
        until(lambda: bool(again.heard), "the message that waited")

        assert service.goodbyes == ["Normal disconnection"]

    def test_the_line_is_what_keeps_the_thief_out(self, open_door):
        """Without `use_username_as_clientid` a board does end the connection of the service."""
        door = open_door(CONF.replace("\nuse_username_as_clientid true", "", 1))
        service = door.welcome(SERVICE, clean=False)

        door.welcome("b1", client_id=SERVICE)

        until(lambda: bool(service.goodbyes), "the end of the service's connection")
