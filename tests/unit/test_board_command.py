"""The command `vrijplek board`: accounts of boards at the broker, and what to flash."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import msgspec
import pytest
from support.command import Command
from support.machine import program

from vrijplek.broker.accounts import REPLAY, SERVICE, hashed
from vrijplek.broker.certificates import serial_of, serials_in
from vrijplek.broker.folder import STAFF, BrokerFolder, Way

BUILDINGS = Path(__file__).parents[2] / "vrijplek" / "buildings"
OFFICE = BUILDINGS / "demo-office.yaml"
HOUSE = BUILDINGS / "espresense-house.yaml"
DAYS = 30


@pytest.fixture
def board(monkeypatch, capsys, tmp_path):
    """The command, on the broker's folder of a test."""
    monkeypatch.chdir(tmp_path)
    vrijplek = Command(monkeypatch, capsys)
    return lambda *words: vrijplek("board", *words, "--folder", "broker")


@pytest.fixture
def prepared(board, tmp_path):
    """The broker's folder, made by the command."""
    assert board("prepare", "--host", "broker.example").code == 0
    return tmp_path / "broker"


def lines(prepared, kind):
    """Accounts and hashes of a password file."""
    return dict(line.split(":") for line in (prepared / f"passwords-{kind}").read_text().split())


def fits(password, line):
    """Whether a password is the one of a line."""
    salt = msgspec.json.decode(f'"{line.split("$")[3]}"', type=bytes)
    return hashed(password, salt) == line


def matter(prepared):
    """All files with what is in them."""
    files = (file for file in prepared.rglob("*") if file.is_file())
    return {file.relative_to(prepared).as_posix(): file.read_bytes() for file in files}


class TestPrepare:
    """What mosquitto.conf needs."""

    def test_it_makes_all_that_the_configuration_names(self, prepared):
        """Every file in the folder, but for the rules, which are copied."""
        conf = (BUILDINGS.parents[1] / "mosquitto.conf").read_text()
        named = set(re.findall(r"/etc/mosquitto/vrijplek/(\S+)", conf))

        rules = {file.name for file in (BUILDINGS.parents[1] / "deploy" / "broker").iterdir()}
        assert named - rules == {file.name for file in prepared.iterdir() if file.is_file()}

    def test_it_tells_the_passwords_of_the_service_once(self, board, tmp_path):
        """They fit what is kept; a second time there is nothing to tell, and nothing changes."""
        told = board("prepare", "--host", "broker.example").out
        folder = tmp_path / "broker"
        passwords = dict(line.split() for line in told.splitlines())
        before = matter(folder)

        again = board("prepare", "--host", "other.example")

        assert passwords.keys() == set(STAFF)
        kept = lines(folder, "service")
        assert all(fits(passwords[name], kept[name]) for name in kept)
        assert (again.code, again.out) == (0, "")
        assert matter(folder) == before

    def test_what_is_missing_is_made_anew(self, board, prepared):
        """A broker's certificate that was deleted comes again, from the same authority."""
        authority = (prepared / "ca.crt").read_bytes()
        (prepared / "server.crt").unlink()

        board("prepare", "--host", "new.example")

        assert (prepared / "ca.crt").read_bytes() == authority
        assert BrokerFolder(prepared).host == "new.example"

    def test_a_lost_authority_takes_what_it_signed_with_it(self, board, prepared):
        """A new one signs the broker anew; boards with a certificate have no account any more."""
        board("add", "b1", "--certificate")
        board("add", "b2")
        (prepared / "ca.crt").unlink()

        board("prepare", "--host", "broker.example")

        names = {entry.name for entry in BrokerFolder(prepared).entries()}
        assert names == {*STAFF, "b2"}
        ca, server = prepared / "ca.crt", prepared / "server.crt"
        verified = subprocess.run(
            [program("openssl"), "verify", "-CAfile", ca, server], check=False
        )
        assert verified.returncode == 0
        assert board("add", "b1", "--certificate").code == 0

    def test_files_are_for_owner_and_broker_alone(self, board, prepared):
        """The broker's group reads what it needs; the authority's folder is private."""
        board("add", "b1", "--certificate")
        board("add", "b2")

        modes = {
            str(file.relative_to(prepared)): file.stat().st_mode & 0o777
            for file in prepared.rglob("*")
        }
        private = {name: mode for name, mode in modes.items() if name.startswith("authority")}
        assert private == {
            "authority": 0o700,
            "authority/boards": 0o700,
            "authority/ca.key": 0o600,
            "authority/boards/b1.crt": 0o600,
        }
        assert set(modes.values()) - {0o700, 0o600} == {0o640}
        assert all(
            (prepared / name).stat().st_gid == prepared.stat().st_gid
            for name in modes
            if name not in private
        )


