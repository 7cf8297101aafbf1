"""The payloads of our own wire format, version 1, as typed structs (docs/wire-format.md).

Owns shapes and ranges. Knows nothing of what a payload means.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_BYTES = 8192
BOOT_PATTERN = "^[a-z0-9]{1,16}$"
CHANNEL_PATTERN = "^[a-z0-9][a-z0-9_.-]{0,63}$"

Boot = Annotated[str, Meta(pattern=BOOT_PATTERN)]
Channel = Annotated[str, Meta(pattern=CHANNEL_PATTERN)]
Seq = Annotated[int, Meta(ge=0, le=2**32 - 1)]
UptimeMs = Annotated[int, Meta(ge=0, le=2**53)]
Address = Annotated[str, Meta(min_length=1, max_length=64)]
RssiDbm = Annotated[float, Meta(ge=-127, le=20)]


class Heard(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One tag heard: `[address, RSSI in dBm]` or `[address, RSSI in dBm, ms since boot]`."""

    address: Address
    rssi_dbm: RssiDbm
    up: UptimeMs | None = None


class _Said(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True, gc=False):
    up: UptimeMs | None = None


class SaidMotion(_Said, frozen=True, tag="motion", kw_only=True, gc=False):
    """An edge of a PIR."""

    sensor: Channel
    on: bool


class SaidPresence(_Said, frozen=True, tag="presence", kw_only=True, gc=False):
    """A device that holds by itself sees somebody, or nobody."""

    sensor: Channel
    present: bool


class SaidSightings(_Said, frozen=True, tag="sightings", kw_only=True, gc=False):
    """What a scanner heard."""

    sensor: Channel
    heard: Annotated[list[Heard], Meta(max_length=64)]


class SaidCount(_Said, frozen=True, tag="count", kw_only=True, gc=False):
    """People seen at once."""

    sensor: Channel
    count: Annotated[int, Meta(ge=0, le=10_000)]


class SaidLevel(_Said, frozen=True, tag="level", kw_only=True, gc=False):
    """A measured quantity."""

    sensor: Channel
    quantity: Literal["co2", "light", "sound", "power", "phones", "temperature", "humidity"]
    value: Annotated[float, Meta(ge=-1e6, le=1e6)]
    unit: Annotated[str, Meta(min_length=1, max_length=8)]


class SaidContact(_Said, frozen=True, tag="contact", kw_only=True, gc=False):
    """A door or a window."""

    sensor: Channel
    open: bool


class SaidHeartbeat(_Said, frozen=True, tag="heartbeat", kw_only=True, gc=False):
    """A sign of life with the present levels."""

    every_s: Annotated[float, Meta(ge=1, le=3600)]
    on: dict[Channel, bool] = {}


Said = (
    SaidMotion | SaidPresence | SaidSightings | SaidCount | SaidLevel | SaidContact | SaidHeartbeat
)


class Readings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The payload of `readings`."""

    boot: Boot
    seq: Seq
    oldest: Seq
    up: UptimeMs
    readings: Annotated[list[Said], Meta(min_length=1, max_length=64)]
    t: int | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What of a refused `readings` payload tells which message it was."""

    boot: Boot
    seq: Seq
    oldest: Seq
    up: UptimeMs


class BoardStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of `status`: birth, last will and goodbye."""

    state: Literal["online", "offline"]
    boot: Boot
    up: UptimeMs | None = None
    firmware: Annotated[str, Meta(max_length=64)] | None = None


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of `ack`: all of this boot up to `durable` is safe."""

    boot: Boot
    durable: Seq


class Report(msgspec.Struct, frozen=True, tag_field="command", tag="report"):
    """Send a heartbeat with the present levels."""


class Resend(
    msgspec.Struct, frozen=True, tag_field="command", tag="resend", rename={"first": "from"}
):
    """Send again what is kept from that `seq` on."""

    boot: Boot
    first: Seq


class Restart(msgspec.Struct, frozen=True, tag_field="command", tag="restart"):
    """Say goodbye and boot again."""


class Halt(msgspec.Struct, frozen=True, tag_field="command", tag="halt"):
    """A drill: fall silent without a goodbye, and boot again after that time."""

    for_s: Annotated[float, Meta(ge=1, le=86_400)]


Command = Report | Resend | Restart | Halt


EXPECTED = {
    "kind": "motion, presence, sightings, count, level, contact or heartbeat",
    "quantity": "co2, light, sound, power, phones, temperature or humidity",
    "state": "online or offline",
}
"""What a field may say, where the parser's complaint does not tell."""


def with_expected(complaint: str) -> str:
    """A parser's complaint with what was expected, where it does not say so itself.

    >>> with_expected("Invalid enum value '*' - at `$.state`")
    "Invalid enum value '*' - at `$.state`, expected online or offline"
    """
    field = complaint.rstrip("`").rpartition(".")[2]
    is_told = "xpected" in complaint or field not in EXPECTED
    return complaint if is_told else f"{complaint}, expected {EXPECTED[field]}"
