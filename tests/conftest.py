"""What tests of several tiers share: how much is run, in which order, and a real broker."""

import os
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from support.machine import program

SBIN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where packages put mosquitto, which is not on every user's PATH."""
os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), *SBIN))
READY_S = 10.0
CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 2000
max_queued_messages 200000
"""

WAITING = ("tests/e2e/", "tests/browser/", "tests/faults/", "tests/integration/")
"""Tiers whose tests wait for programs that they start more than they compute."""

settings.register_profile("usual", deadline=None, print_blob=True)
settings.register_profile("long", parent=settings.get_profile("usual"), max_examples=1_000)
settings.load_profile("usual")


def pytest_addoption(parser):
    """What takes too long for each change, see the Makefile, and where a table is written."""
    parser.addoption("--long", action="store_true", help="whole days and many more examples")
    parser.addoption("--faults", action="store_true", help="every fault, with several seeds")
    parser.addoption("--minutes", type=float, default=30.0, help="how long a soak lasts (30)")
    parser.addoption("--out", help="a file for the table of faults, as Markdown")


def pytest_configure(config):
    """With `--long` more examples, where a test does not name a number of its own."""
    if config.getoption("--long"):
        settings.load_profile("long")


@dataclass(frozen=True)
class RealBroker:
    """A mosquitto that anyone may talk to."""

    host: str
    port: int
    process: subprocess.Popen


def free_ports(count: int) -> list[int]:
    """Different TCP ports that are free now: they are held until the last is found."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def started(mosquitto: str, folder: Path) -> RealBroker:
    """A mosquitto that answers; asked again on another port when somebody took the first."""
    for _ in range(3):
        [port] = free_ports(1)
        conf = folder / "mosquitto.conf"
        conf.write_text(CONF.format(port=port))
        log = (folder / "mosquitto.log").open("wb")
        process = subprocess.Popen([mosquitto, "-c", str(conf)], stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and process.poll() is None:
            if answers(port):
                return RealBroker("127.0.0.1", port, process)
            time.sleep(0.02)
        process.kill()
        process.wait()
    pytest.fail(f"mosquitto does not answer: {(folder / 'mosquitto.log').read_text()[-2000:]}")


def pytest_collection_modifyitems(config, items):
    """Without `--faults` the thorough ones stay away; those that wait for programs go first.

    Where two tests run at a time, others compute meanwhile.
    """
    if not config.getoption("--faults"):
        thorough = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=thorough)
        items[:] = [item for item in items if item not in thorough]
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(WAITING))


@pytest.fixture
def mosquitto(tmp_path_factory):
    """A real broker on a free port, gone when the test ends."""
    broker = started(program("mosquitto"), tmp_path_factory.mktemp("mosquitto"))
    yield broker
    broker.process.terminate()
    try:
        broker.process.wait(5)
    except subprocess.TimeoutExpired:
        broker.process.kill()
        broker.process.wait()
