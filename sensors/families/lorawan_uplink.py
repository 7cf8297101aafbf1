"""Uplinks of LoRaWAN sensors: what one says, whichever server passed it on.

By the object of a codec where there is one, else by the bytes. Where the service does not know when
a message came, as in a recording, the server's time stands for it: nothing that a sensor tells can
be later.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from sensors.families.lorawan_bytes import (
    decoded,
    hex_bytes,
    is_cut_short,
    maker_by_form,
    raw_bytes,
)
from sensors.families.lorawan_objects import (
    history_statements,
    known_maker,
    likely_maker,
    object_statements,
    stamp_ms,
)
from sensors.foreign_time import believable, instant_ms
from sensors.message import Message
from sensors.rejected import Reason, without_addresses, without_values
from sensors.spelling import number, parsed, text_of
from sensors.statement import Facts, Flag, Hearing, Learned, Statement, refusal

NAMES_LENGTH = 512
MILESIGHT = "milesight"
"""Whose bytes are known by their form."""
TELLS_OF_ITSELF = "the sensor tells of itself, not of what it sees"
OF_ITSELF = frozenset({"sn", "hardware_version", "firmware_version", "device_status"})
_GATEWAY_TIMES = ("time", "nsTime", "gwTime")

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Uplink:
    """What a sensor sent, out of the envelope of either server."""

    family: str
    device: str
    told: Told = field(default_factory=dict)
    """The codec's output; empty without one."""
    history: object = None
    """A list of objects of the past."""
    data: bytes | None = b""
    """Of the application; None for what is no base64."""
    fport: int | None = None
    time: object = None
    """When the server received it, as it tells it."""
    names: str = ""
    """What may tell the maker, in lower case."""


def bare_uplink(family: str, device: str, message: Message) -> Uplink | Hearing:
    """A payload as if it were a codec's output, or bytes; a refusal where it is neither."""
    names, fport = names_of(device), message.fport
    data = hex_bytes(message.payload)
    if data is not None:
        return Uplink(family, device, data=data, fport=fport, names=names)
    try:
        told = parsed(message.payload)
    except ValueError as error:
        data = raw_bytes(message.payload, fport)
        if data is not None:
            return Uplink(family, device, data=data, fport=fport, names=names)
        return refusal(Reason.MALFORMED, without_values(error), device)
    if isinstance(told, list):
        return Uplink(family, device, history=told, fport=fport, names=names)
    if isinstance(told, dict):
        return Uplink(family, device, told, fport=fport, names=names)
    return refusal(Reason.MALFORMED, "expected an object, an array or hex text", device)


def uplink_heard(uplink: Uplink, message: Message, remembered: Facts) -> Hearing:
    """What an uplink says: by its codec, or else by its bytes."""
    errors = uplink.told.get("errors")
    if errors:
        return refusal(Reason.DEVICE_ERROR, _complaint(errors), uplink.device)
    key = f"{uplink.family}/{uplink.device}/maker"
    known, before = known_maker(uplink.names, _first(uplink)), remembered.get(key, "")
    sure = known or before
    maker = sure or likely_maker(uplink.told, uplink.fport)
    is_coded = bool(uplink.told or uplink.history)
    said = _statements(uplink, uplink.told, maker, message) if is_coded else ()
    noted = ""
    if not said:
        maker = sure or maker_by_form(uplink.data or b"") or maker
        told = decoded(uplink.data or b"", maker, uplink.fport, uplink.names, is_sure=bool(sure))
        said = _statements(uplink, told or {}, maker or MILESIGHT, message)
    if not said:
        refused = _refused(uplink, maker, is_read=told is not None)
        if refused is not None:
            return refused
        noted = _why(uplink) if told is None else TELLS_OF_ITSELF
    is_new = known and known != before and uplink.device
    learned = (Learned(key, known),) if is_new else ()
    return Hearing(uplink.device, said, not message.retained, noted=noted, learned=learned)


def stamped(
    said: list[Statement], time: object, message: Message, *, is_off: bool = False
) -> tuple[Statement, ...]:
    """Statements at a server's time, RFC 3339 with nanoseconds, if that can be true."""
    told_ms = instant_ms(time)
    event_ms = believable(told_ms, message.received_ms)
    is_off = is_off or (told_ms is not None and event_ms is None)
    flags: tuple[Flag, ...] = ("clock_off",) if is_off else ()
    timed = (msgspec.structs.replace(one, event_ms=event_ms, flags=flags) for one in said)
    return _kept(tuple(timed), message)


