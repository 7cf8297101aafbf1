"""The stand of each test of faults, its seeds, and the table at the end of a run."""

from pathlib import Path

import pytest
from faults.crowd import Crowd
from faults.outcome import PROPERTY, Outcome, table, words
from faults.stand import Stand
from support.influxd import Influxd
from support.machine import program

SEEDS = 3
"""Each test of faults is run with so many by `make test-faults`, and with one otherwise."""

CROWD = 2_000


def pytest_generate_tests(metafunc):
    """One seed in a short run, several in a full one."""
    if "seed" in metafunc.fixturenames:
        many = metafunc.config.getoption("--faults") and not metafunc.definition.get_closest_marker(
            "soak"
        )
        seeds = SEEDS if many else 1
        metafunc.parametrize("seed", range(1, seeds + 1), ids="seed{}".format)


@pytest.fixture
def stand(tmp_path, seed, request):
    """Broker and boards; the service is started by the test."""
    program("mosquitto")
    yield from lent(Stand(tmp_path, seed), request)


@pytest.fixture
def influx(tmp_path):
    """A real InfluxDB."""
    made = Influxd(tmp_path / "influx")
    yield made
    made.close()


@pytest.fixture
def shipping_stand(tmp_path, seed, influx, request):
    """A stand whose history goes to a real InfluxDB too."""
    program("mosquitto")
    yield from lent(Stand(tmp_path, seed, influx=influx), request)


@pytest.fixture
def crowd(tmp_path, seed, request):
    """Two thousand boards, connected."""
    program("mosquitto")
    made = Crowd(tmp_path, seed, CROWD)
    made.gather()
    yield from lent(made, request)


def lent(stand, request):
    """A stand that tells what came of the test's fault, closed afterwards."""
    stand.fault = words(request.node.name)
    stand.tell = lambda outcome: request.node.user_properties.append((PROPERTY, outcome.plain()))
    yield stand
    stand.close()


def pytest_terminal_summary(terminalreporter, config):
    """The table of all faults, printed and where asked for written."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    outcomes = [
        Outcome.of(told)
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, told in report.user_properties
        if name == PROPERTY
    ]
    if not outcomes:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(table(outcomes))
    if config.getoption("--out"):
        file = Path(config.getoption("--out"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(table(outcomes) + "\n", encoding="utf-8")
