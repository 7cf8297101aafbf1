"""A real mosquitto with the project's configuration, all listeners open, and guests at its door.

Ports, folder and user are those of the test; everything else is as delivered. One more listener
belongs to the test itself: there `GOD` may say and hear everything.
"""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from conftest import free_ports
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from support.machine import mosquitto

from vrijplek.broker.accounts import hashed
from vrijplek.broker.certificates import Issued
from vrijplek.broker.folder import BrokerFolder, Way

ROOT = Path(__file__).parents[2]
CONF = (ROOT / "mosquitto.conf").read_text(encoding="utf-8")
HOST = "127.0.0.1"
GOD = "god"
BOARDS = {"b1": Way.PASSWORD, "b2": Way.PASSWORD, "c1": Way.CERTIFICATE, "den": Way.PLAIN}
DAYS = 30
PATIENCE_S = 10.0
TRIES = 3


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that is bound to come soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.002)


def now_ms() -> int:
    """The time."""
    return time.time_ns() // 1_000_000


def opened(conf: str) -> str:
    """The configuration with every listener open."""
    return re.sub(r"^#(?=[a-z])", "", conf, flags=re.MULTILINE)


class Pass(NamedTuple):
    """What someone shows at a listener."""

    way: Way | None
    """None for the test's own listener."""
    name: str = ""
    password: str = ""
    certificate: Issued | None = None


class Guest:
    """One client of the broker, and what it has heard."""

    def __init__(
        self,
        door: "Door",
        shown: Pass,
        *,
        client_id: str | None = None,
        clean: bool = True,
        will: str | None = None,
    ) -> None:
        self.heard: list[str] = []
        self.answer = ""
        self.goodbyes: list[str] = []
        self.done: set[int] = set()
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id or shown.name or "nobody",
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if shown.name:
            self.client.username_pw_set(shown.name, shown.password or None)
        if shown.way in {Way.PASSWORD, Way.CERTIFICATE}:
            self.client.tls_set_context(door.context(shown.certificate))
        if will is not None:
            self.client.will_set(will, b"{}", 1)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message
        self.client.on_publish = lambda _c, _u, mid, _r, _p: self.done.add(mid)
        self.client.on_subscribe = lambda _c, _u, mid, _r, _p: self.done.add(mid)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0 if clean else 3600
        try:
            self.client.connect(
                HOST, door.ports[shown.way], clean_start=clean, properties=properties
            )
        except (ssl.SSLError, ConnectionError) as error:
            self.goodbyes.append(str(error))
            return
        self.client.loop_start()
        until(lambda: bool(self.answer or self.goodbyes), "an answer to the connection")

    def _on_connect(self, _client, _userdata, _flags, reason, _properties) -> None:
        self.answer = str(reason)

    def _on_disconnect(self, _client, _userdata, _flags, reason, _properties) -> None:
        self.goodbyes.append(str(reason))

    def _on_message(self, _client, _userdata, message: MQTTMessage) -> None:
        self.heard.append(message.topic)

    @property
    def is_in(self) -> bool:
        """Whether the broker let it in, and it still is."""
        return self.answer == "Success" and not self.goodbyes

    def hear(self, *filters: str) -> "Guest":
        """Subscribe, and wait for the answer; what was on its way before has come then."""
        for topic in filters:
            _, mid = self.client.subscribe(topic, 1)
            until(lambda mid=mid: mid in self.done, "an answer to a subscription")
        return self

    def say(self, *topics: str, retain: bool = False) -> None:
        """Publish with QoS 1, and wait for the answers."""
        for topic in topics:
            mid = self.client.publish(topic, b"{}", 1, retain).mid
            until(lambda mid=mid: mid in self.done, f"an answer to a message to {topic}")

    def leave(self) -> None:
        """Say goodbye."""
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self) -> None:
        """Break the connection without a goodbye, so that the broker publishes the will."""
        raw = self.client.socket()
        assert isinstance(raw, socket.socket)
        raw.shutdown(socket.SHUT_RDWR)
        self.client.loop_stop()


