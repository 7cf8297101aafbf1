"""Sparkplug B 3.0: births that name metrics, data that may use aliases, deaths that match a birth.

A device is `<group>/<node>` or `<group>/<node>/<device>`. A node's death takes all of its devices
with it, if its `bdSeq` is that of the last birth: a will that comes late is of an earlier session.

Source: Eclipse Sparkplug 3.0, chapters 4 to 6.
"""

from sensors.families.measures import MEASURES, level
from sensors.families.sparkplug_payload import Metric, Payload, read
from sensors.foreign_time import believable
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import number, yes_or_no
from sensors.statement import Flag, Hearing, Kind, Learned, Statement, note, refusal

PREFIX = "spBv1.0"
LATE_MS = 600_000
"""A metric that is older than its message by more comes from a memory."""
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("motion", "motion"),
    ("pir", "motion"),
    ("presence", "presence"),
    ("occup", "presence"),
    ("door", "contact"),
    ("window", "contact"),
    ("contact", "contact"),
)
_COUNTS = ("count", "people", "persons")


class SparkplugFamily:
    """Edge nodes that speak Sparkplug B."""

    name = "sparkplug"
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def hear(self, message: Message, memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case [_, "STATE", *_]:
                return note("a host application comes or goes")
            case [_, _, "NCMD" | "DCMD", *_]:
                return note("a command")
            case [_, group, ("NBIRTH" | "NDATA" | "NDEATH") as kind, node]:
                return _heard(message, kind[1:], f"{group}/{node}", memory)
            case [_, group, ("DBIRTH" | "DDATA" | "DDEATH") as kind, node, device]:
                return _heard(message, kind, f"{group}/{node}/{device}", memory)
            case _:
                return refusal(Reason.UNKNOWN_TOPIC, "expected <group>/<type>/<node>[/<device>]")


def _heard(message: Message, kind: str, device: str, memory: Memory) -> Hearing:
    if kind == "DDEATH":
        return Hearing(device, alive=False, gone=True)
    try:
        told = read(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    if kind == "DEATH":
        return _death(told, device, memory)
    is_birth = kind.endswith("BIRTH")
    said = tuple(_statements(told, device, message, memory))
    facts = tuple(_facts(told, device)) if is_birth else ()
    noted = "" if said else _why(told, device, memory, is_birth=is_birth)
    return Hearing(device, said, not message.retained, noted=noted, learned=facts)


def _number_of_birth(told: Payload) -> str:
    found = [one.value for one in told.metrics if one.name == "bdSeq"]
    value = number(found[0]) if found else None
    return "" if value is None else str(int(value))


def _death(told: Payload, node: str, memory: Memory) -> Hearing:
    known = memory.learned.get(f"sparkplug/{node}/bdSeq", "")
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


def _name(one: Metric, device: str, memory: Memory) -> str:
    return one.name or memory.learned.get(f"sparkplug/{device}/alias/{one.alias}", "")


def _why(told: Payload, device: str, memory: Memory, *, is_birth: bool) -> str:
    if is_birth:
        return "a birth"
    if any(not _name(one, device, memory) for one in told.metrics):
        return "aliases without a birth that explains them"
    return "no metric of a known kind"


def _statements(told: Payload, device: str, message: Message, memory: Memory) -> list[Statement]:
    named = ((one, _name(one, device, memory)) for one in told.metrics)
    found = (_statement(one, name, told.at_ms, message) for one, name in named if name)
    return [said for said in found if said is not None]


def _statement(
    one: Metric, name: str, message_ms: int | None, message: Message
) -> Statement | None:
    leaf = name.rpartition("/")[2].lower().replace(" ", "_")
    own_ms = message_ms if one.at_ms is None else one.at_ms
    event_ms = believable(own_ms, message.received_ms)
    is_late = own_ms is not None and message_ms is not None and message_ms - own_ms > LATE_MS
    flags: tuple[Flag, ...] = ("history",) if is_late or one.is_historical else ()
    if own_ms is not None and event_ms is None:
        flags = (*flags, "clock_off")
    if isinstance(one.value, bool) or (one.value is None and _kind(leaf) != "binary"):
        yes = yes_or_no(one.value)
        if leaf in ("reboot", "rebirth", "next_server"):
            return None
        return Statement(name, _kind(leaf), yes, event_ms=event_ms, flags=flags)
    if any(word in leaf for word in _COUNTS):
        return Statement(name, "count", number(one.value), event_ms=event_ms, flags=flags)
    found = next((word for word in sorted(MEASURES, key=len, reverse=True) if word in leaf), "")
    said = level(found, one.value, flags) if found else None
    if said is None:
        return None
    return Statement(name, "level", said.value, said.quantity, said.unit, event_ms, flags=flags)


def _kind(leaf: str) -> Kind:
    return next((kind for word, kind in _KINDS if word in leaf), "binary")
