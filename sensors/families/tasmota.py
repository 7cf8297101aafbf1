"""Tasmota: telemetry under `tele/`, answers and rules under `stat/`, commands under `cmnd/`.

`Time` is local and has no offset unless the user asked for one, so it counts only with an offset,
as a number, or beside `Epoch`. `Wifi.RSSI` is a percentage. A device that sleeps deeply goes
offline by design.

Source: tasmota.github.io, MQTT, Rules, PIR, DeepSleep, RuleTimer; 14.x.
"""

import re
from functools import lru_cache

import msgspec

from sensors.families.tasmota_radar import is_radar, told_hold_s
from sensors.families.tasmota_sensors import kind_of, sensors
from sensors.families.will import will_heard
from sensors.foreign_time import believable, instant_ms
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text, text_of, yes_or_no
from sensors.statement import Facts, Flag, Hearing, Learned, Statement, note, refusal

WAYS = ("tele", "stat", "cmnd")
DISCOVERY = ("tasmota", "discovery")
TELEMETRY_S = 300.0
"""TelePeriod as delivered."""
MS_FROM = 100_000_000_000
"""A `Time` that is a number has milliseconds from here on; as seconds it would be the year 5138."""
TIMERS = {f"T{at}": at for at in range(1, 9)}
"""In the answer to `RuleTimer`: the seconds that are left of each."""
UNTOLD = "0"
"""It sleeps deeply, for how long is not told."""
_JSON = re.compile(r"SENSOR|STATE|RESULT|INFO\d?|STATUS\d*")
"""Leaves that never have a bare value."""
_HEALTH = re.compile(r"STATE|INFO\d?|STATUS\d*|UPTIME|LOGGING")
"""Leaves that have no sensors."""
_NOTES = {
    "STATE": "the device's own health",
    "RESULT": "an answer to a command",
    "SENSOR": "no sensor of a known kind",
}


class TasmotaFamily:
    """Devices that run Tasmota, whatever their FullTopic."""

    name = "tasmota"
    patterns: tuple[str, ...] = (
        *(f"{way}/#" for way in WAYS),
        *(f"{{device}}/{way}/+" for way in WAYS),
        *(f"+/{{device}}/{way}/+" for way in WAYS),
    )

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        levels = message.topic.split("/")
        if tuple(levels[:2]) == DISCOVERY:
            return note("an announcement of what the device has")
        way = next((one for one in levels if one in WAYS), "")
        if not way or len(levels) < 3:
            return refusal(Reason.UNKNOWN_TOPIC, "expected tele/<topic>/<leaf>")
        at = levels.index(way)
        device, leaf = "/".join((*levels[:at], *levels[at + 1 : -1])), levels[-1]
        if way == "cmnd":
            return note("a command: not read unless a mapping says so")
        if leaf == "LWT":
            return _will(message, device, remembered)
        if message.payload.lstrip()[:1] in (b"{", b"["):
            return _object(message, device, leaf, remembered)
        return _value(message, device, leaf, remembered)


def _will(message: Message, device: str, remembered: Facts) -> Hearing:
    heard = will_heard(message, device)
    if heard.gone and _sleeps_key(device) in remembered:
        return note("offline by design: the device sleeps deeply", device)
    return heard


def _value(message: Message, device: str, leaf: str, remembered: Facts) -> Hearing:
    """A bare value on a topic of its own, as rules publish it; a rule's timer may have held it."""
    kind, value, alive = kind_of(leaf), yes_or_no(text(message)), not message.retained
    if kind is None or value is None:
        if not message.payload.strip():
            return note("nothing is kept here any more", device)
        if _JSON.fullmatch(leaf):
            return refusal(Reason.MALFORMED, f"{leaf}: found no JSON, expected an object", device)
        return note("a relay, a log or an answer: no sensor", device, alive=alive)
    held_s = None if kind == "contact" else _rule_hold_s(leaf, device, remembered)
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    return Hearing(device, (Statement(leaf, kind, value, held_s=held_s, flags=flags),), alive)


def _rule_hold_s(leaf: str, device: str, remembered: Facts) -> float | None:
    """How long the rule's timer of the same number held, as its last start told it."""
    told_s = remembered.get(f"tasmota/{device}/timer_s/{_timer_of(leaf)}")
    return None if told_s is None else float(told_s)


