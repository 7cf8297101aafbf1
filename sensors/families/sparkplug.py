"""Sparkplug B 3.0: births that name metrics, data that may use aliases, deaths that match a birth.

A device is `<group>/<node>` or `<group>/<node>/<device>`. A node's death takes all of its devices
with it, if its `bdSeq` is that of the last birth: a will that comes late is of an earlier session.

Source: Eclipse Sparkplug 3.0, chapters 4 to 6.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from sensors.families.measures import MEASURES, level
from sensors.families.sparkplug_payload import Metric, Payload, read
from sensors.foreign_time import believable
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, yes_or_no
from sensors.statement import Facts, Flag, Hearing, Kind, Learned, Statement, note, refusal

PREFIX = "spBv1.0"
_MEASURED = sorted(MEASURES, key=len, reverse=True)
LATE_MS = 600_000
"""A metric that is older than its message by more comes from a memory."""
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"motion|(?<![a-z])pir(?![a-z])"), "motion"),
    (re.compile(r"presence|occup|vacan"), "presence"),
    (re.compile(r"door|window|contact"), "contact"),
)
_NOT_SENSED = re.compile(
    r"enable|disable|lock|fault|error|alarm|config|setting|timeout|delay|battery|tamper|invert"
)
"""With these words a yes or no is about the sensor, or about what hangs on the door."""
_REVERSED = re.compile(r"unoccup|vacan|absent|closed|shut|(?<![a-z])no_|(?<![a-z])not_")
_PLAIN = re.compile(
    r"(motion|pir|presence|occupied|occupancy|vacant|vacancy|unoccupied|door|window|contact)"
    r"(_?(detected|sensor|state|status|open|closed))*_?\d*"
)
"""Names whose 0 and 1 are no and yes; of any other name a number is a number."""
_COUNT = re.compile(r"people|person|occupants|head_?count|occupancy_count|(number|no)_of_occup")
_COUNTS = ("count", "counter")
CONTROLS = ("reboot", "rebirth", "next_server")


class SparkplugFamily:
    """Edge nodes that speak Sparkplug B."""

    name = "sparkplug"
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case ["STATE", _] | [_, "STATE", _]:
                return _host(message)
            case [_, _, "NCMD" | "DCMD", *_]:
                return note("a command")
            case [_, group, ("NBIRTH" | "NDATA" | "NDEATH") as kind, node]:
                return _heard(message, kind[1:], f"{group}/{node}", remembered)
            case [_, group, ("DBIRTH" | "DDATA" | "DDEATH") as kind, node, device]:
                return _heard(message, kind, f"{group}/{node}/{device}", remembered)
            case _:
                return refusal(Reason.UNKNOWN_TOPIC, "expected <group>/<type>/<node>[/<device>]")


def _host(message: Message) -> Hearing:
    """A host application is no device: what it says of itself concerns no place."""
    state = yes_or_no(text(message))
    if state is None:
        try:
            state = yes_or_no(json_object(message.payload).get("online"))
        except ValueError as error:
            return refusal(Reason.MALFORMED, without_values(error))
    if state is None:
        return refusal(Reason.MALFORMED, "STATE: expected online or offline")
    return note("a host application is " + ("online" if state else "offline"))


def _heard(message: Message, kind: str, device: str, remembered: Facts) -> Hearing:
    if kind == "DDEATH":
        return Hearing(device, alive=False, gone=True)
    try:
        told = read(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    if kind == "DEATH":
        return _death(told, device, remembered)
    is_birth = kind.endswith("BIRTH")
    said = tuple(_statements(told, device, message, remembered))
    facts = tuple(_facts(told, device)) if is_birth else ()
    noted = "" if said else _why(told, device, remembered, is_birth=is_birth)
    return Hearing(device, said, not message.retained, noted=noted, learned=facts)


def _number_of_birth(told: Payload) -> str:
    found = [one.value for one in told.metrics if one.name == "bdSeq"]
    value = number(found[0]) if found else None
    return "" if value is None else str(int(value))


def _death(told: Payload, node: str, remembered: Facts) -> Hearing:
    known = remembered.get(f"sparkplug/{node}/bdSeq", "")
    if not known or known != _number_of_birth(told):
        return note("a death that matches no birth known here: it counts for nothing", node)
    return Hearing(node, alive=False, gone=True, gone_below=node)


def _facts(told: Payload, device: str) -> list[Learned]:
    number_of_birth = _number_of_birth(told)
    found = [Learned(f"sparkplug/{device}/bdSeq", number_of_birth)] if number_of_birth else []
    return found + [
        Learned(f"sparkplug/{device}/alias/{one.alias}", one.name)
        for one in told.metrics
        if one.alias is not None and one.name
    ]


def _name(one: Metric, device: str, remembered: Facts) -> str:
    return one.name or remembered.get(f"sparkplug/{device}/alias/{one.alias}", "")


def _why(told: Payload, device: str, remembered: Facts, *, is_birth: bool) -> str:
    if is_birth:
        return "a birth"
    if any(not _name(one, device, remembered) for one in told.metrics):
        return "aliases without a birth that explains them"
    return "no metric of a known kind"


def _statements(told: Payload, device: str, message: Message, remembered: Facts) -> list[Statement]:
    named = ((one, _name(one, device, remembered)) for one in told.metrics)
    found = (_statement(one, name, told.at_ms, message) for one, name in named if name)
    return [said for said in found if said is not None]


def _statement(
    one: Metric, name: str, message_ms: int | None, message: Message
) -> Statement | None:
    leaf = name.rpartition("/")[2].lower().replace(" ", "_")[:64]
    said = None if leaf in CONTROLS else _meant(one, name, leaf)
    if said is None:
        return None
    own_ms = message_ms if one.at_ms is None else one.at_ms
    event_ms = believable(own_ms, message.received_ms)
    is_late = own_ms is not None and message_ms is not None and message_ms - own_ms > LATE_MS
    flags: tuple[Flag, ...] = ("history",) if is_late or one.is_historical else ()
    if own_ms is not None and event_ms is None:
        flags = (*flags, "clock_off")
    return msgspec.structs.replace(said, event_ms=event_ms, flags=flags)


def _meant(metric: Metric, name: str, leaf: str) -> Statement | None:
    """By the name alone: a metric has no unit and no kind of its own. A null is not known."""
    word, value = _word(leaf), metric.value
    yes, figure = yes_or_no(value), number(value)
    is_figure = value is None or (figure is not None and not isinstance(value, bool))
    if is_figure and word.is_count:
        return Statement(name, "count", figure)
    said = level(word.measured, figure) if word.measured and is_figure else None
    if said is not None:
        return msgspec.structs.replace(said, channel=name)
    is_yes = yes is not None and word.is_plain
    if isinstance(value, bool) or is_yes or (value is None and word.kind != "binary"):
        return Statement(name, word.kind, None if yes is None else yes is not word.is_reversed)
    return None


class _Word(NamedTuple):
    """What a metric's name tells."""

    kind: Kind
    is_plain: bool
    """Whether 0 and 1 are no and yes."""
    is_reversed: bool
    is_count: bool
    measured: str
    """A measure's name; empty where it is none."""


@lru_cache(maxsize=1024)
def _word(leaf: str) -> _Word:
    kind: Kind = "binary"
    if not _NOT_SENSED.search(leaf):
        kind = next((kind for words, kind in _KINDS if words.search(leaf)), "binary")
    is_reversed = kind != "binary" and _REVERSED.search(leaf) is not None
    is_count = leaf in _COUNTS or _COUNT.search(leaf) is not None
    measured = next((word for word in _MEASURED if word in leaf), "")
    return _Word(kind, _PLAIN.fullmatch(leaf) is not None, is_reversed, is_count, measured)
