"""The stand of each test of faults, with its seed."""

import pytest
from faults.stand import Stand
from support.influxd import Influxd
from support.machine import program

SEEDS = 3
"""Each test of faults is run with so many by `make test-faults`, and with one otherwise."""


def pytest_generate_tests(metafunc):
    """One seed in a short run, several in a full one."""
    if "seed" in metafunc.fixturenames:
        seeds = SEEDS if metafunc.config.getoption("--faults") else 1
        metafunc.parametrize("seed", range(1, seeds + 1))


@pytest.fixture
def stand(tmp_path, seed):
    """Broker and boards; the service is started by the test."""
    program("mosquitto")
    made = Stand(tmp_path, seed)
    yield made
    made.close()


@pytest.fixture
def influx(tmp_path):
    """A real InfluxDB."""
    made = Influxd(tmp_path / "influx")
    yield made
    made.close()


@pytest.fixture
def shipping_stand(tmp_path, influx, seed):
    """A stand whose history goes to a real InfluxDB too."""
    program("mosquitto")
    made = Stand(tmp_path, seed, influx=influx)
    yield made
    made.close()
