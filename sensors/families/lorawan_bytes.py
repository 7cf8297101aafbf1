"""Application bytes of LoRaWAN sensors, decoded to the objects that their makers' codecs give.

For networks without a codec: Milesight (channels and types), Browan (ports 100 and 102) and ELSYS
(ports 5 and 1). The names and words are those of the makers' own codecs.

Source: Milesight-IoT/SensorDecoders of 2025 (VS121, VS330, VS340, VS341, WS202, WS203); reference
manual TBMS100 BQW_02_0006.002; TheThingsNetwork/lorawan-devices vendor/elsys/elsys.js.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

LONGEST_BYTES = 242
"""Of a LoRaWAN message at its fastest data rate."""
BROWAN_PORTS = (100, 102)
ELSYS_PORTS = (1, 5)
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+")

Told = dict[str, object]


class Decoded(NamedTuple):
    """What the bytes say."""

    told: Told
    is_whole: bool
    """Whether every byte was understood: if not, they may be another maker's."""


def hex_bytes(payload: bytes) -> bytes | None:
    r"""The bytes that hex text stands for; None for any other text.

    >>> hex_bytes(b"017564 030001"), hex_bytes(b'{"battery": 100}')
    (b'\x01ud\x03\x00\x01', None)
    """
    digits = b"".join(payload[: 4 * LONGEST_BYTES].split())
    return bytes.fromhex(digits.decode()) if _HEX.fullmatch(digits) else None


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
    if not 0 < len(data) <= LONGEST_BYTES:
        return None
    if maker == "browan":
        return _browan(data) if fport in (*BROWAN_PORTS, None) else None
    if maker == "elsys":
        found = _elsys(data) if fport in (*ELSYS_PORTS, None) else Decoded({}, is_whole=False)
    else:
        found = _milesight(data, names)
    return found.told if found.is_whole or (is_sure and found.told) else None


def _little(data: bytes, *, signed: bool = False) -> int:
    return int.from_bytes(data, "little", signed=signed)


def _word(*words: str) -> Callable[[bytes], str]:
    return lambda data: words[data[0]] if data[0] < len(words) else "unknown"


def _pair(first: str, second: str) -> Callable[[bytes], Told]:
    return lambda data: {first: _little(data[:2]), second: _little(data[2:4])}


def _regions(first: int) -> Callable[[bytes], Told]:
    return lambda data: {f"region_{first + at}_count": count for at, count in enumerate(data)}


def _people(data: bytes) -> Told:
    """People in view, the number of regions, and a bit for each region with anybody in it."""
    mask, regions = int.from_bytes(data[2:4], "big"), min(data[1], 16)
    flags = {f"region_{at + 1}": mask >> at & 1 for at in range(regions)}
    return {"people_count_all": data[0], "region_count": data[1], **flags}


def _nothing(_data: bytes) -> Told:
    return {}


def _one(name: str, read: Callable[[bytes], object]) -> Callable[[bytes], Told]:
    return lambda data: {name: read(data)}


def _temperature(data: bytes) -> float:
    return _little(data[:2], signed=True) / 10


_OCCUPANCY = _one("occupancy", _word("vacant", "occupied"))
_MILESIGHT: dict[bytes, tuple[int, Callable[[bytes], Told]]] = {
    b"\x01\x75": (1, _one("battery", _little)),
    b"\x02\x82": (2, _one("distance", _little)),
    b"\x03\x00": (1, _OCCUPANCY),
    b"\x03\x67": (2, _one("temperature", _temperature)),
    b"\x83\x67": (3, _one("temperature", _temperature)),
    b"\x03\x8e": (1, _OCCUPANCY),
    b"\x04\x00": (1, _one("daylight", _word("dark", "bright"))),
    b"\x04\x68": (1, _one("humidity", lambda data: data[0] / 2)),
    b"\x04\x8e": (1, _one("calibration_status", _word("failed", "success"))),
    b"\x04\xc9": (4, _people),
    b"\x05\x00": (1, _OCCUPANCY),
    b"\x05\xcc": (4, _pair("people_in", "people_out")),
    b"\x06\xcd": (1, _one("people_count_max", _little)),
    b"\x07\xd5": (8, _regions(1)),
    b"\x08\xd5": (8, _regions(9)),
    b"\x09\xda": (8, _nothing),
    b"\x0a\xda": (8, _nothing),
    b"\x0b\xda": (8, _nothing),
    b"\x0c\xda": (8, _nothing),
    b"\x0d\xcc": (4, _pair("people_total_in", "people_total_out")),
    b"\x0e\xe4": (5, _nothing),
    b"\x0f\x85": (4, _one("timestamp", _little)),
    b"\x10\xf7": (4, _pair("line_in", "line_out")),
    b"\xff\x01": (1, _nothing),
    b"\xff\x08": (6, _nothing),
    b"\xff\x09": (2, _nothing),
    b"\xff\x0a": (2, _nothing),
    b"\xff\x0b": (1, _nothing),
    b"\xff\x0f": (1, _nothing),
    b"\xff\x16": (8, _nothing),
    b"\xff\x1f": (4, _nothing),
    b"\xff\xfe": (1, _nothing),
    b"\xff\xff": (2, _nothing),
}
"""Channel and type; how many bytes follow, and what they say. 0xFF is the device of itself."""
_HISTORY = b"\x20\xce"
_COUNTED_HISTORY: dict[int, tuple[int, Callable[[bytes], Told]]] = {
    1: (4, _people),
    3: (1, _nothing),
    4: (4, _regions(1)),
    5: (4, _regions(5)),
    6: (4, _regions(9)),
    7: (4, _regions(13)),
    17: (5, _nothing),
}
"""Of the VS121; the other kinds, up to 18, are flows of 4 bytes."""


