"""The doctor beside a real broker: how it receives us, and who else is there."""

import json
import sqlite3
import threading
import time

import pytest
from support.command import Command
from support.house import House, until
from support.machine import program

from ingest.session import BrokerAddress, new_client
from vrijplek.broker.accounts import PUBLISHER, SERVICE, TELLER
from vrijplek.doctor import broker, machine

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]


@pytest.fixture
def house(tmp_path):
    """A house with a broker; everything in it is gone after the test."""
    program("mosquitto")
    made = House(tmp_path)
    for name in ("reader", "teller"):
        (tmp_path / f"{name}.password").chmod(0o600)
    yield made
    made.close()


@pytest.fixture
def found(house, monkeypatch, capsys):
    """Runs the doctor; its findings by what they are about, none with a password in it."""
    monkeypatch.setattr(machine, "synchronised", lambda: "yes")
    vrijplek = Command(monkeypatch, capsys)

    def run():
        ended = vrijplek("doctor", "--json", "--config", house.config)
        told = ended.out + ended.err
        assert not [one for one in house.passwords.values() if one in told]
        return {one["what"]: one for one in json.loads(ended.out)}

    return run


def test_the_teller_is_let_in(house, found):
    """Before the service was ever started; its own account is not tried."""
    told = found()
    assert told[f"login as {TELLER}"]["found"] == "let in"
    assert told["broker"]["well"]
    assert f"login as {SERVICE}" not in told


def test_the_publisher_is_tried_where_states_go_out(house, found):
    """Otherwise nobody has its account; its password file is looked at as the others are."""
    assert f"login as {PUBLISHER}" not in found()
    file = house.folder / "publisher.password"
    file.write_text(house.passwords[PUBLISHER])
    file.chmod(0o600)
    account = f"  publisher_username: {PUBLISHER}\n  publisher_password_file: {file.name}\n"
    text = house.config.read_text().replace("  teller_username", f"{account}  teller_username")
    house.config.write_text(f"{text}publish: {{}}\n")
    told = found()
    assert told[f"login as {PUBLISHER}"]["found"] == "let in"
    assert told["broker.publisher_password_file"]["well"]


def test_a_wrong_password(house, found):
    """The broker's reason, and what to do."""
    (house.folder / "teller.password").write_text("not this")
    (house.folder / "teller.password").chmod(0o600)
    told = found()[f"login as {TELLER}"]
    assert told["found"] in {"Not authorized", "Bad user name or password"}
    assert "vrijplek board renew" in told["mend"]


def test_another_client_with_our_account(house, found, monkeypatch):
    """It takes the connection from us while we look."""
    address = BrokerAddress("127.0.0.1", house.broker.port, TELLER, house.passwords[TELLER])
    monkeypatch.setattr(broker, "LISTEN_S", 10.0)
    ending = threading.Event()

    def rival():
        while not ending.wait(0.2):
            client = new_client(address, clean=True)
            client.connect(address.host, address.port)
            client.loop_start()
            ending.wait(0.2)
            client.disconnect()
            client.loop_stop()

    thread = threading.Thread(target=rival)
    thread.start()
    try:
        told = found()[f"login as {TELLER}"]
    finally:
        ending.set()
        thread.join()
    assert told["found"] == broker.ENDED
    assert "another client uses the same account" in told["mend"]


def test_a_broker_that_is_away(house, found):
    """With where it was looked for."""
    house.kill_broker()
    told = found()
    assert f"127.0.0.1:{house.broker.port}" in told["broker"]["found"]
    assert not told["broker"]["well"]
    assert f"login as {TELLER}" not in told


def test_what_the_broker_dropped_is_read_where_it_may_be(mosquitto):
    """A broker that lets everybody in lets everybody read that too."""
    address = BrokerAddress(mosquitto.host, mosquitto.port, client_id="visitor")
    visit = broker.visited(address)
    assert (visit.said, visit.dropped) == ("Success", 0)


def test_a_running_service_is_not_disturbed(house, found):
    """It stays connected; who is silent and what was refused is told."""
    house.start_ready()
    house.board("f0-d01").publish(b"no JSON")
    until(lambda: house.metric("vrijplek_commits_total") > 2, "it is written down")
    until(lambda: refusals(house) == 1, "the refusal is kept")
    told = found()
    assert told["service"]["well"]
    assert told["readiness"]["found"] == "ready"
    assert f"login as {TELLER}" not in told
    assert told["refused"]["found"] == "1 messages refused within a day: malformed, of f0-d01"
    assert not told["boards"]["well"]
    assert house.metric("vrijplek_broker_connections_total") == 1


def refusals(house):
    """Rows of the quarantine."""
    with sqlite3.connect(f"file:{house.database}?mode=ro", uri=True) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM quarantine")
    connection.close()
    return count


OVERDUE = {
    "journal": "SELECT count(*) FROM journal WHERE at_ms < ? - 7 * 86400000",
    "sightings": "SELECT count(*) FROM sightings WHERE at_ms < ? - 15 * 60000",
    "transitions": "SELECT count(*) FROM transitions WHERE event_ms < ? - 30 * 86400000",
    "gaps": "SELECT count(*) FROM gaps WHERE noticed_ms < ? - 30 * 86400000",
    "interruptions": "SELECT count(*) FROM interruptions WHERE to_ms < ? - 30 * 86400000",
    "audit": "SELECT count(*) FROM audit WHERE at_ms < ? - 365 * 86400000",
}
OLD_MS = 1_500_000_000_000
MOVED = """INSERT INTO transitions (space, event_ms, before, after, probability, late, reasons)
    VALUES ('desk-1', ?, 'free', 'occupied', 0.9, 0, '[]')"""
ROWS = (
    ("vrijplek.sqlite", "INSERT INTO journal (id, at_ms, body) VALUES (-1, ?, x'00')"),
    ("vrijplek.sqlite", "INSERT INTO sightings VALUES (-1, ?, x'00')"),
    ("vrijplek.sqlite", MOVED),
    ("vrijplek.sqlite", "INSERT INTO gaps VALUES ('f0-d01', 'b', 0, 1, ?)"),
    ("vrijplek.sqlite", "INSERT INTO interruptions (from_ms, to_ms, why) VALUES (0, ?, 'x')"),
    (
        "people.sqlite",
        "INSERT INTO audit (at_ms, who, whom, purpose, answer) VALUES (?, 'a', 'b', 'c', 'room')",
    ),
)


def test_a_running_service_deletes_all_that_is_past_its_time(house, found):
    """In each table, within the minute after which it looks; the doctor agrees."""
    house.config.write_text(house.config.read_text() + "speed: 60\n")
    house.start_ready()
    for file, statement in ROWS:
        with sqlite3.connect(house.state / file, timeout=10) as connection:
            connection.execute(statement, (OLD_MS,))
        connection.close()
    began_ms = time.time_ns() // 1_000_000

    def overdue():
        counts = {}
        for table, query in OVERDUE.items():
            file = "people.sqlite" if table == "audit" else "vrijplek.sqlite"
            uri = f"file:{house.state / file}?mode=ro"
            with sqlite3.connect(uri, uri=True) as connection:
                [(counts[table],)] = connection.execute(query, (began_ms,))
            connection.close()
        return counts

    assert sum(overdue().values()) >= 1
    until(lambda: overdue() == dict.fromkeys(OVERDUE, 0), overdue, 20)
    assert found()["purge"]["found"] == "nothing is past its time"
