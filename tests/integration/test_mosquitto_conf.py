"""The broker's configuration and rules, attacked at each listener of a real mosquitto."""

import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from support.door import BOARDS, CONF, DAYS, GOD, HOST, ROOT, Door, Pass, now_ms, opened, until
from support.machine import program

from vrijplek.broker.accounts import (
    OPERATOR,
    SERVICE,
    TELLER,
    hashed,
)
from vrijplek.broker.certificates import Authority, Issued
from vrijplek.broker.folder import Way

ROLES = (SERVICE, TELLER, OPERATOR, *BOARDS)
BASE = "vrijplek/v1/hq"
OFFICE = ROOT / "vrijplek" / "buildings" / "demo-office.yaml"
HOUSE = ROOT / "vrijplek" / "buildings" / "espresense-house.yaml"
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


MAY_SAY = {
    SERVICE: set(),
    TELLER: picked(r"vrijplek/v1/hq/[^/]+/(ack|command)"),
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
        r"|espresense/rooms/[^/]+(/telemetry)?"
    ),
    TELLER: set(),
    OPERATOR: set(TOPICS),
    "b1": {f"{BASE}/b1/ack", f"{BASE}/b1/command"},
    "b2": {f"{BASE}/b2/ack", f"{BASE}/b2/command"},
    "c1": {f"{BASE}/c1/ack", f"{BASE}/c1/command"},
    "den": {"espresense/rooms/den/reach/set"},
}
DROPPED = "$SYS/broker/publish/messages/dropped"
OWN = {
    "b1": f"{BASE}/b1/status",
    "c1": f"{BASE}/c1/status",
    "den": "espresense/rooms/den/status",
}
"""A board of each listener of boards, and a topic of its own."""
FOREIGN_WILLS = [
    ("b1", f"{BASE}/b2/status"),
    ("b1", f"{BASE}/b1/command"),
    ("c1", f"{BASE}/b1/status"),
    ("den", f"{BASE}/den/status"),
    ("den", "espresense/rooms/hall/status"),
]

pytestmark = pytest.mark.broker


@pytest.fixture
def open_door(tmp_path) -> Iterator[Callable[..., Door]]:
    """Starts a broker with a configuration, all listeners open unless asked otherwise."""
    doors: list[Door] = []

    def start(conf: str = opened(CONF)) -> Door:
        doors.append(Door(tmp_path, conf))
        return doors[-1]

    yield start
    for door in doors:
        door.close()


@pytest.fixture
def door(open_door) -> Door:
    """A broker with all listeners open."""
    return open_door()


def authority_of(door: Door) -> Authority:
    """The site's own authority."""
    folder = door.accounts.path
    key = (folder / "authority" / "ca.key").read_text()
    return Authority.of(Issued(door.accounts.authority.read_text(), key))


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