def _milesight(data: bytes, names: str) -> Decoded:
    told: Told = {}
    history: list[Told] = []
    at, is_counter = 0, "vs121" in names
    while at + 2 <= len(data):
        head = data[at : at + 2]
        if head == _HISTORY:
            length, entry = _past(data[at + 2 : at + 12], is_counter=is_counter)
            history += [entry] if length else []
        elif head in _MILESIGHT:
            length, read = _MILESIGHT[head]
            told |= read(data[at + 2 : at + 2 + length]) if at + 2 + length <= len(data) else {}
        else:
            break
        if not length or at + 2 + length > len(data):
            break
        at += 2 + length
    if "occupancy" in told and ("daylight" in told or "ws202" in names):
        # WS202, a motion sensor, shares channel 3 with the desk sensors, but tells light with it.
        told["pir"] = {"vacant": "normal", "occupied": "trigger"}.get(str(told.pop("occupancy")))
    return Decoded(told | ({"history": history} if history else {}), at == len(data))


def _past(data: bytes, *, is_counter: bool) -> tuple[int, Told]:
    """How long an entry of the past is, and what it says; 0 bytes where it can't be one.

    Nothing in it tells the models apart but what is believable: a WS203 has 9 bytes with the air
    of a building in them, where a VS121 with 8 regions or fewer would seem to freeze.
    """
    if len(data) < 6:
        return 0, {}
    time = {"timestamp": _little(data[:4])}
    if is_counter:
        length, read = _COUNTED_HISTORY.get(data[4], (4, _nothing))
        is_fit = 1 <= data[4] <= 18 and len(data) >= 5 + length
        return (5 + length, time | read(data[5 : 5 + length])) if is_fit else (0, {})
    if len(data) < 9 or data[4] & 0x07 > 4 or data[5] > 1 or data[8] > 200:
        return 0, {}
    temperature = _temperature(data[6:8])
    air: Told = {"temperature": temperature, "humidity": data[8] / 2}
    return (9, time | _OCCUPANCY(data[5:6]) | air) if 3 <= temperature <= 60 else (0, {})


def _browan(data: bytes) -> Told | None:
    """A sensor for motion or for a door: status, battery V, minutes since, how often.

    Zeros alone are no message.
    """
    if len(data) < 8 or not any(data):
        return None
    return {
        "status": data[0] & 1,
        "battery": (25 + (data[1] & 0x0F)) / 10,
        "temperatureBoard": (data[2] & 0x7F) - 32,
        "time": _little(data[3:5]),
        "count": _little(data[5:8]),
    }


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _tenths(data: bytes) -> float:
    return int.from_bytes(data[:2], "big", signed=True) / 10


_ELSYS: dict[int, tuple[int, Callable[[bytes], Told]]] = {
    0x01: (2, _one("temperature", _tenths)),
    0x02: (1, _one("humidity", _big)),
    0x03: (3, _nothing),
    0x04: (2, _one("light", _big)),
    0x05: (1, _one("motion", _big)),
    0x06: (2, _one("co2", _big)),
    0x07: (2, _one("vdd", _big)),
    0x08: (2, _nothing),
    0x09: (6, _nothing),
    0x0A: (2, _nothing),
    0x0B: (4, _nothing),
    0x0C: (2, _one("externalTemperature", _tenths)),
    0x0D: (1, _nothing),
    0x0E: (2, _one("distance", _big)),
    0x0F: (1, _one("accMotion", _big)),
    0x10: (4, _one("irInternalTemperature", _tenths)),
    0x11: (1, _one("occupancy", _big)),
    0x12: (1, _nothing),
    0x13: (65, _nothing),
    0x14: (4, _one("pressure", lambda data: _big(data) / 1000)),
    0x15: (2, lambda data: {"soundPeak": data[0], "soundAvg": data[1]}),
    0x16: (2, _nothing),
    0x17: (4, _nothing),
    0x18: (2, _nothing),
    0x19: (2, _nothing),
    0x1A: (1, _nothing),
    0x1B: (4, _nothing),
    0x1C: (2, _one("tvoc", _big)),
    0x3D: (4, _nothing),
}
"""Type; how many bytes follow, and what they say."""


def _elsys(data: bytes) -> Decoded:
    told: Told = {}
    at = 0
    while at < len(data) and data[at] in _ELSYS:
        length, read = _ELSYS[data[at]]
        if at + 1 + length > len(data):
            break
        told |= read(data[at + 1 : at + 1 + length])
        at += 1 + length
    return Decoded(told, at == len(data))
