"""The doctor at machine, settings, service, boards and broker: each thing is broken once."""

import json
import os
import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.clock import ManualClock
from support.command import Command
from support.office import BADGE_ADDRESS, START_MS
from support.patient import sql, the_wrong_of
from support.plan import GOOD, with_line
from support.service import Ingest

from ingest.outbox import Outbox
from occupancy.point import Point
from occupancy.store.sqlite import open_database
from sensors.rejected import Reason
from vrijplek.doctor import boards, broker, configuration, databases, history, machine, service
from vrijplek.doctor.checks import examine
from vrijplek.doctor.finding import Finding
from vrijplek.running import Running

SECRET = "canary-of-a-password"  # noqa: S105
POINT = Point("transition", {"space": "desk-1"}, {"state": "free"}, START_MS)


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in an empty folder, on a machine whose clock is led."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(machine, "synchronised", lambda: "yes")
    return Command(monkeypatch, capsys)


def test_a_clock_that_nobody_leads(patient, monkeypatch):
    """As systemd tells; where there is none, nothing is said against it."""
    told = "no"
    monkeypatch.setattr(machine, "synchronised", lambda: told)
    assert "timedatectl set-ntp true" in the_wrong_of(machine.clock(patient())).mend
    told = ""
    assert [one.is_well for one in machine.clock(patient())] == [True]


def test_a_clock_that_does_not_answer_is_not_waited_for(monkeypatch, tmp_path):
    """A program that hangs is left."""
    program = tmp_path / "timedatectl"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(machine, "ASK_S", 0.2)
    assert machine.synchronised() == ""


@pytest.fixture
def config(tmp_path, state):
    """Writes settings, their password files and a building file; their path."""
    (tmp_path / "hq.yaml").write_text(GOOD)
    for name in ("reader", "teller"):
        (tmp_path / f"{name}.password").write_text(SECRET)
        (tmp_path / f"{name}.password").chmod(0o600)

    def write(more="", port=1):
        file = tmp_path / "vrijplek.yaml"
        file.write_text(
            f"building: hq.yaml\nstate: {state}\nbroker: {{port: {port}, username: a,"
            f" password_file: reader.password, teller_username: b,"
            f" teller_password_file: teller.password}}\n{more}"
        )
        return file

    return write


def told_by(vrijplek, *words):
    """What doctor says as JSON, by what it is about; exit code 1 where anything is wrong."""
    ended = vrijplek("doctor", "--json", *words)
    found = {one["what"]: one for one in json.loads(ended.out)}
    assert ended.code == (0 if all(one["well"] for one in found.values()) else 1)
    assert SECRET not in ended.out + ended.err
    return found


def test_settings_with_a_mistake(vrijplek, config):
    """With line and column; all other checks go on."""
    found = told_by(vrijplek, "--config", config("speed: fast\n"))
    assert "vrijplek.yaml:4:8: speed: found `fast`" in found["settings"]["found"]
    assert "disk" in found or "state folder" in found


def test_settings_that_are_not_there(vrijplek):
    """Told as a finding, not as the end of the look."""
    assert "No such file" in told_by(vrijplek, "--config", "gone.yaml")["settings"]["found"]


def test_a_building_file_with_a_mistake(vrijplek, config, tmp_path):
    """The first of them, and the command that tells all."""
    (tmp_path / "hq.yaml").write_text(with_line(12, "  - {id: b-1, colour: red}"))
    found = told_by(vrijplek, "--config", config())["building file"]
    assert "mistake(s), first" in found["found"]
    assert f"vrijplek check {tmp_path / 'hq.yaml'}" in found["mend"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.unlink(), "no such file"),
        (lambda file: file.chmod(0o644), "is open to all"),
        (lambda file: file.write_text("\n"), "is empty"),
    ],
)
def test_a_password_file_that_is_no_good(vrijplek, config, tmp_path, spoil, told):
    """Missing, open to all, or empty; what is in it is never told."""
    spoil(tmp_path / "teller.password")
    found = told_by(vrijplek, "--config", config())
    assert told in found["broker.teller_password_file"]["found"]
    assert found["broker.password_file"]["well"]