def names_of(*said: object) -> str:
    """Names, in lower case and not too long."""
    return " ".join(text_of(one) for one in said).lower()[:NAMES_LENGTH]


def port_of(said: object) -> int | None:
    """A LoRaWAN port; None for what can be none."""
    port = number(said)
    return int(port) if port is not None and 0 <= port <= 255 else None


def base64_bytes(said: object) -> bytes | None:
    r"""The bytes of an application, of what is longer than any its beginning; None if broken.

    >>> base64_bytes("qg=="), base64_bytes(None), base64_bytes("?")
    (b'\xaa', b'', None)
    """
    try:
        return base64.b64decode(text_of(said)[:1024], validate=True)
    except (binascii.Error, ValueError):
        return None


def gateway_time(heard_by: object) -> object:
    """When the first gateway received an uplink, by its own clock; None where it does not tell."""
    first = heard_by[0] if isinstance(heard_by, list) and heard_by else None
    if not isinstance(first, dict):
        return None
    return next((first[key] for key in _GATEWAY_TIMES if text_of(first.get(key))), None)


def _complaint(said: object) -> str:
    """What a codec complains of, the first of it."""
    first = said[0] if isinstance(said, list) else said
    return without_addresses(f"the codec fails: {text_of(first)[:80]}")


def _refused(uplink: Uplink, maker: str, *, is_read: bool) -> Hearing | None:
    """A refusal of an uplink that came to nothing, if it is broken."""
    error = text_of(uplink.told.get("error"))
    if error:
        return refusal(Reason.DEVICE_ERROR, _complaint(error), uplink.device)
    if uplink.data is None and not uplink.told:
        return refusal(Reason.MALFORMED, "expected base64", uplink.device)
    if uplink.data and not is_read and is_cut_short(uplink.data, maker, uplink.fport, uplink.names):
        return refusal(Reason.MALFORMED, f"cut short: {_length(uplink)}", uplink.device)
    return None


def _statements(uplink: Uplink, told: Told, maker: str, message: Message) -> tuple[Statement, ...]:
    """Statements of the past, oldest first, and then of now, as readings follow each other."""
    received_ms = message.received_ms or believable(instant_ms(uplink.time), 0) or 0
    entries = uplink.history or told.get("history")
    past = history_statements(entries, maker, uplink.fport, received_ms)
    now = list(object_statements(told, maker, uplink.fport, uplink.names))
    told_ms = stamp_ms(told.get("timestamp"))
    event_ms = believable(told_ms, received_ms)
    if event_ms is None:
        timed = stamped(now, uplink.time, message, is_off=told_ms is not None)
    else:
        timed = _kept(
            tuple(msgspec.structs.replace(one, event_ms=event_ms) for one in now), message
        )
    return (*_kept(tuple(past), message), *timed)


def _first(uplink: Uplink) -> Mapping[str, object]:
    """The object whose keys may tell the maker: of an array, its first."""
    entries = uplink.history
    is_told = isinstance(entries, list) and entries and isinstance(entries[0], dict)
    return entries[0] if is_told and isinstance(entries, list) else uplink.told


def _kept(said: tuple[Statement, ...], message: Message) -> tuple[Statement, ...]:
    """Statements with the flag of a message that the broker had kept, if it had."""
    if not message.retained:
        return said
    return tuple(msgspec.structs.replace(one, flags=(*one.flags, "retained")) for one in said)


def _why(uplink: Uplink) -> str:
    """Why an uplink came to nothing."""
    if uplink.history or uplink.told.get("history"):
        return "no known measurement of the past, or none at a time that can be true"
    if OF_ITSELF & uplink.told.keys():
        return TELLS_OF_ITSELF
    if uplink.told:
        return "no known measurement in it"
    if uplink.data:
        return f"bytes without a codec: {_length(uplink)}"
    return "an uplink without a payload"


def _length(uplink: Uplink) -> str:
    port = "an unknown port" if uplink.fport is None else f"port {uplink.fport}"
    return f"{len(uplink.data or b'')} on {port}"
