"""The commands that need no service: help, decode, doctor, explain, run with wrong settings."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import Command
from support.plan import GOOD, with_line

from vrijplek import __version__
from vrijplek.__main__ import app
from vrijplek.doctor import machine
from vrijplek.lock import StateLock
from vrijplek.running import Running

COMMANDS = [command.callback.__name__.replace("_", "-") for command in app.registered_commands]
GROUPS = [
    (group.name, command.name)
    for group in app.registered_groups
    for command in group.typer_instance.registered_commands
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


def test_the_version_is_told(vrijplek):
    """And nothing else."""
    ended = vrijplek("--version")
    assert (ended.code, ended.out) == (0, f"vrijplek {__version__}\n")


def test_help_names_each_command(vrijplek):
    """Without any word it is the help, too."""
    told = vrijplek("--help").out
    assert all(name in told for name in (*COMMANDS, "access", "calibrate"))
    assert "vrijplek demo" in told
    bare = vrijplek()
    assert "doctor" in bare.out + bare.err


@pytest.mark.parametrize("words", [(c,) for c in COMMANDS] + GROUPS)
def test_the_help_of_each_command_shows_an_example(vrijplek, words):
    """A line that can be copied, on a line of its own."""
    ended = vrijplek(*words, "--help")
    lines = [line.strip() for line in ended.out.splitlines()]
    start = f"vrijplek {' '.join(words)}"
    assert ended.code == 0
    assert any(line.startswith(start) or line.endswith(start) for line in lines)


@pytest.mark.parametrize("words", [("dance",), ("demo", "--sped", "2"), ("run",), ("explain",)])
def test_wrong_words_end_with_2(vrijplek, words):
    """And say where help is."""
    ended = vrijplek(*words)
    assert ended.code == 2
    assert "--help" in ended.err


@pytest.mark.parametrize("words", [("--schedule", "night"), ("--speed", "0"), ("--people", "-1")])
def test_a_demo_with_a_wrong_choice_does_not_begin(vrijplek, words):
    """The end comes before any file is made."""
    assert vrijplek("demo", *words).code == 2
    assert not Path(".vrijplek").exists()


def test_a_demo_of_an_unknown_building_names_those_that_come_along(vrijplek):
    """Exit code 2, as for any wrong word."""
    ended = vrijplek("demo", "--building", "demo-ofice")
    assert ended.code == 2
    assert "expected a file or one of demo-office, espresense-house" in ended.err


def simulate(*words):
    """The simulator through our command; it takes our place, so it is a process of its own."""
    command = [sys.executable, "-m", "vrijplek", "simulate", *words]
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )


def test_simulate_passes_words_and_exit_code_on():
    """Help of the simulator's own commands, and its complaints."""
    ended = simulate("dump", "--help")
    assert ended.returncode == 0
    assert "--truth" in ended.stdout
    assert simulate("dump", "--nonsense").returncode == 2


MOTION = {"kind": "motion", "sensor": "pir", "on": True}
SAID = {"boot": "b1", "seq": 0, "oldest": 0, "up": 1000, "readings": [MOTION]}


def line(topic, payload, **more):
    """One line of a capture."""
    told = {"tst": "2026-11-23T09:00:00+0100", "topic": topic, "payload": payload} | more
    return json.dumps(told) + "\n"


def test_decode_tells_what_becomes_of_each_line(vrijplek):
    """Readings, refusals and notes of our own format, in order, and what was sent twice."""
    Path("hq.yaml").write_text(GOOD)
    own = "vrijplek/v1/hq/b-1"
    Path("some.jsonl").write_text(
        line(f"{own}/readings", SAID)
        + line(f"{own}/readings", SAID)
        + line(f"{own}/readings", SAID | {"seq": 1, "readings": [MOTION | {"sensor": "pri"}]})
        + line(f"{own}/status", {"state": "online", "boot": "b1", "up": 5, "firmware": "1.0.0"})
        + line("vrijplek/v1/hq/b-2/readings", SAID)
        + line(f"{own}/readings", "{")
        + line("zigbee/lamp", "on")
    )
    ended = vrijplek("decode", "some.jsonl", "--building", "hq.yaml")
    told = [json.loads(text) for text in ended.out.splitlines()]
    assert ended.code == 0
    assert [one["line"] for one in told] == [1, 2, 3, 4, 5, 6, 7]

    assert told[0]["readings"][0]["sensor"] == "b-1/pir"
    assert told[1] == {
        "line": 2,
        "family": "vrijplek",
        "noted": "sent again: it counted the first time",
    }
    assert told[3] == {"line": 4, "family": "vrijplek", "noted": "birth"}
    reasons = [one["rejected"]["reason"] for one in told if "rejected" in one]
    assert reasons == ["unknown_sensor", "unknown_board", "malformed", "unknown_topic"]
    assert all(one["rejected"]["detail"] for one in told if "rejected" in one)


