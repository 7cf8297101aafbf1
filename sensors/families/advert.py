"""Adverts: what bytes of a Bluetooth advertisement say of who sent them.

Source: Apple's iBeacon and Google's Eddystone specifications; Bluetooth Core 5.4 (AD structures).
"""

from typing import NamedTuple

from sensors.identity import ibeacon, unreliable
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


class Advert(NamedTuple):
    """Who sent an advertisement."""

    address: str = ""
    """The identity; empty where it is nobody's."""
    reference_dbm: float | None = None
    """Expected at 1 m, where told."""
    flags: tuple[Flag, ...] = ()
    what: str = ""
    """For people."""


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
    """The parts of an advertisement; none unless all lengths fit."""
    found, at = [], 0
    while at + 1 < len(data):
        length = data[at]
        if length == 0 or at + 1 + length > len(data):
            return []
        found.append((data[at + 1], data[at + 2 : at + 1 + length]))
        at += 1 + length
    return found


def manufacturer(data: bytes) -> Advert | None:
    """The sender by manufacturer data: iBeacon first, its company in either order of bytes."""
    if len(data) < 3:
        return None
    company, kind = data[:2], data[2:4]
    if company in (APPLE, APPLE[::-1]) and kind == b"\x02\x15" and len(data) >= 25:
        return _ibeacon(data[4:25])
    if company == APPLE:
        return Advert(flags=("anonymous",), what=_NOBODY.get(data[2], "an Apple device"))
    if company == b"\x06\x00":
        return Advert(flags=("anonymous",), what="a Windows device")
    return None


def _ibeacon(data: bytes) -> Advert:
    """UUID, major, minor (most significant byte first) and power at 1 m, signed."""
    major, minor = int.from_bytes(data[16:18]), int.from_bytes(data[18:20])
    power_dbm = int.from_bytes(data[20:21], signed=True)
    address = ibeacon(data[:16].hex(), major, minor)
    reference_dbm = float(power_dbm) if power_dbm < 0 else None
    return Advert(address, reference_dbm, unreliable(address), "an iBeacon")


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
