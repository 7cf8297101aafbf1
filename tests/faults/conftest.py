"""The stand of each test of faults."""

import pytest
from faults.stand import Stand
from support.influxd import Influxd
from support.machine import program


@pytest.fixture
def stand(tmp_path):
    """Broker and boards; the service is started by the test."""
    program("mosquitto")
    made = Stand(tmp_path, 1)
    yield made
    made.close()


@pytest.fixture
def influx(tmp_path):
    """A real InfluxDB."""
    made = Influxd(tmp_path / "influx")
    yield made
    made.close()


@pytest.fixture
def shipping_stand(tmp_path, influx):
    """A stand whose history goes to a real InfluxDB too."""
    program("mosquitto")
    made = Stand(tmp_path, 1, influx=influx)
    yield made
    made.close()
