"""The leaflet of a board: all that has to be flashed so that it comes in, as text and as JSON.

It holds secrets: whoever prints it prints it once.
"""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from vrijplek.broker.certificates import Issued
from vrijplek.broker.folder import Way

TRIAL = (
    '{"boot":"'
    "'$(date +%s)'"
    '","seq":0,"oldest":0,"up":1000,'
    '"readings":[{"kind":"heartbeat","every_s":30,"on":{}}]}'
)
"""A first message in our format, for a shell."""


class Flash(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a program that flashes boards reads."""

    board: str
    host: str
    port: int
    tls: bool
    username: str
    client_id: str
    topics: tuple[str, ...]
    password: str = ""
    authority: str = ""
    """PEM of who signed the broker's certificate."""
    certificate: str = ""
    key: str = ""

    def __repr__(self) -> str:
        return f"Flash(board={self.board!r})"


@dataclass(frozen=True, slots=True)
class Leaflet:
    """One board's way in."""

    board: str
    way: Way
    host: str
    port: int
    site: str
    """Id of the site in the building file."""
    secret: str | Issued = field(repr=False)
    authority: Path
    """Where the PEM of the authority is."""
    files: Path = Path()
    """Where certificate and key of the board are, for the line to try."""

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics of the board."""
        if self.way is Way.PLAIN:
            return f"espresense/devices/+/{self.board}", f"espresense/rooms/{self.board}/+"
        base = f"vrijplek/v1/{self.site}/{self.board}"
        return tuple(f"{base}/{leaf}" for leaf in ("readings", "status", "ack", "command"))

    def flash(self) -> Flash:
        """All of it as a value."""
        tls = self.way is not Way.PLAIN
        issued = self.secret if isinstance(self.secret, Issued) else Issued("", "")
        return Flash(
            board=self.board,
            host=self.host,
            port=self.port,
            tls=tls,
            username=self.board,
            client_id=self.board,
            topics=self.topics,
            password=self.secret if isinstance(self.secret, str) else "",
            authority=self.authority.read_text() if tls else "",
            certificate=issued.certificate,
            key=issued.key,
        )

    def text(self) -> str:
        """All of it for people: what to enter or to paste, and a line to try it."""
        body = self._node() if self.way is Way.PLAIN else self._sketch()
        return f"{body}\n\nTo try it, before the board itself is on:\n\n{self._trial()}\n"

    def _node(self) -> str:
        rows = {
            "Room": self.board,
            "Server": self.host,
            "Port": self.port,
            "Username": self.board,
            "Password": self.secret,
        }
        lines = "\n".join(f"  {name:<9} {value}" for name, value in rows.items())
        return f"For the page of the ESPresense node, which asks for them:\n\n{lines}"

    def _sketch(self) -> str:
        flash = self.flash()
        lines = [
            f'#define MQTT_HOST "{flash.host}"',
            f"#define MQTT_PORT {flash.port}  // TLS",
            f'#define MQTT_CLIENT_ID "{flash.client_id}"  // also the user name',
        ]
        if flash.password:
            lines.append(f'#define MQTT_PASSWORD "{flash.password}"')
        lines.append(f'#define MQTT_TOPICS "{flash.topics[0].removesuffix("readings")}"')
        for name, pem in (
            ("AUTHORITY", flash.authority),
            ("CERTIFICATE", flash.certificate),
            ("KEY", flash.key),
        ):
            if pem:
                lines.append(f'static const char MQTT_{name}[] = R"PEM({pem})PEM";')
        return "For the sketch of the board (Arduino, ESP-IDF, PlatformIO):\n\n" + "\n".join(lines)

    def _trial(self) -> str:
        words = ["mosquitto_pub", "-h", self.host, "-p", str(self.port)]
        if self.way is not Way.PLAIN:
            words += ["--cafile", str(self.authority)]
        if isinstance(self.secret, str):
            words += ["-u", self.board, "-P", self.secret]
        else:
            words += ["--cert", str(self.files / f"{self.board}.crt")]
            words += ["--key", str(self.files / f"{self.board}.key")]
        words += ["-i", self.board, "-q", "1", "-t"]
        if self.way is Way.PLAIN:
            return shlex.join([*words, f"espresense/rooms/{self.board}/telemetry", "-m", "{}"])
        return f"{shlex.join([*words, self.topics[0]])} -m '{TRIAL}'"
