"""How a service ends: asked once, twice, too early, without a broker; and what it says last."""

import json
import signal
import socket
import sqlite3
import threading
import time

import pytest
from support.house import until

from ingest.journal import Journal
from occupancy.snapshot import thawed
from occupancy.store.sqlite import open_database

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]
SOON_S = 6.0


def lines(house):
    """All that the service has printed; each line has to be an object of JSON."""
    found = [json.loads(line) for line in house.log.read_text().splitlines()]
    assert all(isinstance(line, dict) and "event" in line for line in found)
    return found


def has_begun(house):
    """Whether the process that was started last has the state folder."""
    lock = house.state / "lock"
    return lock.exists() and lock.read_text() == f"{house.process.pid}\n"


def left_in_order(house):
    """Whether a snapshot without tags and no sightings are on disk, and no log beside them."""
    connection = open_database(house.database)
    [(sightings,)] = connection.execute("SELECT count(*) FROM sightings")
    snapshot = Journal(connection).snapshot()
    [(behind,)] = connection.execute("SELECT max(id) - ? FROM journal", (snapshot.journal_id,))
    connection.close()
    return (sightings, behind, thawed(snapshot.estimator).tracks) == (0, 0, {})


def test_while_boards_speak_as_fast_as_they_can(house):
    """It ends within seconds with 0; what was acknowledged is on disk, the rest comes again."""
    house.start_ready()
    boards = [house.board(f"f0-d{number:02}") for number in range(1, 6)]
    ending = threading.Event()

    def speak(board):
        while not ending.is_set() and board.seq < 20_000:
            board.motion("pir-1", on=board.seq % 2 == 0).wait_for_publish(2)

    speakers = [threading.Thread(target=speak, args=(board,)) for board in boards]
    for speaker in speakers:
        speaker.start()
    until(lambda: all(board.durable > 20 for board in boards), "they are heard")
    took_s = house.stop()
    ending.set()
    for speaker in speakers:
        speaker.join()
    assert took_s < SOON_S
    assert house.process.returncode == 0
    assert left_in_order(house)
    connection = open_database(house.database)
    known = Journal(connection)
    acknowledged = {(board.name, seq) for board in boards for seq in range(board.durable + 1)}
    kept = {
        (entry.board, entry.stamp.seq)
        for _, page in known.after(0)
        for entry in page.entries
        if entry.stamp is not None
    }
    connection.close()
    assert acknowledged <= kept
    assert lines(house)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_does_not_cut_the_stop_short(house, signum):
    """Whenever it comes: ten of them within half a second, and all is left in order."""
    house.start_ready()
    house.board("f0-d01").motion("pir-1")
    house.process.send_signal(signum)
    for _ in range(10):
        time.sleep(0.05)
        if house.process.poll() is None:
            house.process.send_signal(signum)
    house.process.wait(SOON_S)
    assert house.process.returncode == 0
    assert left_in_order(house)
    assert lines(house)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_starts_ends_it_with_0(house, signum):
    """From when it has the folder on; what is on disk stays usable."""
    house.start()
    until(lambda: has_begun(house), "it has begun")
    took_s = house.stop(signum)
    assert took_s < SOON_S
    assert house.process.returncode == 0
    assert lines(house)
    house.start_ready()
    house.stop()
    assert left_in_order(house)


def test_a_signal_while_it_folds_a_long_journal_ends_it_with_0(house):
    """Nothing is changed by it, and the next start folds the same."""
    house.start_ready()
    house.board("f0-d01").motion("pir-1")
    house.stop()
    with sqlite3.connect(house.database) as connection:
        [(body,)] = connection.execute("SELECT body FROM journal ORDER BY id DESC LIMIT 1")
        rows = [(number, body) for number in range(200_000)]
        connection.executemany("INSERT INTO journal (at_ms, body) VALUES (?, ?)", rows)
    connection.close()
    house.start()
    until(lambda: has_begun(house), "it has begun")
    with pytest.raises(AssertionError, match="waited in vain"):
        until(lambda: house.said("recovered"), "it has folded all", 2)
    assert house.stop() < SOON_S
    assert house.process.returncode == 0
    assert house.said("stopped while starting")


def test_while_the_broker_is_away(house):
    """It ends as soon, in order."""
    house.start_ready()
    house.board("f0-d01").motion("pir-1")
    house.kill_broker()
    until(lambda: not house.is_ready(), "it knows that the broker is gone")
    assert house.stop() < SOON_S
    assert house.process.returncode == 0
    assert left_in_order(house)
    assert lines(house)


def test_while_the_broker_never_was_there(house):
    """It goes on trying, answers that it is not ready, and ends in order when asked."""
    house.kill_broker()
    house.start()
    until(lambda: house.said("answering"), "it answers")
    house.base = house.said("answering")[0]["address"]
    assert not house.is_ready()
    assert house.stop() < SOON_S
    assert house.process.returncode == 0
    assert lines(house)


def test_a_pipeline_that_fails_ends_the_service_with_1_and_lines_of_json(house):
    """Its table is taken away: the error is told in one line, with where it came from."""
    house.start_ready()
    with sqlite3.connect(house.database) as connection:
        connection.execute("DROP TABLE journal")
    connection.close()
    assert house.process.wait(20) == 1
    said = {line["event"]: line for line in lines(house)}
    assert (
        "no such table"
        in said["the pipeline has failed; nothing more is acknowledged"]["exception"]
    )
    assert said["ended"]["exit_code"] == 1
    assert "start it again once that is mended" in said["ended"]["why"]


def test_what_the_web_server_complains_of_is_json_too(house):
    """A request that is none."""
    house.start_ready()
    port = int(house.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        visitor.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
        assert b"400" in visitor.recv(200)
    until(lambda: house.said("Invalid HTTP request received."), "it is told")
    house.stop()
    [told] = [line for line in lines(house) if line.get("logger") == "uvicorn.error"]
    assert told["level"] == "warning"


def test_what_can_not_start_says_so_in_a_line_of_json(house):
    """Settings that are wrong, a folder that is taken: with the exit code of the table."""
    house.start_ready()
    first = house.process
    assert house.start().wait(20) == 3
    [line] = lines(house)
    assert line["event"] == "ended"
    assert "another vrijplek works in" in line["why"]
    house.process = first
    house.stop()
    house.config.write_text(house.config.read_text() + "nonsense: 1\n")
    assert house.start().wait(20) == 1
    [line] = lines(house)
    assert "nonsense" in line["why"]


def test_a_killed_service_has_said_nothing_but_json(house):
    """Up to its last line."""
    house.start_ready()
    house.board("f0-d01").motion("pir-1")
    house.stop(signal.SIGKILL)
    assert lines(house)
