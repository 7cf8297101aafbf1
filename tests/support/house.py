"""A whole service as a child process on a real broker with accounts, and boards beside it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from api.access.role import Role
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from sensors.tag import tag_of
from vrijplek.broker.accounts import (
    SERVICE,
    TELLER,
    Account,
    May,
    Rule,
    board_rules,
    plain_rules,
)
from vrijplek.broker.start import Broker, prepared
from vrijplek.building import load_building
from vrijplek.demo.building import building_file
from vrijplek.demo.credentials import accounts

ROOT = Path(__file__).parents[2]
FILE = building_file("demo-office")
PATIENCE_S = 20.0
SETTINGS = """\
building: {building}
state: state
http: {{port: 0}}
broker:
  port: {port}
  username: {reader}
  password_file: reader.password
  teller_username: {teller}
  teller_password_file: teller.password
finder: {{dpia_ref: invented, works_council_ref: invented, since: 2020-01-01}}
working_hours: always
invented_people: true
"""


def until(is_so, what, within_s=PATIENCE_S, every_s=0.01):
    """Wait for something that is bound to come; seconds that it took."""
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < within_s, f"waited in vain: {what}"
        time.sleep(every_s)
    return time.monotonic() - began_s


class House:
    """Broker, people and settings of a service in one folder; the service is started by `start`."""

    file = FILE
    """Of the building."""
    more: tuple[Account, ...] = ()
    """Accounts at the broker beside those of the demo."""
    also_heard: tuple[str, ...] = ()
    """Filters that the service may hear beside those of its building."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        self.building = load_building(self.file)
        self.site = self.building.site
        known = [*accounts(self.building, folder / "broker.json"), *self.more]
        rules = tuple(Rule(May.READ, one) for one in self.also_heard)
        known = [replace(a, rules=(*a.rules, *rules)) if a.name == SERVICE else a for a in known]
        self.passwords = {account.name: account.password for account in known}
        self.broker: Broker = prepared(
            folder / "broker", "127.0.0.1", known, (*board_rules(self.site), *plain_rules())
        )
        self.broker_child = self.broker.start()
        self.process: subprocess.Popen | None = None
        self.command: tuple[str, ...] = (sys.executable, "-m", "vrijplek")
        self.starts = 0
        self.boards: list[Board] = []
        self._write()

    def _write(self) -> None:
        self.config = self.folder / "vrijplek.yaml"
        port = self.broker.port
        text = SETTINGS.format(building=self.file, port=port, reader=SERVICE, teller=TELLER)
        self.config.write_text(text)
        (self.folder / "reader.password").write_text(self.passwords[SERVICE] + "\n")
        (self.folder / "teller.password").write_text(self.passwords[TELLER] + "\n")
        self.state.mkdir(mode=0o700)
        people = PeopleStore(self.state / "people.sqlite")
        boss = people.register.add("Fedor", Role.FACILITIES)
        self.key = people.keys.for_person(boss.id, 0)
        people.close()

    def enrol(self, address: str) -> tuple[str, str]:
        """Id and tag of an invented person who wants to be found."""
        people = PeopleStore(self.state / "people.sqlite")
        person = people.register.add("Wim", Role.STAFF, Visibility(True, Precision.ROOM))
        tag = tag_of(address, people.site_key)
        people.register.enrol(person.id, tag)
        people.close()
        return person.id, tag

    @property
    def database(self) -> Path:
        """What the service keeps."""
        return self.state / "vrijplek.sqlite"

    @property
    def log(self) -> Path:
        """What the last started service printed."""
        return self.folder / f"service-{self.starts}.log"

    def start(self, *under: str, **variables: str) -> subprocess.Popen:
        """Start the service, under another program where one is given; it is not waited for."""
        self.starts += 1
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VRIJPLEK_")}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*under, *self.command, "run", "--config", str(self.config)],
                cwd=ROOT,
                env=environment | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def start_ready(self, *under: str, **variables: str) -> "House":
        """Start the service and wait until it says that it is ready."""
        self.start(*under, **variables)
        self.wait_answering()
        until(self.is_ready, "it is ready")
        return self

    def wait_answering(self) -> None:
        """Wait until the service that was started answers."""
        until(lambda: self.said("answering") or self.process.poll() is not None, "it answers")
        assert self.process.poll() is None, self.log.read_text()
        self.base = self.said("answering")[0]["address"]

    def said(self, event: str) -> list[dict]:
        """What the service logged of one kind."""
        lines = self.log.read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [one for one in found if one["event"] == event]

    def is_ready(self) -> bool:
        """Whether readings come in and answers are fresh."""
        try:
            self.fetch("/readyz")
        except OSError:
            return False
        return True

    def fetch(self, path: str) -> bytes:
        """The body of an answer."""
        request = urllib.request.Request(
            self.base + path, headers={"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read()

    def get(self, path: str) -> dict:
        """The answer to a GET."""
        return json.loads(self.fetch(path))

    def desks(self) -> dict[str, tuple[str, str | None]]:
        """State and since of each desk."""
        return {d["id"]: (d["state"], d["since"]) for d in self.get("/v1/desks")["desks"]}

    def metric(self, name: str) -> float:
        """One number of `/metrics`; 0 where it is not there."""
        for line in self.fetch("/metrics").decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def stop(self, signum: int = signal.SIGTERM, within_s: float = 10.0) -> float:
        """Send a signal and wait for the end; seconds that it took."""
        began_s = time.monotonic()
        self.process.send_signal(signum)
        self.process.wait(within_s)
        return time.monotonic() - began_s

    def kill_broker(self) -> None:
        """End the broker as a power cut would."""
        os.killpg(self.broker_child.process.pid, signal.SIGKILL)
        self.broker_child.stop()

    def start_broker(self) -> None:
        """Start it again, on the same port with the same files."""
        self.broker_child = self.broker.start()

    def board(self, name: str, boot: str = "b1") -> "Board":
        """A board that is connected."""
        made = Board(self, name, boot)
        self.boards.append(made)
        return made

    def close(self) -> None:
        """End everything."""
        for board in self.boards:
            board.leave()
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGKILL)
        self.broker_child.stop()


class Board:
    """A board of the building with its own account; keeps nothing that it said."""

    def __init__(self, house: House, name: str, boot: str) -> None:
        self.name, self.boot, self.seq = name, boot, 0
        self.topic = f"vrijplek/v1/{house.site}/{name}"
        self.began_s = time.monotonic() - 60
        self.durable = -1
        self.said: list[bytes] = []
        self.client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.username_pw_set(name, house.passwords[name])
        self.client.reconnect_delay_set(1, 1)
        self.client.max_inflight_messages_set(200)
        self.client.on_connect = lambda client, *_: client.subscribe(f"{self.topic}/ack", 0)
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", house.broker.port)
        self.client.loop_start()
        until(self.client.is_connected, f"{name} is let in")

    def _on_message(self, _client, _userdata, message) -> None:
        told = json.loads(message.payload)
        if told["boot"] == self.boot:
            self.durable = max(self.durable, told["durable"])

    @property
    def up_ms(self) -> int:
        """Milliseconds since it was switched on."""
        return int((time.monotonic() - self.began_s) * 1000)

    def compose(self, *readings: dict, **more) -> bytes:
        """The next message as bytes."""
        body = {"boot": self.boot, "seq": self.seq, "oldest": 0, "up": self.up_ms}
        self.seq += 1
        return json.dumps(body | {"readings": list(readings)} | more).encode()

    def send(self, *readings: dict, **more):
        """Say something; what paho knows of it."""
        self.said.append(self.compose(*readings, **more))
        return self.publish(self.said[-1])

    def publish(self, payload: bytes, leaf: str = "readings", *, retain: bool = False):
        """Publish bytes under the board's own name."""
        return self.client.publish(f"{self.topic}/{leaf}", payload, 1, retain)

    def motion(self, channel: str, *, on: bool = True):
        """Tell an edge of a PIR."""
        return self.send({"kind": "motion", "sensor": channel, "on": on})

    def leave(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()
