"""What a line came to, for people."""

from collections.abc import Iterator

from sensors.bases import parted
from vrijplek.decoding.heard import Outcome, Told, rfc3339

_MEANINGS = {
    ("motion", True): "somebody moves",
    ("motion", False): "no more motion; that is not an empty place",
    ("presence", True): "somebody is there",
    ("presence", False): "nobody is there any more, after the device's own delay",
    ("contact", True): "open",
    ("contact", False): "closed",
    ("binary", True): "on; what that means only the building file can say",
    ("binary", False): "off; what that means only the building file can say",
}
_FLAGS = {
    "retained": "kept by the broker, perhaps for long, so it is no event",
    "repeated": "repeats what was known: no new event",
    "history": "from the device's memory: it counts for its own time",
    "late": "late: it counts for its own time",
    "shared": "many devices have this identity: it is nobody's",
    "anonymous": "an address that changes or is not whole: it is nobody's",
    "clock_off": "the device's clock is not set: the time of receiving stands",
}


_KEPT = {
    "presence": "kept by the broker: if nothing newer came, it counts from the next live sign on",
    "offline": "kept by the broker: since when is not known, but it counts",
}
"""Kinds of which what was kept is not lost."""
NAMES = 5
"""Devices that are named of an inventory."""


def explained(outcome: Outcome) -> str:
    """One paragraph on one line of a recording."""
    family = outcome.family or "no family"
    guess = ", guessed from the bytes" if outcome.is_guess else ""
    return "\n".join((f"line {outcome.line} ({family}{guess})", *_parts(outcome)))


def _parts(outcome: Outcome) -> Iterator[str]:
    for reading in outcome.readings:
        place = f", which sees {reading.space}" if reading.space else ""
        yield f"  {_who(reading)}{place}: {_meaning(reading)}"
        yield from (f"    {aside}" for aside in _asides(reading))
    for reason, detail in outcome.rejected:
        yield f"  refused ({reason}): {detail}"
    told = outcome.as_json().get("noted")
    if told:
        yield f"  {told}"
    names = [device for _, device, _ in outcome.announced]
    if names:
        more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
        yield f"  it tells of {', '.join(names[:NAMES])}{more}"


def _who(reading: Told) -> str:
    """The sensor; of a bridge that is gone, all that is behind it."""
    base, device = parted(reading.sensor)
    if device != "*":
        return reading.sensor
    return f"all devices of the bridge {base}".rstrip()


def _asides(reading: Told) -> Iterator[str]:
    """What else is to be said of a reading."""
    if reading.held_s and reading.value is not None:
        yield f"the device or its bridge holds it for {reading.held_s:g} s already"
    if reading.distance_m:
        yield f"the scanner reckons {reading.distance_m:g} m, which places nobody"
    for flag in reading.flags:
        if flag == "retained" and reading.kind in _KEPT and reading.value is not None:
            yield _KEPT[reading.kind]
        elif flag in _FLAGS:
            yield _FLAGS[flag]
    if not reading.is_placed:
        yield "no sensor of the building file stands for it, so it counts nowhere"


def _meaning(reading: Told) -> str:
    when = "" if reading.event_ms is None else f" at {rfc3339(reading.event_ms)}"
    if reading.value is None and reading.kind != "sighting":
        return f"{reading.quantity or reading.kind}: the device does not know"
    if isinstance(reading.value, bool):
        meaning = _MEANINGS.get((reading.kind, reading.value), str(reading.value))
        return f"{reading.kind}{when}: {meaning}"
    if reading.kind == "sighting":
        strength = "without rssi" if reading.value is None else f"at {_shown(reading.value)} dBm"
        return f"heard tag {reading.tag[:8] or 'of nobody'} {strength}{when}"
    if reading.kind == "offline":
        return f"gone, so what it sees is unknown{when}"
    what = reading.quantity or reading.kind
    return f"{what} {_shown(reading.value)} {reading.unit}".rstrip() + when


def _shown(value: object) -> str:
    """A number as people write it.

    >>> _shown(210.0), _shown(21.5), _shown("single")
    ('210', '21.5', 'single')
    """
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