def test_decode_reads_standard_input_with_any_bytes(vrijplek):
    """Of the other family, by the name of a building that comes along; no address is shown."""
    heard = {"id": "watch:invented", "rssi": -71.2, "distance": 2.5}
    lines = line("espresense/devices/watch:invented/office", heard) + line("a/b", "x")
    ended = vrijplek(
        "decode", "-", "--building", "espresense-house", stdin=lines.encode() + b'{"a": "\xff"}\n'
    )
    told = [json.loads(text) for text in ended.out.splitlines()]
    assert ended.code == 0

    assert told[0]["readings"][-1]["value"] == -71.2
    assert [one["rejected"]["reason"] for one in told[1:]] == ["unknown_topic"] * 2
    assert "invented" not in ended.out


def test_decode_of_a_wrong_line_is_told(vrijplek):
    """In its place among the others, which are told all the same; the end is 1."""
    good = b'{"topic": "a", "payload": ""}\n'
    ended = vrijplek("decode", "-", stdin=good + b"nonsense\n" + good)
    second = json.loads(ended.out.splitlines()[1])
    assert ended.code == 1
    assert ended.out.count("\n") == 3
    assert (second["line"], second["rejected"]["reason"]) == (2, "bad_line")
    assert second["rejected"]["detail"].startswith("found no JSON")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("gone.jsonl",), "gone.jsonl: No such file or directory"),
        (("-", "--building", "gone.yaml"), "found no building 'gone.yaml', expected a file or"),
    ],
)
def test_decode_of_a_file_that_is_not_there_ends_with_2(vrijplek, words, told):
    """With the name of the file."""
    ended = vrijplek("decode", *words)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.parametrize("words", [("explain", "desk-1"), ("access", "link", "someone")])
def test_without_a_service_the_end_is_4_and_says_what_to_do(vrijplek, words):
    """No service ever ran in the folder."""
    ended = vrijplek(*words)
    assert ended.code == 4
    assert "start one with `vrijplek demo` or name its folder with --state" in ended.err


def gone(state, base="http://127.0.0.1:1"):
    """A folder in which a service once ran."""
    state.mkdir(exist_ok=True)
    Running(base, "127.0.0.1", 1, "given", "hq").save(state)


def test_a_service_that_does_not_answer_is_told_with_its_address(vrijplek, tmp_path):
    """Exit code 4; a proxy of the environment is not asked."""
    gone(tmp_path / "kept")
    ended = vrijplek(
        *("explain", "desk 1", "--state", "kept"),
        VRIJPLEK_KEY="some",
        http_proxy="http://proxy.example:1",
    )
    assert ended.code == 4
    assert "no service answers at http://127.0.0.1:1: [Errno" in ended.err


def test_a_missing_key_is_told_with_where_it_should_be(vrijplek, tmp_path):
    """Only demos keep keys; others give one by VRIJPLEK_KEY."""
    gone(tmp_path / "kept")
    ended = vrijplek("explain", "desk-1", VRIJPLEK_STATE="kept")
    assert ended.code == 4
    assert "kept/keys.json holds nothing for 'facilities'" in ended.err
    assert "VRIJPLEK_KEY" in vrijplek("explain", "--help").out


def test_doctor_finds_an_empty_folder_well(vrijplek, monkeypatch):
    """Nothing has run yet, and nothing is made by looking."""
    monkeypatch.setattr(machine, "synchronised", lambda: "yes")
    ended = vrijplek("doctor")
    assert ended.code == 0
    assert "nothing in .vrijplek yet" in ended.out
    assert not Path(".vrijplek").exists()


def test_doctor_ends_with_1_and_a_mend(vrijplek, tmp_path):
    """A service that ran here answers no more."""
    gone(tmp_path / "kept")
    ended = vrijplek("doctor", "--state", "kept")
    assert ended.code == 1
    assert "wrong" in ended.out
    assert "vrijplek run --config FILE" in ended.out


