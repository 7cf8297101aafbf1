"""Adverts: what bytes of a Bluetooth advertisement say of who sent them.

Source: Apple's iBeacon, Radius Networks' AltBeacon 1.0 and Google's Eddystone specifications;
Bluetooth Core Specification Supplement, part A (AD structures; a length of 0 ends them early).
"""

import re
from typing import NamedTuple

from sensors.identity import dashed, unreliable
from sensors.statement import Flag

APPLE = b"\x4c\x00"
_NOBODY = {
    0x07: "an accessory (Apple proximity pairing)",
    0x09: "an AirPlay device",
    0x0C: "an Apple device (handoff)",
    0x0F: "an Apple device (nearby action)",
    0x10: "an Apple device (nearby info)",
    0x12: "a thing (Find My)",
}
EDDYSTONE = b"\xaa\xfe"
ALTBEACON = b"\xbe\xac"
_WRITTEN = re.compile(rb"(?:0[xX])?((?:[0-9a-fA-F]{2}[\s:-]?)+)")


class Advert(NamedTuple):
    """Who sent an advertisement."""

    address: str = ""
    """The identity; empty where it is nobody's."""
    reference_dbm: float | None = None
    """Expected at 1 m, where told."""
    flags: tuple[Flag, ...] = ()
    what: str = ""
    """For people."""


CUT_OFF = Advert(flags=("anonymous",), what="a beacon that is cut off")


def bytes_written(payload: bytes) -> bytes | None:
    """Bytes that are written as hex, also with `0x`, colons, dashes or spaces; None if they aren't.

    >>> bytes_written(b"70:81:94:0D:FB:AA").hex(), bytes_written(b" 0x4c00 ").hex()
    ('7081940dfbaa', '4c00')
    >>> bytes_written(b"ON"), bytes_written(b"123")
    (None, None)
    """
    found = _WRITTEN.fullmatch(payload.strip(b" \t\r\n\x00"))
    return bytes.fromhex(re.sub(rb"[\s:-]", b"", found[1]).decode()) if found else None


def advert_in(data: bytes) -> Advert | None:
    """The sender of an advertisement, or of manufacturer data alone; None if unreadable."""
    for kind, part in _structures(data):
        found = None
        if kind == 0xFF:
            found = manufacturer(part)
        elif kind == 0x16 and part[:2] == EDDYSTONE:
            found = eddystone(part[2:])
        if found is not None:
            return found
    return manufacturer(data) or (eddystone(data[2:]) if data[:2] == EDDYSTONE else None)


def _structures(data: bytes) -> list[tuple[int, bytes]]:
    """The parts of an advertisement, up to its end or to one that is cut off."""
    found, at = [], 0
    while at + 1 < len(data):
        length = data[at]
        if length == 0 or at + 1 + length > len(data):
            break
        found.append((data[at + 1], data[at + 2 : at + 1 + length]))
        at += 1 + length
    return found


def manufacturer(data: bytes) -> Advert | None:
    """The sender by manufacturer data: beacons first, Apple's company in either order of bytes."""
    if len(data) < 3:
        return None
    company, kind = data[:2], data[2:4]
    if company in (APPLE, APPLE[::-1]) and kind == b"\x02\x15":
        return _beacon(data[4:25], "iBeacon")
    if kind == ALTBEACON:
        return _beacon(data[4:25], "altBeacon")
    if company == APPLE:
        return Advert(flags=("anonymous",), what=_NOBODY.get(data[2], "an Apple device"))
    if company == b"\x06\x00":
        return Advert(flags=("anonymous",), what="a Windows device")
    return None


def _beacon(data: bytes, name: str) -> Advert:
    """UUID, major, minor (most significant byte first) and power at 1 m, signed."""
    if len(data) < 21:
        return CUT_OFF
    major, minor = int.from_bytes(data[16:18]), int.from_bytes(data[18:20])
    power_dbm = int.from_bytes(data[20:21], signed=True)
    address = f"{name}:{dashed(data[:16].hex())}-{major}-{minor}"
    reference_dbm = float(power_dbm) if power_dbm < 0 else None
    return Advert(address, reference_dbm, unreliable(address), f"an {name}")


def eddystone(data: bytes) -> Advert | None:
    """The sender by Eddystone service data: UID names it, EID changes, URL and TLM name nobody."""
    frame = data[:1]
    if frame == b"\x00" and len(data) >= 18:
        at_0_m = int.from_bytes(data[1:2], signed=True)
        address = f"eddy:{data[2:12].hex()}-{data[12:18].hex()}"
        return Advert(address, float(at_0_m - 41), (), "an Eddystone")
    names = {b"\x10": "an Eddystone's link", b"\x20": "an Eddystone's health"}
    if frame in names:
        return Advert(flags=("anonymous",), what=names[frame])
    return Advert(flags=("anonymous",), what="an Eddystone that changes") if frame == b"0" else None
