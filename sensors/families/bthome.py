"""BTHome v2 sensors: adverts of Bluetooth service data, plain or encrypted, that gateways pass on.

A family without topics: `hear_service_data` is what families of gateways call. The device is the
sensor's address, 12 lower-case hex digits. No interval is promised, and sensors that are triggered
may be silent for days: `every_s` stays empty.

Source: bthome.io/format and bthome.io/encryption (version 2); Bluetooth-Devices/bthome-ble 3.14.

A counter below the last one is a replay, with one exception: it begins at 0 after a change of
battery. So one below `RESTARTED_BELOW` is let in when the last was at least `RESTARTED_FROM`;
what it costs is that somebody who recorded a sensor's first minutes could play them once more,
and then what followed. They would have to be in the radio's reach, for a desk that looks taken;
whereas sensors that get a new battery, and would be refused ever after, are in every office.
"""

import re
from dataclasses import dataclass, replace

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from sensors.families.advert import bytes_written
from sensors.families.bthome_objects import (
    MEANINGS,
    PACKET_ID,
    TIMESTAMP,
    Found,
    found_objects,
    statements,
)
from sensors.foreign_time import believable
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason
from sensors.statement import Facts, Flag, Hearing, Learned, Statement, refusal

FAMILY = "bthome"
UUID = b"\xd2\xfc"
VERSION = 2
LONGEST_BYTES = 260
"""One advertising structure has at most 256 bytes with its length."""
SAME_PACKET_MS = 4000
"""Within this time the same packet id, or counter, is the same advert heard again."""
RESTARTED_BELOW = 100
RESTARTED_FROM = 1000
RECORDINGS_APART = 1 << 20
"""Where nobody knows when adverts were heard, one whose counter is lower by more is of another
recording, as in a file of examples. The service always knows when."""
SERVICE_DATA_16 = 0x16
_ADDRESS = re.compile(r"[0-9a-f]{12}")
_STAMP = re.compile(r"([0-9]{1,15}),([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Advert:
    """Service data, taken apart but not yet understood."""

    device: str
    """12 lower-case hex digits; empty where it is not known."""
    info: int
    body: bytes
    """Objects, or what they are encrypted to."""
    counter: bytes = b""
    """4 bytes, little-endian; empty where it is plain."""
    tag: bytes = b""


class BthomeFamily:
    """Service data alone, as hex text or as bytes; the topic may end in the sensor's address."""

    name = FAMILY
    patterns: tuple[str, ...] = ()

    def hear(self, message: Message, remembered: Facts, keys: Keys) -> Hearing:
        """What a message of this family says; never raises, changes nothing."""
        payload = message.payload[: 4 * LONGEST_BYTES]
        data = bytes_written(payload)
        address = message.topic.rpartition("/")[2]
        data = payload if data is None else data
        hearing = hear_service_data(data, address, message.received_ms, remembered, keys)
        return _as_retained(hearing) if message.retained else hearing


def hear_service_data(
    data: bytes, address: str, received_ms: int, remembered: Facts, keys: Keys
) -> Hearing:
    """What one advert of a BTHome sensor says; never raises, changes nothing.

    Args:
        data: Service data of UUID 0xFCD2; the UUID, or the whole advert, may come before it.
        address: The sensor's, in any spelling; empty, or anything else, where it is not known:
            then the keys tell whose an encrypted one is.
        received_ms: When a gateway heard it, ms UTC; 0 where that is not known.
        remembered: With the last counter and packet of each sensor.
        keys: With the bind keys by address.
    """
    advert = _advert(data, plain_address(address))
    if isinstance(advert, str):
        return refusal(Reason.MALFORMED, advert, plain_address(address))
    if advert.counter:
        opened = _opened(advert, keys)
        if opened is None:
            return refusal(Reason.ENCRYPTED, _why_closed(advert, keys), advert.device)
        return _counted(opened, received_ms, remembered)
    if advert.device in keys.bind_keys:
        detail = "plain, expected it to be encrypted: a key is known"
        return refusal(Reason.DOWNGRADED, detail, advert.device)
    return _heard(advert, received_ms, remembered)


def plain_address(address: str) -> str:
    """12 lower-case hex digits; empty for what is no address.

    >>> plain_address("54:48:E6:8F:80:A5"), plain_address("BTtoMQTT")
    ('5448e68f80a5', '')
    """
    digits = address.replace(":", "").replace("-", "").lower()
    return digits if _ADDRESS.fullmatch(digits) else ""


def _advert(data: bytes, device: str) -> Advert | str:
    """An advert taken apart, or what is wrong with it."""
    if len(data) > LONGEST_BYTES:
        return f"{len(data)} bytes, expected at most {LONGEST_BYTES}"
    data = _service_data(data)
    if not data:
        return "nothing, expected service data"
    info, body = data[0], data[1:]
    if info >> 5 != VERSION:
        return f"version {info >> 5}, expected {VERSION}"
    if info & 0b10:
        # Earlier editions of version 2: the address comes first, its last byte before the others.
        device, body = body[5::-1].hex() if len(body) >= 6 else "", body[6:]
    is_encrypted = bool(info & 0b1)
    if len(body) < (10 if is_encrypted else 2):
        return f"{len(data)} bytes are too short"
    if is_encrypted:
        return Advert(device, info, body[:-8], body[-8:-4], body[-4:])
    return Advert(device, info, body)


def _service_data(data: bytes) -> bytes:
    """What follows the UUID, where that or a whole advert was passed on."""
    if data.startswith(UUID):
        return data[2:]
    at = 0
    while at + 4 < len(data) and data[at]:
        if data[at + 1] == SERVICE_DATA_16 and data[at + 2 : at + 4] == UUID:
            return data[at + 4 : at + 1 + data[at]]
        at += 1 + data[at]
    return data


def _opened(advert: Advert, keys: Keys) -> Advert | None:
    """The advert in plain, with its device; None without a key that fits."""
    for address in (advert.device,) if advert.device else keys.bind_keys:
        key = keys.bind_keys.get(address)
        if key is None or not _ADDRESS.fullmatch(address):
            continue
        nonce = bytes.fromhex(address) + UUID + bytes([advert.info]) + advert.counter
        try:
            body = AESCCM(key, tag_length=4).decrypt(nonce, advert.body + advert.tag, None)
        except (InvalidTag, ValueError):
            continue
        return replace(advert, device=address, body=body)
    return None


def _why_closed(advert: Advert, keys: Keys) -> str:
    if advert.device in keys.bind_keys:
        return "the key of this sensor does not open it"
    return "no key of this sensor is known" if advert.device else "no known key opens it"


def _counted(advert: Advert, received_ms: int, remembered: Facts) -> Hearing:
    """An opened advert, if its counter has not been used before."""
    counter = int.from_bytes(advert.counter, "little")
    key = f"{FAMILY}/{advert.device}/counter"
    last, last_ms = _stamp(remembered, key)
    if counter == last and _is_soon(last_ms, received_ms):
        return Hearing(advert.device, repeated=True)
    is_restart = counter < RESTARTED_BELOW and last >= RESTARTED_FROM
    is_restart = is_restart or (not received_ms and last - counter > RECORDINGS_APART)
    if counter <= last and not is_restart:
        detail = f"counter {counter}, expected more than {last}"
        return refusal(Reason.REPLAYED, detail, advert.device)
    hearing = _heard(advert, received_ms, remembered)
    learned = Learned(key, f"{counter},{received_ms}")
    return msgspec.structs.replace(hearing, learned=(learned, *hearing.learned))


def _heard(advert: Advert, received_ms: int, remembered: Facts) -> Hearing:
    """What a plain advert says, if its packet is a new one."""
    objects, why = found_objects(advert.body)
    if not objects and "cut off" in why:
        return refusal(Reason.MALFORMED, why, advert.device)
    packet = _first(objects, PACKET_ID)
    key = f"{FAMILY}/{advert.device}/packet"
    last, last_ms = _stamp(remembered, key)
    if packet is not None and packet == last and _is_soon(last_ms, received_ms):
        return Hearing(advert.device, repeated=True)
    is_known = packet is not None and advert.device
    learned = (Learned(key, f"{packet},{received_ms}"),) if is_known else ()
    told = _timed(statements(objects), _first(objects, TIMESTAMP), received_ms)
    noted = "" if told else why or _why_silent(objects)
    return Hearing(advert.device, told, noted=noted, learned=learned)


def _why_silent(objects: list[Found]) -> str:
    """Why objects that could be read say nothing."""
    if any(MEANINGS[found.object_id].name for found in objects):
        return "no measurement: a button that was not pressed, or a value without a meaning"
    return "no measurement: a packet's number, a time, a text, a model or a version"


def _first(objects: list[Found], object_id: int) -> int | None:
    return next((found.unsigned for found in objects if found.object_id == object_id), None)


def _timed(
    told: tuple[Statement, ...], seconds: int | None, received_ms: int
) -> tuple[Statement, ...]:
    """Statements at the time that the advert tells, if that can be true."""
    if seconds is None:
        return told
    event_ms = believable(seconds * 1000, received_ms)
    flags: tuple[Flag, ...] = ("clock_off",) if event_ms is None else ()
    return tuple(msgspec.structs.replace(said, event_ms=event_ms, flags=flags) for said in told)


def _stamp(remembered: Facts, key: str) -> tuple[int, int]:
    """A remembered number and when it came, ms UTC; -1 and 0 where nothing is remembered."""
    found = _STAMP.fullmatch(remembered.get(key, ""))
    return (int(found[1]), int(found[2])) if found else (-1, 0)


def _is_soon(last_ms: int, received_ms: int) -> bool:
    """Whether both times are known and near each other."""
    return bool(last_ms and received_ms) and abs(received_ms - last_ms) <= SAME_PACKET_MS


def _as_retained(hearing: Hearing) -> Hearing:
    """A kept advert has no time and shows no life."""
    kept = [msgspec.structs.replace(s, flags=(*s.flags, "retained")) for s in hearing.statements]
    return msgspec.structs.replace(hearing, statements=tuple(kept), alive=False)