def test_doctor_sees_a_broken_database(vrijplek, tmp_path):
    """By its name, whatever characters the folder has."""
    state = tmp_path / "50% of #1?"
    state.mkdir()
    (state / "people.sqlite").write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    with sqlite3.connect(state / "vrijplek.sqlite") as connection:
        connection.execute("CREATE TABLE some (x)")
    connection.close()
    ended = vrijplek("doctor", "--state", state)
    rows = {row.split("│")[2].strip(): row for row in ended.out.splitlines() if "│" in row}
    assert ended.code == 1
    assert "ok" in rows["vrijplek.sqlite"]
    assert "wrong" in rows["people.sqlite"]
    assert "restore this file from a backup" in rows["people.sqlite"]


@pytest.fixture
def config(tmp_path):
    """Writes settings beside a building file that is right; their path."""
    (tmp_path / "hq.yaml").write_text(GOOD)

    def write(more="", building="hq.yaml"):
        file = tmp_path / "vrijplek.yaml"
        file.write_text(f"building: {building}\nhttp: {{port: 0}}\n{more}")
        return file

    return write


def test_run_with_wrong_settings_ends_with_1(vrijplek, config):
    """Each problem has its line in the file; where nobody watches they are one line of the log."""
    ended = vrijplek("run", "--config", config("speed: fast\nstat: x\n"))
    [event] = ended.err.splitlines()
    lines = json.loads(event)["why"].splitlines()
    assert ended.code == 1
    assert len(lines) == 2
    assert all(text.startswith(str(Path.cwd() / "vrijplek.yaml:")) for text in lines)


def test_run_with_a_wrong_building_ends_with_1(vrijplek, config):
    """With the problems of the building file; the lock is free again."""
    file = config()
    Path("hq.yaml").write_text(with_line(12, "  - {id: b-1, colour: red}"))
    ended = vrijplek("run", "--config", file)
    assert ended.code == 1
    assert "boards[0].colour: found `colour`, expected one of" in ended.err
    StateLock(Path(".vrijplek")).release()


def test_run_with_a_finder_that_lacks_its_papers_ends_with_1(vrijplek, config):
    """It does not start at all: a finder that is half on is worse than none."""
    finder = 'finder: {dpia_ref: " ", works_council_ref: OR-1, since: 2026-01-01}\n'
    ended = vrijplek("run", "--config", config(finder))
    assert ended.code == 1
    assert "expected a reference to the data protection impact assessment" in ended.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("broker: {password_file: gone.password}\n", "gone.password: No such file or directory"),
        ("http: {port: 0, host: 203.0.113.7}\n", "can't listen on 203.0.113.7, port 0"),
    ],
)
def test_run_with_what_is_not_there_ends_with_2(vrijplek, config, more, told):
    """A file, or an address that this machine has not."""
    file = config(more)
    if "http" in more:
        file.write_text(f"building: hq.yaml\n{more}")
    ended = vrijplek("run", "--config", file)
    assert ended.code == 2
    assert told in ended.err


def test_run_without_a_file_ends_with_2(vrijplek, config):
    """The settings, the building, or a variable that is no port."""
    assert vrijplek("run", "--config", "gone.yaml").code == 2
    ended = vrijplek("run", "--config", config(building="gone.yaml"))
    assert ended.code == 2
    assert "gone.yaml: No such file or directory" in ended.err
    assert vrijplek("run", "--config", config(), VRIJPLEK_PORT="eighty").code == 2


def test_run_on_a_taken_port_ends_with_3(vrijplek, config):
    """And says how to take another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = vrijplek("run", "--config", config(), VRIJPLEK_PORT=port)
    assert ended.code == 3
    assert f"port {port} on 127.0.0.1 is taken by another program; set VRIJPLEK_PORT" in ended.err


def test_run_in_a_taken_folder_ends_with_3(vrijplek, config, tmp_path):
    """And says which."""
    lock = StateLock(tmp_path / ".vrijplek")
    ended = vrijplek("run", "--config", config())
    lock.release()
    assert ended.code == 3
    assert f"another vrijplek works in {tmp_path / '.vrijplek'}" in ended.err


def test_a_people_store_of_another_version_is_told(vrijplek, config, tmp_path):
    """Not a traceback: the file was made by another version of the software."""
    (tmp_path / ".vrijplek").mkdir()
    with sqlite3.connect(tmp_path / ".vrijplek" / "people.sqlite") as connection:
        connection.execute("CREATE TABLE schema_version (version INTEGER)")
        connection.execute("INSERT INTO schema_version VALUES (99)")
    connection.close()
    ended = vrijplek("run", "--config", config())
    assert ended.code == 1
    assert "found schema version 99 in people.sqlite, expected at most 2" in ended.err
