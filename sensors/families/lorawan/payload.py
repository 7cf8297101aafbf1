"""Application bytes of LoRaWAN sensors, decoded to the objects that their makers' codecs give.

For networks without a codec: Milesight (`lorawan_milesight`), Browan (ports 100 and 102) and ELSYS
(ports 5 and 1). The names and words are those of the makers' own codecs.

Source: reference manual TBMS100 BQW_02_0006.002; TheThingsNetwork/lorawan-devices
vendor/elsys/elsys.js.
"""

import re
from collections.abc import Callable

from sensors.families.lorawan.milesight import Decoded, Told, little, milesight, nothing, one

LONGEST_BYTES = 242
"""Of a LoRaWAN message at its fastest data rate."""
JSON_STARTS = (b"{", b"[", b'"')
BROWAN_PORTS = (100, 102)
BROWAN_BYTES = 8
ELSYS_PORTS = (1, 5)
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+")
_BETWEEN = b" \t\r\n-:"


def hex_bytes(payload: bytes) -> bytes | None:
    r"""The bytes that hex text stands for; None for any other text.

    >>> hex_bytes(b"017564 030001"), hex_bytes(b"0x01-75"), hex_bytes(b'{"battery": 100}')
    (b'\x01ud\x03\x00\x01', b'\x01u', None)
    """
    if len(payload) > 4 * LONGEST_BYTES or payload.startswith(JSON_STARTS):
        return None
    digits = payload.translate(None, _BETWEEN)
    digits = digits[2:] if digits[:2] in (b"0x", b"0X") else digits
    return bytes.fromhex(digits.decode()) if _HEX.fullmatch(digits) else None


def raw_bytes(payload: bytes, fport: int | None) -> bytes | None:
    """A payload that is the application's bytes themselves, as a recording may have them.

    Without a port only their form tells that.
    """
    if len(payload) > LONGEST_BYTES or payload.startswith(JSON_STARTS) or _is_text(payload):
        return None
    return payload if fport is not None or maker_by_form(payload) else None


def _is_text(payload: bytes) -> bool:
    try:
        said = payload.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in said)


def maker_by_form(data: bytes) -> str:
    """The maker that bytes tell, of what was measured, by nothing but their form; empty for others.

    Those of Milesight are its channels and types to the end; those of ELSYS are its types to the
    end, a temperature and a humidity first, both of which can be.

    >>> maker_by_form(bytes.fromhex("017564030001")), maker_by_form(bytes.fromhex("0100E202291101"))
    ('milesight', 'elsys')
    >>> maker_by_form(bytes.fromhex("020106"))
    ''
    """
    if len(data) > LONGEST_BYTES:
        return ""
    found = milesight(data)
    if found.is_whole and found.told:
        return "milesight"
    is_air = len(data) > 5 and (data[0], data[3]) == (0x01, 0x02) and data[4] <= 100
    is_elsys = is_air and -40 <= _tenths(data[1:3]) <= 85 and _elsys(data).is_whole
    return "elsys" if is_elsys else ""


def decoded(
    data: bytes, maker: str, fport: int | None, names: str = "", *, is_sure: bool = False
) -> Told | None:
    """The object that a maker's codec would give; None where that can't be told.

    Args:
        data: The application's bytes, decrypted.
        maker: `milesight`, `browan`, `elsys`, or empty where nobody tells it.
        fport: The LoRaWAN port, where it is known.
        names: What the device, its profile and its tags are called, in lower case.
        is_sure: Whether the maker is more than a guess by the port: then what was understood
            counts although something unknown follows, as it does for the makers' codecs.
    """
    found = _found(data, maker, fport, names)
    return found.told if found.is_whole or (is_sure and found.told) else None


def is_cut_short(data: bytes, maker: str, fport: int | None, names: str = "") -> bool:
    """Whether bytes that came to nothing end within something that was begun."""
    found = _found(data, maker, fport, names)
    return found.is_cut and bool(maker or found.told)


def _found(data: bytes, maker: str, fport: int | None, names: str) -> Decoded:
    if not 0 < len(data) <= LONGEST_BYTES:
        return Decoded({}, is_whole=False)
    if maker == "browan":
        return _browan(data) if fport in (*BROWAN_PORTS, None) else Decoded({}, is_whole=False)
    if maker == "elsys":
        return _elsys(data) if fport in (*ELSYS_PORTS, None) else Decoded({}, is_whole=False)
    return milesight(data, names, is_sure=maker == "milesight")


def _browan(data: bytes) -> Decoded:
    """A sensor for motion or for a door: status, battery V, minutes since, how often.

    Zeros alone are no message.
    """
    is_cut = len(data) < BROWAN_BYTES
    if is_cut or not any(data):
        return Decoded({}, is_whole=False, is_cut=is_cut)
    told: Told = {
        "status": data[0] & 1,
        "battery": (25 + (data[1] & 0x0F)) / 10,
        "temperatureBoard": (data[2] & 0x7F) - 32,
        "time": little(data[3:5]),
        "count": little(data[5:8]),
    }
    return Decoded(told, is_whole=True)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _tenths(data: bytes) -> float:
    return int.from_bytes(data[:2], "big", signed=True) / 10


def _infrared(data: bytes) -> Told:
    """Of the sensor itself, and of the surface that it looks at."""
    return {
        "irInternalTemperature": _tenths(data[:2]),
        "irExternalTemperature": _tenths(data[2:4]),
    }


_ELSYS: dict[int, tuple[int, Callable[[bytes], Told]]] = {
    0x01: (2, one("temperature", _tenths)),
    0x02: (1, one("humidity", _big)),
    0x03: (3, nothing),
    0x04: (2, one("light", _big)),
    0x05: (1, one("motion", _big)),
    0x06: (2, one("co2", _big)),
    0x07: (2, one("vdd", _big)),
    0x08: (2, nothing),
    0x09: (6, nothing),
    0x0A: (2, nothing),
    0x0B: (4, nothing),
    0x0C: (2, one("externalTemperature", _tenths)),
    0x0D: (1, one("digital", _big)),
    0x0E: (2, one("distance", _big)),
    0x0F: (1, one("accMotion", _big)),
    0x10: (4, _infrared),
    0x11: (1, one("occupancy", _big)),
    0x12: (1, nothing),
    0x13: (65, nothing),
    0x14: (4, one("pressure", lambda data: _big(data) / 1000)),
    0x15: (2, lambda data: {"soundPeak": data[0], "soundAvg": data[1]}),
    0x16: (2, nothing),
    0x17: (4, nothing),
    0x18: (2, nothing),
    0x19: (2, one("externalTemperature2", _tenths)),
    0x1A: (1, one("digital2", _big)),
    0x1B: (4, nothing),
    0x1C: (2, one("tvoc", _big)),
    0x3D: (4, nothing),
}
"""Type; how many bytes follow, and what they say."""


def _elsys(data: bytes) -> Decoded:
    told: Told = {}
    at, is_cut = 0, False
    while at < len(data) and data[at] in _ELSYS:
        length, read = _ELSYS[data[at]]
        is_cut = at + 1 + length > len(data)
        if is_cut:
            break
        told |= read(data[at + 1 : at + 1 + length])
        at += 1 + length
    return Decoded(told, at == len(data), is_cut)