class Door:
    """A running mosquitto and its guests; every account is made as an operator would make it."""

    def __init__(self, folder: Path, conf: str) -> None:
        self.folder = folder
        self.guests: list[Guest] = []
        self.accounts = BrokerFolder(folder / "vrijplek")
        self.passes = {GOD: Pass(None, GOD, "the test's own")}
        for name, password in self.accounts.prepare(HOST, now_ms(), DAYS).items():
            self.passes[name] = Pass(Way.SERVICE, name, password)
        for name, way in BOARDS.items():
            self.add(name, way)
        for file in (ROOT / "deploy" / "broker").glob("acl-*"):
            shutil.copy(file, folder / "vrijplek")
        for _ in range(TRIES):
            self.ports = dict(zip((*Way, None), free_ports(len(Way) + 1), strict=True))
            self.process = self._started(self._placed(conf))
            until(lambda: self._has_ended or " running" in self.log, "the broker")
            if not self._has_ended:
                return
        raise AssertionError(f"mosquitto does not start: {self.log}")

    def add(self, name: str, way: Way) -> Pass:
        """Make an account; it counts after a `reload`."""
        secret = self.accounts.add(name, way, now_ms(), DAYS)
        shown = isinstance(secret, Issued)
        self.passes[name] = Pass(way, name, *(("", secret) if shown else (secret, None)))
        return self.passes[name]

    def reload(self) -> None:
        """Have the broker read its files again."""
        told = self.log.count("Reloading config")
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self.log.count("Reloading config") > told, "the broker's reload")

    def context(self, certificate: Issued | None) -> ssl.SSLContext:
        """How a board knows this broker, and what it shows itself."""
        context = ssl.create_default_context(cafile=str(self.accounts.authority))
        if certificate is not None:
            file = self.folder / "shown.pem"
            file.write_text(certificate.certificate + certificate.key)
            context.load_cert_chain(file)
        return context

    def welcome(self, who: str | Pass, **how: object) -> Guest:
        """Have someone come to the door, by the name of an account or with another pass."""
        guest = Guest(self, self.passes[who] if isinstance(who, str) else who, **how)
        self.guests.append(guest)
        return guest

    @property
    def log(self) -> str:
        """What the broker has told."""
        return (self.folder / "log").read_text()

    def close(self) -> None:
        """Send all guests away and stop."""
        for guest in self.guests:
            guest.leave()
        self.process.terminate()
        self.process.wait(5)

    def _placed(self, conf: str) -> str:
        for found, way in (
            ("listener 1883 127.0.0.1", Way.SERVICE),
            ("listener 8883", Way.PASSWORD),
            ("listener 8884", Way.CERTIFICATE),
            ("listener 1884 192.0.2.1", Way.PLAIN),
        ):
            assert conf.count(f"{found}\n") == 1
            conf = conf.replace(f"{found}\n", f"listener {self.ports[way]} {HOST}\n")
        conf = conf.replace("/etc/mosquitto/vrijplek", str(self.accounts.path))
        own = self.passes[GOD]
        (self.folder / "god").write_text(f"{GOD}:{hashed(own.password)}\n")
        (self.folder / "all").write_text(f"user {GOD}\ntopic readwrite #\ntopic read $SYS/#\n")
        conf += f"\nlog_type information\nsys_interval 1\nlistener {self.ports[None]} {HOST}\n"
        conf += "allow_anonymous false\n"
        conf += f"password_file {self.folder}/god\nacl_file {self.folder}/all\n"
        return conf + ("user root\n" if os.geteuid() == 0 else "")

    def _started(self, conf: str) -> subprocess.Popen[bytes]:
        path = self.folder / "mosquitto.conf"
        path.write_text(conf)
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen([mosquitto(), "-c", str(path)], stdout=log, stderr=log)

    @property
    def _has_ended(self) -> bool:
        """Whether it gave up, as where somebody took one of its ports meanwhile."""
        return self.process.poll() is not None