class TestWhoComesIn:
    """Accounts and certificates, at the listener that they are for and at the others."""

    @pytest.mark.parametrize("way", list(Way))
    def test_strangers_stay_out(self, door, way):
        """Without an account, with a wrong password, or with none, nobody comes in anywhere."""
        for name, password in (("", ""), ("nobody", "x"), ("b1", "wrong"), ("b1", "")):
            assert not door.welcome(Pass(way, name, password)).is_in

    @pytest.mark.parametrize("way", list(Way))
    @pytest.mark.parametrize("role", ROLES)
    def test_an_account_opens_its_own_listener_alone(self, door, role, way):
        """A password or certificate of one listener is nothing at another."""
        own = door.passes[role]

        assert door.welcome(own._replace(way=way)).is_in == (way is own.way)

    def test_a_certificate_speaks_for_the_name_in_it(self, door):
        """Another user name or client id beside it changes nothing."""
        witness = door.welcome(GOD).hear("#")
        shown = door.passes["c1"]._replace(name="b1")

        guest = door.welcome(shown, client_id="b2")
        guest.say(f"{BASE}/b1/readings", f"{BASE}/b2/readings", f"{BASE}/c1/readings")
        witness.hear("fence")

        assert witness.heard == [f"{BASE}/c1/readings"]

    def test_certificates_that_do_not_count(self, door):
        """None, of another authority, run out, not yet begun, of the broker itself, called back."""
        ours, now, day = authority_of(door), now_ms(), 86_400_000
        folder = door.accounts.path
        server = Issued((folder / "server.crt").read_text(), (folder / "server.key").read_text())
        own = door.passes["c1"]
        wrong = {
            "none": None,
            "other authority": Authority.make(now).for_board("c1", now, DAYS),
            "run out": ours.for_board("c1", now - 10 * day, 9),
            "not yet begun": ours.for_board("c1", now + 10 * day, 9),
            "of the broker": server,
        }

        came_in = {
            what: door.welcome(own._replace(certificate=one)).is_in for what, one in wrong.items()
        }

        assert came_in == dict.fromkeys(wrong, False)
        assert door.welcome("c1").is_in

    @pytest.mark.parametrize("way", [Way.PASSWORD, Way.CERTIFICATE])
    def test_a_board_knows_its_broker(self, door, way):
        """Under another host's name, or with another authority, a board does not go on."""
        ours = ssl.create_default_context(cafile=door.accounts.authority)
        other = Authority.make(now_ms()).kept().certificate
        for context, host in (
            (ours, "broker.example"),
            (ssl.create_default_context(cadata=other), HOST),
        ):
            with (
                socket.create_connection((HOST, door.ports[way]), 5) as raw,
                pytest.raises(ssl.SSLCertVerificationError),
            ):
                context.wrap_socket(raw, server_hostname=host)

    @pytest.mark.parametrize("way", [Way.PASSWORD, Way.CERTIFICATE])
    def test_tls_before_1_2_is_refused(self, door, way):
        """The broker agrees on 1.2 and not on 1.1."""
        words = [program("openssl"), "s_client", "-connect", f"{HOST}:{door.ports[way]}"]
        words += ["-cipher", "ALL:@SECLEVEL=0"]
        old, new = (
            subprocess.run(
                [*words, version], check=False, input=b"", capture_output=True, timeout=10
            ).stdout
            for version in ("-tls1_1", "-tls1_2")
        )
        assert b"Cipher is (NONE)" in old
        assert b"Cipher is ECDHE" in new

    @pytest.mark.parametrize("board", ["b2", "c1", "den"])
    def test_who_was_removed_stays_out(self, door, board):
        """After a reload neither password nor certificate counts; a password's connection ends."""
        there = door.welcome(board)
        assert there.is_in

        door.accounts.remove(board, now_ms())
        door.reload()

        assert not door.welcome(board).is_in
        if BOARDS[board] is not Way.CERTIFICATE:
            until(lambda: bool(there.goodbyes), "the end of the open connection")
        assert door.welcome("b1").is_in

    @pytest.mark.parametrize("board", ["b1", "c1", "den"])
    def test_what_was_renewed_counts_in_the_place_of_the_old(self, door, board):
        """The old password or certificate stays out, the new one comes in."""
        old = door.passes[board]

        _, secret = door.accounts.renew(board, now_ms(), DAYS)
        door.reload()

        assert not door.welcome(old).is_in
        fresh = {"certificate" if isinstance(secret, Issued) else "password": secret}
        assert door.welcome(old._replace(**fresh)).is_in

    @pytest.mark.parametrize("board", OWN)
    def test_nobody_takes_over_the_session_of_the_service(self, door, board):
        """Its client id, at any listener, ends no connection and empties no queue."""
        service = door.welcome(SERVICE, clean=False).hear("vrijplek/v1/+/+/readings")
        thief = door.welcome(board, client_id=SERVICE)
        assert thief.is_in
        door.welcome("b2").say(f"{BASE}/b2/readings")
        service.hear("fence")
        assert service.is_in
        assert len(service.heard) == 1
        thief.leave()
        service.leave()

        door.welcome("b2").say(f"{BASE}/b2/readings")
        assert door.welcome(board, client_id=SERVICE).is_in
        again = door.welcome(SERVICE, clean=False)

        until(lambda: bool(again.heard), "the message that waited")

    @pytest.mark.parametrize("board", OWN)
    def test_the_line_is_what_keeps_the_thief_out(self, open_door, board):
        """Without `use_username_as_clientid` a board does end the connection of the service."""
        door = open_door(opened(CONF).replace("\nuse_username_as_clientid true", ""))
        service = door.welcome(SERVICE, clean=False)

        door.welcome(board, client_id=SERVICE)

        until(lambda: bool(service.goodbyes), "the end of the service's connection")


