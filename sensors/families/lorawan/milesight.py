"""Application bytes of Milesight's sensors: channels, types and values, one after the other.

VS121, VS330, VS340, VS341, WS202, WS203, in the names and words of the maker's own codecs. What a
device tells of itself, and its answers to settings, is passed over.

Source: Milesight-IoT/SensorDecoders of 2025 and 2026, also older ones.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

Told = dict[str, object]
Read = Callable[[bytes], Told]


class Decoded(NamedTuple):
    """What bytes say."""

    told: Told
    is_whole: bool
    """Whether every byte was understood: if not, they may be another maker's."""
    is_cut: bool = False
    """Whether they end within something that was begun."""


def nothing(_data: bytes) -> Told:
    """Of what is passed over."""
    return {}


def one(name: str, read: Callable[[bytes], object]) -> Read:
    """Of a single value."""
    return lambda data: {name: read(data)}


def little(data: bytes, *, signed: bool = False) -> int:
    r"""A number, its lowest byte first.

    >>> little(b"\x0f\x00")
    15
    """
    return int.from_bytes(data, "little", signed=signed)


def _word(*words: str) -> Callable[[bytes], str]:
    return lambda data: words[data[0]] if data[0] < len(words) else "unknown"


def _numbers(*names: str) -> Read:
    """Of numbers of two bytes each."""
    return lambda data: {name: little(data[2 * at : 2 * at + 2]) for at, name in enumerate(names)}


def _regions(first: int) -> Read:
    return lambda data: {f"region_{first + at}_count": count for at, count in enumerate(data)}


def _people(data: bytes) -> Told:
    """People in view, the number of regions, and a bit for each region with anybody in it."""
    mask, regions = int.from_bytes(data[2:4], "big"), min(data[1], 16)
    flags = {f"region_{at + 1}": mask >> at & 1 for at in range(regions)}
    return {"people_count_all": data[0], "region_count": data[1], **flags}


def _dwell(data: bytes) -> Told:
    """How long people stayed in a region, on average and at most; the region comes first."""
    return _numbers("dwell_time_avg", "dwell_time_max")(data[1:5])


def _temperature(data: bytes) -> float:
    return little(data[:2], signed=True) / 10


_OCCUPANCY = one("occupancy", _word("vacant", "occupied"))
_DISTANCES = _numbers("distance_1", "distance_2", "distance_3", "distance_4")
_LEARNING = one("learn_status", _word("not_executed", "success", "failed", "failed"))
_FLOWS = {to: _numbers(*(f"{to}_to_{other}" for other in "abcd")) for to in "abcd"}
_CHANNELS: Mapping[bytes, tuple[int, Read]] = {
    b"\x01\x75": (1, one("battery", little)),
    b"\x02\x82": (2, one("distance", little)),
    b"\x02\xa5": (8, _DISTANCES),
    b"\x03\x00": (1, _OCCUPANCY),
    b"\x03\x67": (2, one("temperature", _temperature)),
    b"\x83\x67": (3, one("temperature", _temperature)),
    b"\x03\x8e": (1, _OCCUPANCY),
    b"\x04\x00": (1, one("daylight", _word("dark", "bright"))),
    b"\x04\x68": (1, one("humidity", lambda data: data[0] / 2)),
    b"\x04\x8e": (1, one("calibration_status", _word("failed", "success"))),
    b"\x04\xa8": (1, _LEARNING),
    b"\x04\xc9": (4, _people),
    b"\x05\x00": (1, _OCCUPANCY),
    b"\x05\xcc": (4, _numbers("people_in", "people_out")),
    b"\x06\xa6": (4, nothing),
    b"\x06\xcd": (1, one("people_count_max", little)),
    b"\x07\xa7": (4, nothing),
    b"\x07\xd5": (8, _regions(1)),
    b"\x08\xa8": (1, nothing),
    b"\x08\xd5": (8, _regions(9)),
    b"\x09\xa9": (4, nothing),
    b"\x09\xda": (8, _FLOWS["a"]),
    b"\x0a\xda": (8, _FLOWS["b"]),
    b"\x0b\xda": (8, _FLOWS["c"]),
    b"\x0c\xda": (8, _FLOWS["d"]),
    b"\x0d\xcc": (4, _numbers("people_total_in", "people_total_out")),
    b"\x0e\xe4": (5, _dwell),
    b"\x0f\x85": (4, one("timestamp", little)),
    b"\x10\xf7": (4, _numbers("line_in", "line_out")),
    b"\xff\x01": (1, nothing),
    b"\xff\x08": (6, nothing),
    b"\xff\x09": (2, nothing),
    b"\xff\x0a": (2, nothing),
    b"\xff\x0b": (1, nothing),
    b"\xff\x0f": (1, nothing),
    b"\xff\x16": (8, nothing),
    b"\xff\x1f": (4, nothing),
    b"\xff\xfe": (1, nothing),
    b"\xff\xff": (2, nothing),
}
"""Channel and type; how many bytes follow, and what they say. 0xFF is the device of itself."""
_ANSWERS = frozenset({0xF8, 0xF9, 0xFE, 0xFF})
"""Channels of what the device answers to settings, in as many forms as there are settings."""
_SERIAL = b"\xff\x08"
_HISTORY = b"\x20\xce"
_COUNTED_HISTORY: Mapping[int, tuple[int, Read]] = {
    1: (4, _people),
    2: (4, _numbers("people_in", "people_out")),
    3: (1, one("people_count_max", little)),
    **{4 + at: (4, _regions(4 * at + 1)) for at in range(4)},
    **{
        8 + 2 * row + at: (4, _numbers(f"{of}_to_{pair[0]}", f"{of}_to_{pair[1]}"))
        for row, of in enumerate("abcd")
        for at, pair in enumerate(("ab", "cd"))
    },
    16: (4, _numbers("people_total_in", "people_total_out")),
    17: (5, _dwell),
    18: (4, _numbers("line_in", "line_out")),
}
"""Of the VS121, by the kind that an entry tells."""
_MODEL = re.compile(r"(?<![a-z0-9])([vw]s)[ _-]?([0-9]{3})")
_HISTORIANS = ("", "ws203")
"""Of other models an entry of the past has another form."""


