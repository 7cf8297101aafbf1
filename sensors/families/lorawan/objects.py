"""Decoded objects of LoRaWAN sensors, as codecs of their makers give them, and what they say.

Milesight VS121, VS330, VS340, VS341, WS202, WS203; Browan TBMS100 and TBDW100; ELSYS. A missing
key says nothing. The same key means different things to different makers: of `occupancy`, 1 is
`occupied` in a numeric codec of Milesight, and `pending` at ELSYS, where 2 is `occupied`.

Where a codec knows regions, one that is disabled says nothing, and the lists of regions of older
codecs are passed over: they take a mask for a number.

Browan's `status` is presence although it comes from a PIR: the sensor itself turns it to free when
nothing has moved for 5 minutes (its manual, 4.1.1), so 0 is vacancy after a hold and not the end
of a movement. A VS121 tells how many people there are now, but also the number of its regions and
the most people of a period: those are no counts of who is there.

Source: Milesight-IoT/SensorDecoders of 2025 and TheThingsNetwork/lorawan-devices, also older ones.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from sensors.foreign_time import believable, instant_ms
from sensors.spelling import number, text_of, yes_or_no
from sensors.statement import Kind, Statement

KEYS_LIMIT = 256
"""Of one object; a VS121 has some forty."""
ENTRIES_LIMIT = 512
"""Of one history; 27 entries of a WS203 fit into a message."""
BROWAN_HOLD_S = 300.0
"""Until nothing has moved for so long, the status stays occupied; a downlink can change it."""
DOOR_PORT = 100

_WORDS = {
    "vacant": False, "unoccupied": False, "free": False, "empty": False, "available": False,
    "occupied": True, "busy": True, "in_use": True, "in use": True, "taken": True,
}  # fmt: skip
_PENDING = ("", "elsys")
"""Makers whose 1 means, or may mean, that movement is yet to be confirmed: so it is not known."""
_STATES: dict[str, Kind] = {
    "occupancy": "presence",
    "occupied": "presence",
    "presence": "presence",
    "pir": "motion",
    "pir_status": "motion",
}
_COUNTS = frozenset({"people_count_all", "people_counter_all"})
MOST_PEOPLE = 65_535
"""What two bytes can count; more in one view is no count."""
_REGION = re.compile(r"region_[0-9]{1,2}(_count)?")
_FLOW = re.compile(r"[a-d]_to_[a-d]")
_CALIBRATIONS = ("calibration_status", "calibration", "learn_status", "first_learn_status")
"""Of a VS330, of older and newer firmware: without them it cannot tell a person from a wall."""
_FAILURE = re.compile(r"fail|unfinished|not_executed")
_LIGHTS = frozenset({"daylight", "light", "illuminance", "illuminance_status"})
_DAYLIGHT = {"dark": False, "dim": False, "light": True, "bright": True}
_INPUTS = frozenset({"digital", "digital2"})
"""What hangs at them, only the building file knows: at an EMS Door, a reed switch."""
_LEVELS: dict[str, tuple[str, str, float]] = {
    "battery": ("battery", "%", 1),
    "temperature": ("temperature", "°C", 1),
    "externaltemperature": ("temperature", "°C", 1),
    "externaltemperature2": ("temperature", "°C", 1),
    "irinternaltemperature": ("temperature", "°C", 1),
    "irexternaltemperature": ("temperature", "°C", 1),
    "humidity": ("humidity", "%", 1),
    "light": ("light", "lx", 1),
    "illuminance": ("light", "lx", 1),
    "co2": ("co2", "ppm", 1),
    "tvoc": ("tvoc", "ppb", 1),
    "pressure": ("pressure", "hPa", 1),
    "soundavg": ("sound", "dB", 1),
    "soundpeak": ("sound", "dB", 1),
    "vdd": ("voltage", "V", 0.001),
    "distance": ("distance", "m", 0.001),
    **{f"distance_{at}": ("distance", "m", 0.001) for at in range(1, 5)},
    "accmotion": ("movements", "", 1),
    "people_count_max": ("people_max", "", 1),
    "people_in": ("people_in", "", 1),
    "people_out": ("people_out", "", 1),
    "people_total_in": ("people_in", "", 1),
    "people_total_out": ("people_out", "", 1),
    "line_in": ("people_in", "", 1),
    "line_out": ("people_out", "", 1),
    "period_in": ("people_in", "", 1),
    "period_out": ("people_out", "", 1),
    "total_in": ("people_in", "", 1),
    "total_out": ("people_out", "", 1),
    "dwell_time_avg": ("dwell", "s", 1),
    "dwell_time_max": ("dwell", "s", 1),
}
"""By key in lower case: quantity, unit, and the factor to that unit."""
_BROWAN_LEVELS: dict[str, tuple[str, str, float]] = {
    "battery": ("voltage", "V", 1),
    "temperatureboard": ("temperature", "°C", 1),
    "temp": ("temperature", "°C", 1),
    "time": ("idle", "min", 1),
    "count": ("movements", "", 1),
}
_NAMED = {
    "milesight": re.compile(r"(?<![a-z0-9])(?:milesight|[vw]s[ _-]?[0-9]{3})"),
    "browan": re.compile(r"(?<![a-z0-9])(?:browan|tb(?:ms|dw)[0-9]*)"),
    "elsys": re.compile(r"(?<![a-z0-9])(?:elsys|ers|ems|elt)(?![a-z])"),
}
_KEYED = {
    "milesight": {"pir", "daylight", "people_count_all", "calibration_status", "report_type"},
    "browan": {"temperatureboard"},
    "elsys": {"vdd", "accmotion", "irinternaltemperature", "grideye", "x"},
}
BROWAN_MOST_V = 4.0
_PORTED = {85: "milesight", 100: "browan", 102: "browan", 5: "elsys"}


def known_maker(names: str, told: Mapping[str, object]) -> str:
    """The maker that names, or keys that nobody else has, tell; empty where they do not.

    Args:
        names: What the device, its profile and its tags are called, in lower case.
        told: The decoded object, if there is one.
    """
    for maker, pattern in _NAMED.items():
        if pattern.search(names):
            return maker
    keys = {key.lower() for key in told}
    if {"status", "time", "count"} <= keys:
        return "browan"
    return next((maker for maker, own in _KEYED.items() if own & keys), "")


def likely_maker(told: Mapping[str, object], fport: int | None) -> str:
    """The maker that a port, or a battery in percent or in volts, hint at.

    >>> likely_maker({"occupancy": 1}, 85), likely_maker({"occupancy": 1}, None)
    ('milesight', '')
    >>> likely_maker({"status": 1, "battery": 3.6}, None)
    'browan'
    """
    if fport in _PORTED:
        return _PORTED[fport]
    volts = number(told.get("battery"))
    if "status" in told and volts is not None and 0 < volts <= BROWAN_MOST_V:
        return "browan"
    return "milesight" if "battery" in told else ""


def server_of(told: Mapping[str, object]) -> str:
    """The family behind which a codec's object without a topic may stand; empty for others.

    Milesight tells occupancy in a word and ELSYS in a number, where others have a boolean.

    >>> [server_of({"occupancy": said}) for said in ("vacant", 2, True)]
    ['chirpstack', 'thethingsstack', '']
    """
    occupancy, motion = told.get("occupancy"), told.get("motion")
    maker = known_maker("", told)
    word = text_of(occupancy).strip().lower()
    is_past = isinstance(told.get("history"), list)
    if maker == "milesight" or is_past or word in _WORDS or any(map(_is_counters, told)):
        return "chirpstack"
    is_number = any(number(said) is not None for said in (occupancy, motion))
    return "thethingsstack" if maker or is_number else ""


def _is_counters(key: str) -> bool:
    """Whether a key can be that of a VS121 alone."""
    return key.startswith("people_") or bool(_REGION.fullmatch(key) or _FLOW.fullmatch(key))


def object_statements(
    told: Mapping[str, object], maker: str, fport: int | None, names: str = ""
) -> Iterator[Statement]:
    """What a decoded object says of now, each statement on the channel that its key names."""
    is_door = fport == DOOR_PORT or "tbdw" in names
    is_blind = any(_is_failure(told[key]) for key in _CALIBRATIONS if key in told)
    for channel, said in list(told.items())[:KEYS_LIMIT]:
        key = channel.lower()
        if isinstance(said, dict | list):
            continue
        if key in _STATES:
            # An uncalibrated sensor can't know: neither vacant nor occupied.
            is_pending = key == "occupancy" and maker in _PENDING
            value = None if is_blind else _state(said, is_pending=is_pending)
            yield Statement(channel, _STATES[key], value)
        elif (region := _REGION.fullmatch(key)) or key in _COUNTS:
            if told.get(f"{channel}_enable") != "disable":
                yield _people(channel, said, is_count=key in _COUNTS or bool(region and region[1]))
        elif key == "motion":
            yield from _motion(channel, said)
        elif key == "status" and maker == "browan":
            yield from _browan_status(channel, said, is_door=is_door)
        else:
            yield from _number(channel, key, said, maker)


def history_statements(
    entries: object, maker: str, fport: int | None, received_ms: int
) -> list[Statement]:
    """What a sensor sends of the past, oldest first; entries without a believable time are left."""
    past: list[Statement] = []
    for entry in entries[:ENTRIES_LIMIT] if isinstance(entries, list) else ():
        when_ms = stamp_ms(entry.get("timestamp")) if isinstance(entry, dict) else None
        event_ms = believable(when_ms, received_ms)
        if event_ms is not None:
            past += [
                msgspec.structs.replace(said, event_ms=event_ms, flags=("history",))
                for said in object_statements(entry, maker, fport)
            ]
    return sorted(past, key=lambda said: said.event_ms or 0)


def stamp_ms(told: object) -> float | None:
    """A time in an object, ms UTC: seconds or ms since 1970, or a text with an offset.

    >>> stamp_ms(1688624046), stamp_ms("2023-07-06T06:14:06Z"), stamp_ms("soon")
    (1688624046000, 1688624046000, None)
    """
    since = number(told)
    if since is None:
        return instant_ms(told)
    return since if since > 100_000_000_000 else since * 1000


def _state(said: object, *, is_pending: bool) -> bool | None:
    """Occupied or triggered in any spelling; None for pending and for what is none of them."""
    if isinstance(said, str) and said.strip().lower() in _WORDS:
        return _WORDS[said.strip().lower()]
    if is_pending and number(said) in (1, 2):
        return True if number(said) == 2 else None
    return yes_or_no(said)


def _people(channel: str, said: object, *, is_count: bool) -> Statement:
    """How many people there are, or whether there is anybody; None for what can be no count."""
    if not is_count:
        return Statement(channel, "presence", _state(said, is_pending=False))
    count = number(said)
    is_fit = count is not None and 0 <= count <= MOST_PEOPLE and count == int(count)
    return Statement(channel, "count", count if is_fit else None)


def _is_failure(said: object) -> bool:
    if isinstance(said, str) and _FAILURE.search(said.lower()):
        return True
    return yes_or_no(said) is False or (number(said) or 0) > 1


def _motion(channel: str, said: object) -> Iterator[Statement]:
    """ELSYS tells how often its PIR saw movement since the last message; others, whether it does.

    How often is no count of people. Of none there is no vacancy either: that is motion off.
    """
    times = number(said)
    if times is None:
        yield Statement(channel, "motion", yes_or_no(said))
    else:
        yield Statement(channel, "motion", times > 0)
        yield Statement(f"{channel}_count", "level", times, "movements")


def _browan_status(channel: str, said: object, *, is_door: bool) -> Iterator[Statement]:
    """Its lowest bit: a person in sight, or an open door."""
    bits = number(said)
    value = yes_or_no(said) if bits is None else bool(int(bits) & 1)
    if is_door:
        yield Statement(channel, "contact", value)
    else:
        yield Statement(channel, "presence", value, held_s=BROWAN_HOLD_S)


def _number(channel: str, key: str, said: object, maker: str) -> Iterator[Statement]:
    """A level, or a yes or no of light or an input; nothing for other keys."""
    value = number(said)
    own = _BROWAN_LEVELS.get(key) if maker == "browan" else None
    level = own or _LEVELS.get(key) or (("people_passed", "", 1) if _FLOW.fullmatch(key) else None)
    if value is not None and level:
        quantity, unit, factor = level
        yield Statement(channel, "level", round(value * factor, 6), quantity, unit)
    elif key == "daylight" or (key in _LIGHTS and isinstance(said, str)):
        word = text_of(said).strip().lower()
        yield Statement(channel, "binary", _DAYLIGHT.get(word, yes_or_no(said)), "daylight")
    elif key in _INPUTS:
        yield Statement(channel, "binary", yes_or_no(said))