class TestHowMuch:
    """Wills, sizes and numbers."""

    @pytest.mark.parametrize("board", OWN)
    def test_a_will_on_a_topic_of_its_own_is_published(self, door, board):
        """That is how the service learns that a board is gone."""
        witness = door.welcome(GOD).hear("#")

        door.welcome(board, will=OWN[board]).vanish()
        until(lambda: bool(witness.heard), "the will")

        assert witness.heard == [OWN[board]]

    @pytest.mark.parametrize(("board", "will"), FOREIGN_WILLS)
    def test_a_will_on_another_topic_is_published_to_nobody(self, door, board, will):
        """Nobody can speak for another by dying."""
        witness = door.welcome(GOD).hear("#")

        guest = door.welcome(board, will=will)
        if guest.is_in:
            guest.vanish()
        door.welcome(board, will=OWN[board]).vanish()
        until(lambda: bool(witness.heard), "the will that counts")

        assert witness.heard == [OWN[board]]

    @pytest.mark.parametrize("board", OWN)
    def test_who_sends_too_much_at_once_is_sent_away(self, door, board):
        """A packet over 16 kB ends the connection, and arrives nowhere."""
        witness = door.welcome(GOD).hear("#")
        guest = door.welcome(board)

        guest.client.publish(OWN[board], b"x" * 16_384, 1)
        until(lambda: bool(guest.goodbyes), "the end of the connection")
        door.welcome(board).say(OWN[board])
        witness.hear("fence")

        assert witness.heard == [OWN[board]]

    @pytest.mark.parametrize("board", OWN)
    def test_boards_have_no_qos_2(self, door, board):
        """The exchange of four packets, which takes memory, is refused."""
        guest = door.welcome(board)

        guest.client.publish(OWN[board], b"{}", 2)

        until(lambda: bool(guest.goodbyes), "the end of the connection")

    def test_the_loopback_listener_has_room_for_64(self, door):
        """Connections beyond it are closed at once, while the first ones stay."""
        service = door.welcome(SERVICE)
        held = [socket.create_connection((HOST, door.ports[Way.SERVICE]), 5) for _ in range(64)]
        held[-1].settimeout(5)

        assert held[-1].recv(1) == b""
        assert service.hear("fence").is_in
        for one in held:
            one.close()

    def test_the_log_tells_who_came_and_no_address_of_a_tag(self, door):
        """No topic of what was published or refused is there, and no password."""
        den = door.welcome("den")
        den.say(
            "espresense/devices/c3:00:00:00:00:2a/den", "espresense/devices/c3:00:00:00:00:2a/x"
        )
        door.welcome(GOD).hear("#")

        assert "as den" in door.log
        assert "c3:00" not in door.log
        assert not any(
            shown.password and shown.password in door.log for shown in door.passes.values()
        )


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


class TestAsPrinted:
    """A board as its operator makes it: what the command prints is typed as it is."""

    @pytest.mark.parametrize(
        ("name", "words", "said"),
        [
            ("f0-d01", ("--building", OFFICE), "vrijplek/v1/demo/f0-d01/readings"),
            (
                "f0-d02",
                ("--building", OFFICE, "--certificate", "--out", "flash"),
                "vrijplek/v1/demo/f0-d02/readings",
            ),
            ("garage", ("--building", HOUSE), "espresense/rooms/garage/telemetry"),
        ],
        ids=["password", "certificate", "plain"],
    )
    def test_the_printed_line_is_heard(self, door, tmp_path, name, words, said):
        """After `vrijplek board add` and the reload that it asks for, mosquitto_pub comes in."""
        way = {"f0-d01": Way.PASSWORD, "f0-d02": Way.CERTIFICATE}.get(name, Way.PLAIN)
        (tmp_path / "pid").write_text(str(door.process.pid))
        words = ("add", name, *words, "--folder", door.accounts.path, "--pid-file", "pid")
        printed = self.vrijplek(tmp_path, *words, "--port", door.ports[way])
        line = next(text for text in printed.splitlines() if text.startswith("mosquitto_pub "))
        service = door.welcome(SERVICE).hear("vrijplek/v1/+/+/readings", "espresense/rooms/+/+")
        until(lambda: "Reloading config" in door.log, "the broker's reload")
        program("mosquitto_pub")

        subprocess.run(line, shell=True, check=True, timeout=20, cwd=tmp_path)
        service.hear("fence")

        assert service.heard == [said]

    def test_a_new_password_of_the_service_comes_in(self, door, tmp_path):
        """As `vrijplek board renew` prints it."""
        words = ("renew", SERVICE, "--folder", door.accounts.path)
        name, password = self.vrijplek(tmp_path, *words).split()
        door.reload()

        assert door.welcome(Pass(Way.SERVICE, name, password)).is_in

    def vrijplek(self, folder, *words):
        """What `vrijplek board` prints, as a process of its own, without what is told beside it."""
        command = [sys.executable, "-m", "vrijplek", "board", *map(str, words)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, check=True, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ).stdout
