"""Where a running service is: a small file in its state folder, for the other commands."""

from pathlib import Path

import msgspec

from vrijplek.errors import UnreachableError

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

    def save(self, state: Path) -> None:
        """Write it into the state folder, for the owner alone."""
        file = state / NAME
        file.touch(mode=0o600, exist_ok=True)
        file.write_bytes(msgspec.json.format(msgspec.json.encode(self)))

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
