"""Where a running service is: a small file in its state folder, for the other commands."""

from pathlib import Path

import msgspec

from vrijplek.errors import UnreachableError
from vrijplek.private import write_private

NAME = "running.json"


class Running(msgspec.Struct, frozen=True):
    """Addresses of a running service."""

    http: str
    """Base address of API and pages."""
    broker_host: str
    broker_port: int
    broker: str
    """`mosquitto`, `amqtt`, or `given` for one that the settings name."""
    site: str
    speed: float = 1.0
    start_ms: int = 0
    """What its clock showed at the anchor, ms UTC."""
    anchor_ms: int = 0
    """The wall clock at the anchor, ms UTC."""
    building: str = ""
    """Path of its building file, absolute."""

    def save(self, state: Path) -> None:
        """Write it into the state folder, for the owner alone."""
        write_private(state / NAME, msgspec.json.format(msgspec.json.encode(self)))

    def now_ms(self, wall_ms: int) -> int:
        """What its clock shows at a moment of the wall clock, both ms UTC.

        >>> Running("", "", 0, "", "hq", 60.0, 1_000, 500).now_ms(510)
        1600
        """
        if not self.anchor_ms:
            return wall_ms
        return self.start_ms + int((wall_ms - self.anchor_ms) * self.speed)

    @classmethod
    def read(cls, state: Path) -> "Running":
        """The last service that ran in a folder.

        Raises:
            UnreachableError: If none ever did.
        """
        try:
            return msgspec.json.decode((state / NAME).read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError) as error:
            raise UnreachableError(
                f"no service is known in {state}; start one with `vrijplek demo` "
                "or name its folder with --state"
            ) from error


def reachable(host: str) -> str:
    """An address to connect to, for one to listen on.

    >>> reachable("0.0.0.0"), reachable("127.0.0.1")
    ('127.0.0.1', '127.0.0.1')
    """
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared


def base_of(host: str, port: int) -> str:
    """The address of a server, for browsers and commands on the same machine.

    >>> base_of("::", 8000)
    'http://[::1]:8000'
    """
    found = reachable(host)
    return f"http://{f'[{found}]' if ':' in found else found}:{port}"
