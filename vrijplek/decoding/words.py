"""What a line came to, for people."""

from collections.abc import Iterator

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
    "retained": "kept by the broker: its time is not known, so it is no event",
    "repeated": "repeats what was known: no new event",
    "history": "from the device's memory: it counts for its own time",
    "late": "late: it counts for its own time",
    "shared": "many devices have this identity: it is nobody's",
    "anonymous": "an address that changes or is not whole: it is nobody's",
    "unplaced": "it has no place in the building file, so it counts for nothing",
    "clock_off": "the device's clock is not set: the time of receiving stands",
}


def explained(outcome: Outcome) -> str:
    """One paragraph on one line of a recording."""
    family = outcome.family or "no family"
    guess = ", guessed from the bytes" if outcome.is_guess else ""
    return "\n".join((f"line {outcome.line} ({family}{guess})", *_parts(outcome)))


def _parts(outcome: Outcome) -> Iterator[str]:
    for reading in outcome.readings:
        yield f"  {reading.sensor}: {_meaning(reading)}"
        yield from (f"    {_FLAGS[flag]}" for flag in reading.flags if flag in _FLAGS)
    for reason, detail in outcome.rejected:
        yield f"  refused ({reason}): {detail}"
    told = outcome.as_json().get("noted")
    if told:
        yield f"  {told}"


def _meaning(reading: Told) -> str:
    when = "" if reading.event_ms is None else f" at {rfc3339(reading.event_ms)}"
    place = f", so {reading.space}" if reading.space else ""
    if reading.value is None and reading.kind != "sighting":
        return f"{reading.kind}: the device does not know"
    if isinstance(reading.value, bool):
        meaning = _MEANINGS.get((reading.kind, reading.value), str(reading.value))
        return f"{reading.kind}: {meaning}{when}{place}"
    if reading.kind == "sighting":
        strength = "without rssi" if reading.value is None else f"at {reading.value} dBm"
        return f"heard tag {reading.tag[:8] or 'of nobody'} {strength}{when}"
    if reading.kind == "offline":
        return f"gone, so what it sees is unknown{when}"
    what = reading.quantity or reading.kind
    return f"{what} {reading.value} {reading.unit}".rstrip() + when + place
