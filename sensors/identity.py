"""Identities: one spelling of each address, and which of them are nobody's.

Source: Bluetooth Core 5.4, vol. 6 part B 1.3 (random addresses) and vol. 3 part H 2.2.2 (ah).
"""

import re

from sensors.spelling import number
from sensors.statement import Flag

FACTORY_UUIDS = frozenset(
    (
        "fda50693-a4e2-4fb1-afcf-c6eb07647825",
        "426c7565-4368-6172-6d42-6561636f6e73",
        "e2c56db5-dffb-48d2-b060-d0f5a71096e0",
        "b5b182c7-eab1-4988-aa99-b5c1517008d9",
    )
)
"""What makers of beacons deliver them with: thousands have the same."""
_ADDRESS = re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}(?![0-9a-f])")
_HEX = frozenset("0123456789abcdef")


def plain_address(told: str) -> str:
    """Lower-case hex digits without colons and dashes, however many; empty where it is none.

    >>> plain_address("58:78:20:76:BC:24"), plain_address("d8a07885c1d"), plain_address("phone")
    ('58782076bc24', 'd8a07885c1d', '')
    """
    bare = told.strip().lower().replace(":", "").replace("-", "")
    return bare if 0 < len(bare) <= 12 and set(bare) <= _HEX else ""


def has_address(name: str) -> bool:
    """Whether a name holds a radio's address of 12 hex digits, with colons and dashes or without.

    >>> has_address("shellyplus1-A8032ABE54DC"), has_address("c3:00:00:00:00:2a")
    (True, True)
    >>> has_address("desk-12"), has_address("24e124538c123456")
    (False, False)
    """
    return _ADDRESS.search(name) is not None


def ibeacon(uuid: str, major: object, minor: object, *, in_hex: bool = False) -> str:
    """The identity of an iBeacon; empty where it is not whole.

    >>> ibeacon("FDA50693A4E24FB1AFCFC6EB07647825", 1, "2")
    'iBeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825-1-2'
    >>> ibeacon("fda50693-a4e2-4fb1-afcf-c6eb07647825", "0068", "0068", in_hex=True)[-8:]
    '-104-104'
    """
    bare = uuid.strip().lower().replace("-", "")
    numbers = [_number(one, in_hex=in_hex) for one in (major, minor)]
    if len(bare) != 32 or not set(bare) <= _HEX or None in numbers:
        return ""
    return f"iBeacon:{dashed(bare)}-{numbers[0]}-{numbers[1]}"


def dashed(uuid: str) -> str:
    """A UUID of 32 hex digits, in the spelling with dashes."""
    return "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))


def eddystone_uid(namespace: str, instance: str) -> str:
    """The identity of an Eddystone; empty where it is not whole.

    >>> eddystone_uid("00112233445566778899", "AABBCCDDEEFF")
    'eddy:00112233445566778899-aabbccddeeff'
    """
    parts = [part.strip().lower().removeprefix("0x") for part in (namespace, instance)]
    is_whole = [len(part) for part in parts] == [20, 12] and set("".join(parts)) <= _HEX
    return f"eddy:{parts[0]}-{parts[1]}" if is_whole else ""


def _number(told: object, *, in_hex: bool) -> int | None:
    try:
        found = int(told, 16) if in_hex and isinstance(told, str) else number(told)
    except ValueError:
        return None
    return None if found is None or not 0 <= found <= 0xFFFF else int(found)


def is_changing(address: str) -> bool:
    """Whether an address that is known to be random changes: resolvable, or not resolvable.

    >>> is_changing("7081940dfbaa"), is_changing("c7faad132c00")
    (True, False)
    """
    return len(address) == 12 and int(address[0], 16) >> 2 in (0, 1)


def believable_dbm(told: float | None) -> float | None:
    """A strength that a radio can measure, in dBm: from -127 to 20, as Bluetooth defines it."""
    return told if told is not None and -127 <= told <= 20 else None


def reckoned_m(told: float | None) -> float | None:
    """A distance that a scanner reckons; 0 is what some say of what they could not, not nearest."""
    return told if told is not None and 0 < told < 1000 else None


def unreliable(address: str) -> tuple[Flag, ...]:
    """Why an identity is nobody's, if it is."""
    if address.startswith("iBeacon:"):
        return ("shared",) if address[8:44] in FACTORY_UUIDS else ()
    if address.startswith(("altBeacon:", "eddy:", "irk:")) or len(address) == 12:
        return ()
    return ("anonymous",)
