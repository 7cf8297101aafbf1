"""What the service stands on gives way: broker, disk, database. As a process of its own."""

import json
import sqlite3
from types import SimpleNamespace

import pytest
from support.house import until
from support.machine import program

from ingest.journal import Journal
from occupancy.store.sqlite import open_database

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def state(house, desk):
    """The state of one desk."""
    return house.desks()[desk][0]


def rows(house, table):
    """All rows of a table, as another program sees them."""
    connection = sqlite3.connect(f"file:{house.database}?mode=ro", uri=True)
    found = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
    connection.close()
    return found


def test_a_broker_that_forgot_everything_is_subscribed_to_again_and_boards_are_asked(house):
    """The loss is written down with its times, and who connects is asked for its levels."""
    house.start_ready()
    board = house.board("f0-d01")
    board.motion("pir-1")
    until(lambda: state(house, "desk-1") == "occupied", "the first motion")
    house.kill_broker()
    until(lambda: not house.is_ready(), "the service tells that its broker is gone")
    heard = []
    board.client.on_message = lambda _c, _u, message: heard.append(json.loads(message.payload))
    board.client.on_connect = lambda client, *_: client.subscribe(f"{board.topic}/command", 1)
    house.start_broker()
    until(house.is_ready, "the service is connected")
    until(board.client.is_connected, "the board is connected")
    until(lambda: house.metric("vrijplek_broker_sessions_lost_total") == 1, "the loss is counted")
    board.publish(json.dumps({"state": "online", "boot": "b1"}).encode(), "status", retain=True)
    until(lambda: {"command": "report"} in heard, "the board is asked how it is")
    until(lambda: rows(house, "interruptions"), "the loss is written down")
    [(_, from_ms, to_ms, why)] = rows(house, "interruptions")
    assert 0 < from_ms < to_ms
    assert why == "the broker had forgotten the session"
    board.motion("pir-2")
    until(lambda: state(house, "desk-2") == "occupied", "the next motion")


def test_a_session_that_was_forgotten_while_the_service_was_down_is_noticed(house):
    """The next process expects a session because its journal is not new."""
    house.start_ready()
    board = house.board("f0-d01")
    board.motion("pir-1")
    until(lambda: state(house, "desk-1") == "occupied", "the first motion")
    house.stop()
    house.kill_broker()
    house.start_broker()
    house.start_ready()
    until(lambda: house.metric("vrijplek_broker_sessions_lost_total") == 1, "the loss is counted")
    until(lambda: len(rows(house, "interruptions")) == 1, "the loss is written down")


def test_a_database_that_another_program_holds_delays_acknowledgements_only(house):
    """Nothing is acknowledged while it is held; answers go on; afterwards all is there."""
    house.start_ready()
    board = house.board("f0-d01")
    board.motion("pir-1")
    until(lambda: board.durable == 0, "the first motion is durable")
    other = open_database(house.database)
    other.execute("BEGIN IMMEDIATE")
    board.motion("pir-2")
    until(lambda: house.metric("vrijplek_writes_waited_total") >= 2, "the service waits")
    assert board.durable == 0
    assert state(house, "desk-2") == "unknown"
    other.execute("ROLLBACK")
    other.close()
    until(lambda: board.durable == 1, "the second motion is durable")
    assert state(house, "desk-2") == "occupied"


def test_a_service_that_waits_for_the_database_still_stops(house):
    """Within seconds, with exit code 0, and the next one gets what was not acknowledged."""
    house.start_ready()
    board = house.board("f0-d01")
    other = open_database(house.database)
    other.execute("BEGIN IMMEDIATE")
    board.motion("pir-1")
    until(lambda: house.metric("vrijplek_writes_waited_total") >= 1, "the service waits")
    assert house.stop() < 8
    assert house.process.returncode == 0
    other.execute("ROLLBACK")
    other.close()
    house.start_ready()
    until(lambda: state(house, "desk-1") == "occupied", "the motion counts")


def test_a_damaged_database_is_refused_with_words_that_help(house):
    """Exit code 1, what was found, and what to do; the file is left as it is."""
    house.start_ready()
    board = house.board("f0-d01")
    for number in range(1, 7):
        board.motion(f"pir-{number}")
    until(lambda: board.durable == 5, "all is durable")
    house.stop()
    held = bytearray(house.database.read_bytes())
    for page in range(1, len(held) // 4096):
        held[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    house.database.write_bytes(held)
    house.start()
    assert house.process.wait(20) == 1
    told = house.log.read_text()
    assert "the database is damaged" in told
    assert "backup" in told
    assert house.database.read_bytes() == bytes(held)


def test_a_sync_that_fails_ends_the_service_and_nothing_acknowledged_is_lost(house):
    """Exit code 1; what was told to be durable is there at the next start, once."""
    strace = program("strace")
    failing = "inject=fdatasync,fsync:error=EIO:when=60+"
    house.start_ready(strace, "-f", "-qq", "-o", "/dev/null", "-e", failing)
    board = house.board("f0-d01")

    def speak_until_it_ends():
        board.motion(f"pir-{1 + board.seq % 6}", on=board.seq // 6 % 2 == 0)
        return house.process.poll() is not None

    until(speak_until_it_ends, "the service ends", 60, every_s=0.2)
    assert house.process.returncode == 1
    durable = board.durable
    assert 0 <= durable < board.seq - 1
    house.start_ready()
    for payload in board.said[durable + 1 :]:
        board.publish(payload)
    until(lambda: board.durable == board.seq - 1, "all is durable")
    assert house.metric("vrijplek_gaps_total") == 0
    entries = [entry for _, page in pages(house) for entry in page.entries if entry.stamp]
    assert [entry.stamp.seq for entry in entries] == list(range(board.seq))


def pages(house):
    """What the journal holds."""
    connection = open_database(house.database, read_only=True)
    found = list(Journal.after(SimpleNamespace(connection=connection), 0))
    connection.close()
    return found
