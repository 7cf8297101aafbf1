"""`vrijplek migrate-history`, as its user, to a real InfluxDB 1."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.command import Command
from support.influxd import Influxd

from ingest.crash_points import EXIT_CRASHED
from occupancy.aggregate import aggregates_at
from occupancy.space import Kind
from occupancy.state import State
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import SqliteHistory, open_database
from occupancy.transition import Transition
from vrijplek.building import load_building

ROOT = Path(__file__).parents[2]
SITE = ROOT / "tests" / "data" / "sim-office.yaml"
DAY_MS = 24 * 3_600_000
QUARTERS = 10
ROWS = 12_000


@pytest.fixture(scope="module")
def influxd(tmp_path_factory):
    """One server for all of these tests."""
    server = Influxd(tmp_path_factory.mktemp("influxd"))
    yield server
    server.close()


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, in a folder with settings and a past of two days."""
    monkeypatch.chdir(tmp_path)
    state = tmp_path / "state"
    state.mkdir()
    building = load_building(SITE)
    desks = [desk.id for desk in building.of_kind(Kind.DESK)]
    now_ms = time.time_ns() // 1_000_000
    connection = open_database(state / "vrijplek.sqlite")
    history, quarters = SqliteHistory(connection), SqliteAggregates(connection)
    connection.execute("BEGIN")
    history.append(
        Transition(
            desks[n % len(desks)],
            State.FREE,
            State.OCCUPIED,
            now_ms - 2 * DAY_MS + n * DAY_MS // ROWS,
            0.9,
        )
        for n in range(ROWS)
    )
    first_ms = now_ms // 900_000 * 900_000 - QUARTERS * 900_000
    for n in range(QUARTERS):
        states = dict.fromkeys(desks, State.FREE) | {desks[0]: State.OCCUPIED}
        quarters.add(aggregates_at(building, first_ms + n * 900_000, states))
    connection.execute("COMMIT")
    connection.close()
    return Command(monkeypatch, capsys)


def settings(folder, influxd, name):
    """Settings whose places nobody else uses."""
    file = folder / "vrijplek.yaml"
    file.write_text(
        f"building: {SITE}\nstate: state\n"
        f"influx:\n  url: {influxd.url}\n  transitions: {name}-t\n  aggregates: {name}-a\n"
    )
    return file


def counted(influxd, name):
    """How many points are there, of both."""
    found = []
    for place, measurement, field in (
        (f"{name}-t", "transition", "code"),
        (f"{name}-a", "aggregate", "desks"),
    ):
        rows = influxd.ask(f'SELECT count("{field}") FROM "{measurement}"', place)  # noqa: S608
        found.append(rows[0][1] if rows else 0)
    return tuple(found)


def test_history_is_copied_and_found_there(vrijplek, influxd, tmp_path):
    """All of it, once, however often it is run; a second run sends nothing."""
    config = settings(tmp_path, influxd, "whole")
    first = vrijplek("migrate-history", "--config", config)
    assert first.code == 0, first.err
    assert f"transitions: {ROWS} kept here, {ROWS} of them sent" in first.out
    assert first.out.endswith("InfluxDB holds all of it\n")
    there = counted(influxd, "whole")
    assert there[0] == ROWS
    assert there[1] > 0
    assert there[1] % QUARTERS == 0
    second = vrijplek("migrate-history", "--config", config)
    assert "0 of them sent" in second.out
    assert vrijplek("migrate-history", "--config", config, "--all").code == 0
    assert counted(influxd, "whole") == there


def test_a_small_count_is_in_no_field(vrijplek, influxd, tmp_path):
    """One desk is taken: InfluxDB tells of no area that it is one."""
    vrijplek("migrate-history", "--config", settings(tmp_path, influxd, "small"))
    values = influxd.ask('SELECT "desks", "few" FROM "aggregate"', "small-a")
    assert {few for _, _, few in values} <= {"occupied", ""}
    assert influxd.ask('SELECT "occupied" FROM "aggregate" WHERE "occupied" > 0', "small-a") == []


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_it_goes_on_where_it_was_killed(vrijplek, influxd, tmp_path, batches):
    """After any batch: the next run ends with everything there once."""
    name = f"killed-{batches}"
    config = settings(tmp_path, influxd, name)
    ended = subprocess.run(
        [sys.executable, "-m", "vrijplek", "migrate-history", "--config", config],
        env=os.environ | {"VRIJPLEK_CRASH_AT": f"migrated:{batches}", "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    assert ended.returncode == EXIT_CRASHED, ended.stderr
    assert 0 < counted(influxd, name)[0] <= ROWS
    assert vrijplek("migrate-history", "--config", config).code == 0
    assert counted(influxd, name)[0] == ROWS


def test_a_store_that_was_emptied_is_filled_again(vrijplek, influxd, tmp_path):
    """Nothing is remembered on this side."""
    config = settings(tmp_path, influxd, "emptied")
    vrijplek("migrate-history", "--config", config)
    influxd.ask('DROP DATABASE "emptied-t"')
    assert vrijplek("migrate-history", "--config", config).code == 0
    assert counted(influxd, "emptied")[0] == ROWS


def test_a_damaged_row_ends_it_with_1_and_is_named(vrijplek, influxd, tmp_path):
    """The rest is there."""
    connection = open_database(tmp_path / "state" / "vrijplek.sqlite")
    connection.execute("UPDATE transitions SET probability = 0.5 WHERE rowid = 7")
    connection.close()
    ended = vrijplek("migrate-history", "--config", settings(tmp_path, influxd, "damaged"))
    assert ended.code == 1
    assert "transitions: damaged here and left out: 1" in ended.err
    assert "does not match its checksum" in ended.err
    assert counted(influxd, "damaged")[0] == ROWS - 1


def test_without_influx_in_the_settings_it_says_what_to_write(vrijplek, tmp_path):
    """Exit code 2."""
    file = tmp_path / "vrijplek.yaml"
    file.write_text(f"building: {SITE}\nstate: state\n")
    ended = vrijplek("migrate-history", "--config", file)
    assert ended.code == 2
    assert "found no `influx`" in ended.err


def test_without_a_state_it_says_so(vrijplek, influxd, tmp_path):
    """And makes none."""
    (tmp_path / "state" / "vrijplek.sqlite").unlink()
    ended = vrijplek("migrate-history", "--config", settings(tmp_path, influxd, "none"))
    assert ended.code == 2
    assert "found no vrijplek.sqlite" in ended.err
    assert not (tmp_path / "state" / "vrijplek.sqlite").exists()


def test_a_server_that_is_not_there_is_4(vrijplek, tmp_path):
    """It tells which, and that it can be run again."""

    class Nobody:
        url = "http://127.0.0.1:1"

    ended = vrijplek("migrate-history", "--config", settings(tmp_path, Nobody, "gone"))
    assert ended.code == 4
    assert "http://127.0.0.1:1" in ended.err
    assert "run this again" in ended.err