def test_the_settings_name_the_folder_and_the_broker(vrijplek, config, state):
    """Nobody listens on its port."""
    found = told_by(vrijplek, "--config", config())
    assert found["state folder"]["found"] == str(state)
    assert "127.0.0.1:1: " in found["broker"]["found"]
    assert not found["broker"]["well"]


def test_a_service_that_hangs(patient, state, running):
    """It holds the folder and answers nobody: the process is named."""
    Running("http://127.0.0.1:9", "127.0.0.1", 9, "given", "hq").save(state)
    wrong = the_wrong_of(service.service(patient()))
    assert f"kill {running}, after ten seconds kill -9 {running}" in wrong.mend


def test_a_service_that_is_gone(patient, state):
    """The file that tells where it was is stale."""
    Running("http://127.0.0.1:9", "127.0.0.1", 9, "given", "hq").save(state)
    assert the_wrong_of(service.service(patient())).mend == service.START


def counted(**values):
    """Metrics of a service."""
    found = {f"vrijplek_{name}": [({}, float(value))] for name, value in values.items()}
    return found | {"process_start_time_seconds": [({}, START_MS / 1000 - 3600)]}


def test_somebody_else_with_our_account(patient):
    """Connected and gone, over and over: known by the number of connections an hour."""
    metrics = counted(broker_connections_total=400, broker_sessions_lost_total=0)
    wrong = the_wrong_of(service.connection(patient(metrics=metrics)))
    assert wrong.found == "400 connections to the broker in 1.0 h"
    assert "use_username_as_clientid" in wrong.mend
    metrics = counted(broker_connections_total=3, broker_sessions_lost_total=2)
    assert all(one.is_well for one in service.connection(patient(metrics=metrics)))