def milesight(data: bytes, names: str = "", *, is_sure: bool = False) -> Decoded:
    """What bytes of a sensor of Milesight say.

    Args:
        data: The application's bytes, decrypted.
        names: What the device, its profile and its tags are called, in lower case.
        is_sure: Whether the maker is known: then an answer to a setting is taken for one although
            nothing else stands before it.
    """
    found = _MODEL.search(names)
    model = found[1] + found[2] if found else ""
    told: Told = {}
    history: list[Told] = []
    at, is_cut = 0, False
    while at + 2 <= len(data):
        length, read = _element(data, at, model)
        if length < 0:
            break
        if at + 2 + length > len(data):
            is_cut = True
            break
        said = read(data[at + 2 : at + 2 + length])
        if data[at : at + 2] == _HISTORY:
            history.append(said)
        else:
            told |= said
        at += 2 + length
    is_answer = at + 2 < len(data) and data[at] in _ANSWERS and (is_sure or at > 0) and not is_cut
    told = _of_model(told, model) | ({"history": history} if history else {})
    return Decoded(told, at == len(data) or is_answer, is_cut or at + 1 == len(data))


def _element(data: bytes, at: int, model: str) -> tuple[int, Read]:
    """How many bytes follow a channel and its type, and what they say; -1 for unknown ones."""
    head, rest = data[at : at + 2], data[at + 2 : at + 12]
    if head == _HISTORY:
        return _past(rest, model)
    if head == _SERIAL:
        is_longer = len(rest) > 6 and rest[6] != 0xFF and rest[6:8] not in _CHANNELS
        return 8 if is_longer else 6, nothing
    return _CHANNELS.get(head, (-1, nothing))


def _of_model(told: Told, model: str) -> Told:
    """A WS202, a motion sensor, shares channel 3 with desk sensors, but tells light with it.

    So does a VS370, a radar for presence, which nothing but its name tells.
    """
    is_motion = model == "ws202" or (not model and "daylight" in told)
    if "occupancy" in told and is_motion:
        state = {"vacant": "normal", "occupied": "trigger"}.get(str(told.pop("occupancy")))
        return told | {"pir": state}
    return told


def _past(data: bytes, model: str) -> tuple[int, Read]:
    """How long an entry of the past is, and what it says; -1 where it can't be one.

    Nothing in it tells the models apart but what is believable: a WS203 has 9 bytes with the air
    of a building in them, where a VS121 with 8 regions or fewer would seem to freeze.
    """
    if model == "vs121" and len(data) >= 5:
        length, read = _COUNTED_HISTORY.get(data[4], (-6, nothing))
        return 5 + length, lambda entry: _when(entry) | read(entry[5:])
    if model not in _HISTORIANS:
        return -1, nothing
    if len(data) < 9:
        return 9, nothing
    is_fit = data[4] & 0x07 <= 4 and data[5] <= 1 and data[8] <= 200
    return (9, _air) if is_fit and 3 <= _temperature(data[6:8]) <= 60 else (-1, nothing)


def _when(entry: bytes) -> Told:
    return {"timestamp": little(entry[:4])}


def _air(entry: bytes) -> Told:
    """An entry of a WS203."""
    air: Told = {"temperature": _temperature(entry[6:8]), "humidity": entry[8] / 2}
    return _when(entry) | _OCCUPANCY(entry[5:6]) | air