@lru_cache(maxsize=256)
def _timer_of(leaf: str) -> str:
    found = re.search(r"\d+", leaf)
    return found[0] if found else "1"


def _object(message: Message, device: str, leaf: str, remembered: Facts) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    facts = _facts(told, device, leaf, remembered)
    is_polled = "StatusSNS" in told
    told = inner(told, "StatusSNS") if is_polled else told
    if "ACTION" in told:
        told = {leaf: told}
    said: tuple[Statement, ...] = ()
    if is_polled or not _HEALTH.fullmatch(leaf):
        is_telemetry = is_polled or leaf == "SENSOR"
        said = tuple(sensors(told, device, remembered, is_telemetry=is_telemetry))
    event_ms, flags = _when(told, message)
    if event_ms is not None or flags:
        said = tuple(
            msgspec.structs.replace(one, event_ms=event_ms, flags=flags + one.flags) for one in said
        )
    sleeps_s = facts.get(_sleeps_key(device), remembered.get(_sleeps_key(device), ""))
    every_s = max(TELEMETRY_S, float(sleeps_s or 0)) if leaf in ("SENSOR", "STATE") else None
    noted = "" if said else _why(told, leaf, sleeps=bool(sleeps_s))
    learned = tuple(
        Learned(key, value) for key, value in facts.items() if remembered.get(key, "") != value
    )
    return Hearing(device, said, not message.retained, every_s, noted=noted, learned=learned)


def _why(told: dict[str, object], leaf: str, *, sleeps: bool) -> str:
    if any(name.upper().startswith("IBEACON") for name in told):
        return "a beacon that is not heard here any more: that is no absence"
    asleep = "; it sleeps deeply by design" if sleeps else ""
    return _NOTES.get(leaf, "the device's own health, or an answer") + asleep


def _sleeps_key(device: str) -> str:
    return f"tasmota/{device}/sleeps_s"


def _facts(told: dict[str, object], device: str, leaf: str, remembered: Facts) -> dict[str, str]:
    """What later messages need: that it sleeps deeply, and how long it holds what it sees."""
    found: dict[str, str] = {}
    if leaf == "RESULT" and told.keys() >= TIMERS.keys():
        left_s = {at: number(told[name]) or 0.0 for name, at in TIMERS.items()}
        found = {f"tasmota/{device}/timer_s/{at}": f"{s:g}" for at, s in left_s.items() if s > 0}
    for name, part in told.items() if leaf != "SENSOR" else ():
        held_s = told_hold_s(part) if is_radar(name) and isinstance(part, dict) else None
        if held_s is not None and held_s > 0:
            found[f"tasmota/{device}/hold_s/{name.upper().partition('_')[0]}"] = f"{held_s:g}"
    key, sleeps_s = _sleeps_key(device), _sleeps(told)
    if sleeps_s is not None and not (sleeps_s == UNTOLD and key in remembered):
        found[key] = sleeps_s
    return found


def _sleeps(told: dict[str, object]) -> str | None:
    """Seconds that it sleeps at a time; empty where it no longer does; None where nothing is said.

    A goodnight tells when it wakes, and a restart that it slept, but not how long it sleeps.
    """
    if "DeepSleepTime" in told:
        sleeps_s = number(told["DeepSleepTime"])
        return None if sleeps_s is None else f"{sleeps_s:g}" if sleeps_s > 0 else ""
    sleeps_s = number(told.get("DeepSleep")) or number(inner(told, "Wifi").get("DeepSleep"))
    if sleeps_s is not None and sleeps_s > 0:
        return f"{sleeps_s:g}"
    restarted = inner(told, "Info3") or told
    slept = text_of(restarted.get("RestartReason")).lower().startswith("deep")
    return UNTOLD if slept or inner(told, "DeepSleep") else None


def _when(told: dict[str, object], message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """The time that a message tells, where it can be relied on."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    said = told.get("Epoch", told.get("Time"))
    at_ms: float | None = number(said) if isinstance(said, int | float) else instant_ms(said)
    if isinstance(said, int | float) and at_ms is not None and at_ms < MS_FROM:
        at_ms *= 1000
    event_ms = believable(at_ms, message.received_ms)
    is_off = at_ms is not None and event_ms is None
    return event_ms, (*flags, "clock_off") if is_off else flags