@pytest.fixture
def influx(config, tmp_path):
    """Settings that name a server which answers as a test says; their path."""
    answers = {"/ping": 204, "/query": 200}

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answers[self.path.partition("?")[0]])
            self.send_header("X-Influxdb-Version", "v2.7.1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    (tmp_path / "token").write_text(SECRET)
    (tmp_path / "token").chmod(0o600)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{running.server_port}"
        yield config(f"influx: {{url: '{url}', token_file: token}}\n"), answers
        running.shutdown()
        thread.join()


def test_an_influxdb_that_does_not_know_us(vrijplek, influx):
    """Its version is told, and what to correct; the token is not."""
    file, answers = influx
    assert told_by(vrijplek, "--config", file)["InfluxDB"]["found"].startswith("InfluxDB 2 at")
    answers["/query"] = 401
    told = told_by(vrijplek, "--config", file)["InfluxDB"]
    assert told["found"].endswith(": status 401")
    assert "the token or the account" in told["mend"]


def test_an_influxdb_that_is_away(vrijplek, config):
    """With where it was looked for, and whether its secret can be read."""
    more = "influx: {url: 'http://127.0.0.1:9', token_file: gone.token}\n"
    found = told_by(vrijplek, "--config", config(more))
    assert "http://127.0.0.1:9 can't be reached" in found["InfluxDB"]["found"]
    assert "no such file" in found["influx.token_file"]["found"]


def test_a_store_of_history_that_is_away(patient):
    """With what waits for it."""
    metrics = counted(store_up=0, outbox_rows=12, outbox_age_seconds=340)
    wrong = the_wrong_of(history.store(patient(metrics=metrics)))
    assert wrong.found == "takes nothing; 12 rows wait, the oldest for 340 s"
    metrics = counted(store_up=1, outbox_rows=2, outbox_age_seconds=1)
    assert all(one.is_well for one in history.store(patient(metrics=metrics)))
    assert list(history.store(patient())) == []


def test_what_waits_for_a_store_while_no_service_runs(patient, state):
    """Told from the database; it is sent after the next start."""
    with closing(open_database(state / "vrijplek.sqlite")) as connection:
        Outbox(connection).post("transitions", [POINT], START_MS - 5_000)
    [told] = history.store(patient())
    assert told.is_well
    assert told.found == "1 rows wait, the oldest for 5 s"


def test_points_that_a_store_refused(patient, state):
    """They are kept aside, with why; a damaged one that waits is damage."""
    with closing(open_database(state / "vrijplek.sqlite")) as connection:
        outbox = Outbox(connection)
        outbox.post("transitions", [POINT], START_MS)
        outbox.refuse("transitions", outbox.oldest("transitions", 1)[0], "no such field", START_MS)
        outbox.post("transitions", [POINT], START_MS)
        connection.execute("UPDATE outbox SET body = cast(x'00' || body AS BLOB)")
    wrong = the_wrong_of(history.refused(patient()))
    assert wrong.found == "1 points within a day, last: no such field"
    assert "of outbox" in the_wrong_of(databases.soundness(patient())).found


def test_boards_that_are_silent(patient, state):
    """By name where the last snapshot says the same, else by their number."""
    ingest = Ingest(state / "vrijplek.sqlite", ManualClock())
    names = sorted(board.id for board in ingest.estimator.building.boards)
    ingest.connection.close()
    of_all = the_wrong_of(boards.silent(patient(metrics=counted(boards_silent=len(names)))))
    assert of_all.found.startswith(f"{len(names)} silent")
    one = the_wrong_of(boards.silent(patient(metrics=counted(boards_silent=1))))
    assert one.found == "1 silent"
    found = list(boards.silent(patient(metrics=counted(boards_silent=0))))
    assert [f.found for f in found] == ["all are heard"]


def test_gaps_within_a_day(patient, state):
    """The boards with most of them; those of before count no more."""
    row = "INSERT INTO gaps (board, boot, first, last, noticed_ms) VALUES (?, 'b', ?, 9, ?)"
    sql(state, *((row, ("d1", n, START_MS)) for n in range(3)), (row, ("d2", 0, START_MS)))
    assert the_wrong_of(boards.gaps(patient())).found == "4 gaps within a day: d1 (3), d2 (1)"
    assert all(one.is_well for one in boards.gaps(patient(START_MS + 25 * 3_600_000)))


def test_each_reason_of_a_refusal_has_its_mend(patient, state):
    """With the boards it is about: one that the building file has not is named."""
    row = (
        "INSERT INTO quarantine (at_ms, reason, detail, family, board, length_bytes, excerpt)"
        " VALUES (?, ?, '', '', ?, 0, '')"
    )
    sql(state, *((row, (START_MS, "unknown_board", f"ghost-{n}")) for n in range(7)))
    wrong = the_wrong_of(service.refused(patient()))
    assert wrong.found.startswith("7 messages refused within a day: unknown_board, of ghost-0")
    assert wrong.found.endswith("ghost-4 and 2 more")
    assert "enter the board in the building file" in wrong.mend
    sql(state, "DELETE FROM quarantine", (row, (START_MS, "superseded_boot", "d1")))
    assert all(one.is_well for one in service.refused(patient()))


def test_every_reason_is_known_to_the_doctor():
    """A new one needs its mend."""
    assert set(service.MENDS) | service.HARMLESS == set(Reason)


@pytest.fixture
def listening():
    """A socket that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_what_listens_and_is_no_broker(vrijplek, config, listening, monkeypatch):
    """It is not waited for."""
    monkeypatch.setattr(broker, "CONNECT_S", 0.3)
    found = told_by(vrijplek, "--config", config(port=listening))
    assert found["broker"]["well"]
    assert found["login as b"]["found"] == "no answer to CONNECT; is it a broker?"


def test_a_check_that_hangs_or_fails_is_a_finding(patient):
    """The others go on, and nobody waits for ever."""
    forever = threading.Event()

    def hangs(_patient):
        yield Finding("first", "seen")
        forever.wait(30)

    def fails(_patient):
        yield Finding("second", "seen")
        raise RuntimeError(f"of {BADGE_ADDRESS}")

    found = list(examine(patient(), (hangs, fails, machine.python), 0.2))
    forever.set()
    assert [one.what for one in found] == ["hangs", "first", "second", "fails", "Python"]
    failed = next(one for one in found if one.what == "fails")
    assert failed.found == "could not be looked at: of *"
    assert not failed.is_well


def test_passwords_are_looked_at_without_settings(patient):
    """There is nothing to look at then."""
    assert list(configuration.passwords(patient())) == []
