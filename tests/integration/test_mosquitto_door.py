"""Who comes in at each listener of a real mosquitto, with what, and how much each may send."""

import os
import socket
import ssl
import subprocess
import sys

import pytest
from support.door import BOARDS, CONF, DAYS, GOD, HOST, ROOT, Door, Pass, now_ms, opened, until
from support.machine import program

from vrijplek.broker.accounts import SERVICE
from vrijplek.broker.certificates import Authority, Issued
from vrijplek.broker.folder import STAFF, Way

ROLES = (*STAFF, *BOARDS)
BASE = "vrijplek/v1/hq"
OFFICE = ROOT / "vrijplek" / "buildings" / "demo-office.yaml"
HOUSE = ROOT / "vrijplek" / "buildings" / "espresense-house.yaml"
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

LAX = """\
openssl_conf = all
[all]
ssl_conf = kinds
[kinds]
system_default = lax
[lax]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
"""
"""A library that agrees on old versions of TLS."""

pytestmark = pytest.mark.broker


def authority_of(door: Door) -> Authority:
    """The site's own authority."""
    folder = door.accounts.path
    key = (folder / "authority" / "ca.key").read_text()
    return Authority.of(Issued(door.accounts.authority.read_text(), key))


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
    def test_tls_before_1_2_is_refused(self, open_door, tmp_path, monkeypatch, way):
        """The broker agrees on 1.2 and not on 1.1, though its library would."""
        (tmp_path / "openssl.cnf").write_text(LAX)
        monkeypatch.setenv("OPENSSL_CONF", str(tmp_path / "openssl.cnf"))
        door = open_door()
        words = [program("openssl"), "s_client", "-connect", f"{HOST}:{door.ports[way]}"]
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
        """A packet over 1 MB ends the connection, and arrives nowhere."""
        witness = door.welcome(GOD).hear("#")
        guest = door.welcome(board)

        guest.client.publish(OWN[board], b"x" * 1_048_576, 1)
        until(lambda: bool(guest.goodbyes), "the end of the connection")
        door.welcome(board).say(OWN[board])
        witness.hear("fence")

        assert witness.heard == [OWN[board]]

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
