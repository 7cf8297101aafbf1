"""Starting a broker of our own: which one, on which port, and when it is ready."""

import shutil
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vrijplek.broker.accounts import Account, Rule
from vrijplek.broker.embedded import Guests
from vrijplek.broker.mosquitto import write_files
from vrijplek.children import Child
from vrijplek.errors import UnreachableError
from vrijplek.private import write_private

READY_S = 8.0


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that runs as our child."""

    kind: str
    """`mosquitto` or `amqtt`."""
    host: str
    port: int
    command: tuple[str, ...]
    folder: Path

    @property
    def mqtt5(self) -> bool:
        """Whether it speaks MQTT 5."""
        return self.kind == "mosquitto"

    def start(self) -> Child:
        """Start it and wait until it answers.

        Raises:
            UnreachableError: If it does not answer in time.
        """
        child = Child.start("broker", self.command, self.folder.parent / "log" / "broker.log")
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and child.is_running:
            if _answers(self.host, self.port):
                return child
            time.sleep(0.02)
        child.stop()
        raise UnreachableError(
            f"the {self.kind} broker did not come up on {self.host}:{self.port}: "
            f"{child.last_words() or 'it said nothing'}"
        )


def prepared(
    folder: Path, host: str, accounts: Sequence[Account], patterns: Sequence[Rule]
) -> Broker:
    """A broker ready to start on a free port: mosquitto where there is one, else amqtt."""
    port = free_port(host)
    found = shutil.which("mosquitto")
    if found:
        conf = write_files(folder, host, port, accounts, patterns)
        return Broker("mosquitto", host, port, (found, "-c", str(conf)), folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "guests.json"
    guests = Guests(host, port, tuple(accounts), tuple(patterns))
    write_private(file, msgspec.json.encode(guests))
    command = (sys.executable, "-m", "vrijplek.broker.embedded", str(file))
    return Broker("amqtt", host, port, command, folder)


def free_port(host: str) -> int:
    """A TCP port that is free now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True