class TestAdd:
    """A new board."""

    def test_a_password_is_told_once_and_kept_as_a_hash(self, board, prepared):
        """No file holds it in clear."""
        flash = json.loads(board("add", "f0-d1", "--building", OFFICE, "--json").out)

        assert fits(flash["password"], lines(prepared, "boards")["f0-d1"])
        assert not any(flash["password"].encode() in text for text in matter(prepared).values())
        base = "vrijplek/v1/demo/f0-d1"
        assert flash == {
            "board": "f0-d1",
            "host": "broker.example",
            "port": 8883,
            "tls": True,
            "username": "f0-d1",
            "clientId": "f0-d1",
            "topics": [f"{base}/{leaf}" for leaf in ("readings", "status", "ack", "command")],
            "password": flash["password"],
            "authority": (prepared / "ca.crt").read_text(),
        }

    def test_a_certificate_is_told_and_its_key_kept_nowhere(self, board, prepared, tmp_path):
        """But where --out says, for the owner alone."""
        words = ("--certificate", "--json", "--out", "flash")
        flash = json.loads(board("add", "f0-d1", "--building", OFFICE, *words).out)

        assert flash["port"] == 8884
        assert "password" not in flash
        assert not any(flash["key"].encode() in text for text in matter(prepared).values())
        out = tmp_path / "flash"
        assert (out / "f0-d1.key").read_text() == flash["key"]
        assert (out / "f0-d1.crt").read_text() == flash["certificate"]
        assert (out / "f0-d1.key").stat().st_mode & 0o777 == 0o600

    def test_the_building_file_says_what_a_board_speaks(self, board, prepared):
        """A node of ESPresense gets an account of the plain listener, and what to enter."""
        ended = board("add", "garage", "--building", HOUSE, "--host", "192.0.2.1")

        assert set(lines(prepared, "plain")) == {"garage"}
        assert re.search(r"Room +garage\n +Server +192.0.2.1\n +Port +1884\n", ended.out)
        assert "no office network" in ended.err

    def test_the_sketch_has_all_that_it_needs(self, board, prepared):
        """Host, port, id, password, topics and the authority, as a C++ compiler takes them."""
        out = board("add", "f0-d1", "--building", OFFICE).out

        for line in (
            '#define MQTT_HOST "broker.example"',
            "#define MQTT_PORT 8883",
            '#define MQTT_CLIENT_ID "f0-d1"',
            '#define MQTT_TOPICS "vrijplek/v1/demo/f0-d1/"',
        ):
            assert line in out
        assert f'R"PEM({(prepared / "ca.crt").read_text()})PEM";' in out

    @pytest.mark.parametrize("name", [*STAFF, REPLAY])
    def test_accounts_of_the_service_are_no_boards(self, board, prepared, name):
        """On another listener such an account would take over the service's client id."""
        before = matter(prepared)

        for words in (("add", name), ("add", name, "--family", "espresense"), ("remove", name)):
            ended = board(*words)
            assert (ended.code, ended.out) == (2, "")
        assert "vrijplek board renew" in board("add", name).err
        assert matter(prepared) == before

    @pytest.mark.parametrize(
        "name", ["", "B1", "b 1", "b1:x", "+", "#", "b1/x", "-b1", "b1\n", "%u", "é", "b" * 65]
    )
    def test_a_name_that_is_no_board_id_is_refused(self, board, prepared, name):
        """It would open more than one board's topics, or break the file."""
        before = matter(prepared)

        ended = board("add", "--", name)

        assert ended.code == 2
        assert matter(prepared) == before

    @pytest.mark.parametrize("first", [(), ("--certificate",), ("--family", "espresense")])
    @pytest.mark.parametrize("second", [(), ("--certificate",), ("--family", "espresense")])
    def test_a_name_counts_once_over_all_listeners(self, board, prepared, first, second):
        """Two accounts of one name would end each other's connection."""
        assert board("add", "b1", *first).code == 0
        before = matter(prepared)

        ended = board("add", "b1", *second)

        assert (ended.code, ended.out) == (1, "")
        assert "vrijplek board renew b1" in ended.err
        assert matter(prepared) == before

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("den", "--family", "espresense", "--certificate"), 2),
            (("garage", "--family", "vrijplek", "--building", HOUSE), 1),
            (("b1", "--building", "nowhere.yaml"), 2),
            (("b1", "--days", "0"), 2),
        ],
    )
    def test_what_does_not_go_together_changes_nothing(self, board, prepared, words, code):
        """A family without TLS has no certificate; the building file has the last word."""
        before = matter(prepared)

        ended = board("add", *words)

        assert (ended.code, ended.out) == (code, "")
        assert matter(prepared) == before

    def test_a_board_that_the_building_lacks_is_told(self, board, prepared):
        """It gets its account all the same: the building file may come later."""
        ended = board("add", "attic", "--building", OFFICE)

        assert ended.code == 0
        assert "attic is not in the building file" in ended.err

    def test_without_a_building_the_site_is_left_open(self, board, prepared):
        """The topics say so, and a word beside them."""
        ended = board("add", "attic")

        assert "vrijplek/v1/SITE/attic" in ended.out
        assert "put for SITE" in ended.err

    def test_a_folder_that_was_not_prepared_is_told(self, board, tmp_path):
        """With the command that prepares it."""
        for words in (("add", "b1"), ("list",), ("renew", "b1"), ("remove", "b1")):
            (tmp_path / "broker").mkdir(exist_ok=True)
            ended = board(*words)
            assert ended.code == 2
            assert "vrijplek board prepare" in ended.err

    def test_two_at_once_both_get_an_account(self, prepared):
        """Neither write loses the other's."""
        folder = BrokerFolder(prepared)
        names = [f"b{n}" for n in range(40)]
        threads = [
            threading.Thread(target=folder.add, args=(name, Way.PASSWORD, 0, DAYS))
            for name in names
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert set(lines(prepared, "boards")) == set(names)

    def test_a_line_that_is_none_of_mosquitto_is_named(self, board, prepared):
        """Rather than written over: it may be somebody's account."""
        (prepared / "passwords-boards").write_text("# by hand\nb1:in clear\n")

        ended = board("add", "b2")

        assert ended.code == 1
        assert "passwords-boards, line 2" in ended.err
        assert "in clear" not in ended.err


class TestAfterwards:
    """List, renew, remove."""

    def test_the_list_names_all_and_who_is_missing(self, board, prepared):
        """With the way of each, and boards of the building that have no account."""
        board("add", "garage", "--building", HOUSE)
        board("add", "attic", "--certificate", "--days", "30")

        rows = json.loads(board("list", "--building", HOUSE, "--json").out)

        ways = {row["name"]: row["way"] for row in rows}
        assert {name: ways[name] for name in (SERVICE, "garage", "attic", "master")} == {
            SERVICE: "service",
            "garage": "plain",
            "attic": "certificate",
            "master": None,
        }
        assert [row["name"] for row in rows if row["ends"]] == ["attic"]
        table = board("list", "--building", HOUSE).out
        assert re.search(r"attic .* certificate .* no ", table)
        assert re.search(r"master .* no account yet .* yes ", table)

    def test_the_list_warns_before_the_certificate_of_the_broker_ends(self, board, tmp_path):
        """Without it no board comes in."""
        board("prepare", "--host", "broker.example", "--days", "20")

        assert "vrijplek board prepare" in board("list").err

    def test_a_renewed_password_takes_the_place_of_the_old(self, board, prepared):
        """The account is the same, the hash another."""
        board("add", "b1")
        before = lines(prepared, "boards")["b1"]

        flash = json.loads(board("renew", "b1", "--json").out)

        assert lines(prepared, "boards")["b1"] != before
        assert fits(flash["password"], lines(prepared, "boards")["b1"])

    def test_a_renewed_certificate_calls_the_old_one_back(self, board, prepared):
        """And so does removing; each is called back once, and for good."""
        first = json.loads(board("add", "b1", "--certificate", "--json").out)["certificate"]
        second = json.loads(board("renew", "b1", "--json").out)["certificate"]
        board("remove", "b1")

        revoked = serials_in((prepared / "ca.crl").read_text())
        assert revoked == (serial_of(first), serial_of(second))
        assert board("remove", "b1").code == 1

    def test_the_service_gets_a_new_password(self, board, prepared):
        """Where it was lost or told."""
        ended = board("renew", SERVICE)

        name, password = ended.out.split()
        assert name == SERVICE
        assert fits(password, lines(prepared, "service")[SERVICE])

    def test_who_was_removed_has_no_account(self, board, prepared):
        """The others keep theirs, and the name is free again, on any listener."""
        for name in ("b1", "b2"):
            board("add", name)
        kept = lines(prepared, "boards")["b2"]

        assert board("remove", "b1").code == 0

        assert lines(prepared, "boards") == {"b2": kept}
        assert board("add", "b1", "--certificate").code == 0

    def test_an_authority_without_its_key_is_told(self, board, prepared):
        """No certificate comes of it, passwords go on."""
        other = BrokerFolder(prepared.parent / "other")
        other.prepare("h", time.time_ns() // 1_000_000, DAYS)
        (prepared / "ca.crt").write_bytes(other.authority.read_bytes())

        ended = board("add", "b1", "--certificate")

        assert ended.code == 1
        assert "ca.key" in ended.err
        assert board("add", "b2").code == 0

    def test_the_broker_is_asked_to_reload(self, board, prepared, tmp_path):
        """By the signal, where its number is known; else the command for it is told."""
        heard = []
        earlier = signal.signal(signal.SIGHUP, lambda *_: heard.append(1))
        try:
            (tmp_path / "pid").write_text(f"{os.getpid()}\n")
            assert board("add", "b1", "--pid-file", "pid").code == 0
        finally:
            signal.signal(signal.SIGHUP, earlier)

        assert heard == [1]
        assert "systemctl reload mosquitto" in board("add", "b2").err

    @pytest.mark.parametrize("number", ["", "0", "1", "-1", "x", "4194305", "9" * 30])
    def test_a_number_of_no_broker_is_told(self, board, prepared, tmp_path, number):
        """The account is made all the same; no signal goes to a group, or to the first process."""
        (tmp_path / "pid").write_text(number)

        ended = board("add", "b1", "--pid-file", "pid")

        assert ended.code == 1
        assert "counts once it has read them" in ended.err
        assert "b1" in lines(prepared, "boards")
