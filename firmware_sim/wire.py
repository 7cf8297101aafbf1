"""What goes over the wire: the payloads of format v1, from the board's side.

Owns their shape and their limits, as `docs/wire-format.md` has them.
"""

import msgspec

MOST_HEARD = 64
MOST_BYTES = 8192

Entry = tuple[str, int, int]
"""Address, RSSI in dBm, ms since boot."""


class Motion(msgspec.Struct, frozen=True, tag_field="kind", tag="motion"):
    """An edge of a motion sensor."""

    sensor: str
    on: bool
    up: int


class Sightings(msgspec.Struct, frozen=True, tag_field="kind", tag="sightings"):
    """What a scanner heard."""

    sensor: str
    heard: tuple[Entry, ...]
    up: int


class Heartbeat(msgspec.Struct, frozen=True, tag_field="kind", tag="heartbeat"):
    """A sign of life, with the present level of each motion channel."""

    every_s: float
    on: dict[str, bool]
    up: int


Reading = Motion | Sightings | Heartbeat


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A batch of readings."""

    boot: str
    seq: int
    oldest: int
    up: int
    readings: list[Reading]
    t: int | None = None


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """Birth, will and goodbye."""

    state: str
    boot: str
    up: int | None = None
    firmware: str | None = None


class Ack(msgspec.Struct, frozen=True):
    """Up to where the service has all messages of a boot safe."""

    boot: str
    durable: int


class Command(msgspec.Struct, frozen=True, rename={"first_seq": "from"}):
    """What the service asks of a board."""

    command: str
    boot: str | None = None
    first_seq: int = 0
    for_s: float = 0.0


def weight(reading: Reading) -> int:
    """How many sightings a reading counts for in the limit of a message."""
    return len(reading.heard) if isinstance(reading, Sightings) else 0
