"""Shelly: Gen2 and later as JSON-RPC frames and status topics, Gen1 as one value a topic.

The topic prefix is the device, and users choose it. A NotifyStatus is a delta: what does not stand
there says nothing. A sensor behind a Bluetooth gateway is a number until the gateway's own list
has told what it measures. Before a device knows the time, `ts` counts from its boot.

Source: shelly-api-docs.shelly.cloud, Gen1 and Gen2+; Presence Gen4, BTHomeSensor.
"""

from sensors.families.shelly_parts import component, inventory
from sensors.families.will import will_heard
from sensors.foreign_time import believable
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text, text_of, yes_or_no
from sensors.statement import Flag, Hearing, Statement, note, refusal

GEN1 = "shellies"
EVENTS_LIMIT = 200


class ShellyFamily:
    """Shelly devices of all generations."""

    name = "shelly"
    patterns: tuple[str, ...] = (
        f"{GEN1}/#",
        "+/events/rpc",
        "+/+/events/rpc",
        "+/status/+",
        "+/online",
        "+/rpc",
        "+/rpc/response",
    )

    def hear(self, message: Message, memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case [*prefix, "events", "rpc"] | [*prefix, "rpc", "response"] if prefix:
                return _frame(message, "/".join(prefix), memory)
            case [*prefix, "rpc" | "status"] if prefix:
                return _frame(message, "/".join(prefix), memory)
            case [*prefix, "online"] if prefix:
                return will_heard(message, "/".join(prefix))
            case [*prefix, "status", name] if prefix:
                return _status(message, "/".join(prefix), name, memory)
            case [*prefix, kind, leaf] if prefix:
                return _gen1(message, "/".join(prefix), kind, leaf)
            case _:
                return note("a command, an announcement, or the device's own health")


def _flags(message: Message) -> tuple[Flag, ...]:
    return ("retained",) if message.retained else ()


def _status(message: Message, device: str, name: str, memory: Memory) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    return _statuses({name: told}, device, message, None, memory)


def _frame(message: Message, device: str, memory: Memory) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    result = inner(told, "result") or told
    if isinstance(result.get("components"), list):
        return inventory(result["components"], device)
    if "error" in told:
        return note("an answer that says why something failed", device)
    if "method" not in told:
        return _statuses(result, device, message, None, memory)
    params = inner(told, "params")
    if text_of(told["method"]) == "NotifyEvent":
        return _events(params, device, message)
    return _statuses(params, device, message, params.get("ts"), memory)


def _when(told_s: object, message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """The time of a frame; a clock that counts from boot is not set yet."""
    at_s, flags = number(told_s), _flags(message)
    if at_s is None:
        return None, flags
    event_ms = believable(at_s * 1000, message.received_ms)
    return event_ms, flags if event_ms is not None else (*flags, "clock_off")


def _statuses(
    told: dict[str, object], device: str, message: Message, ts: object, memory: Memory
) -> Hearing:
    event_ms, flags = _when(ts, message)
    said, unknown = [], False
    for name, status in told.items():
        if isinstance(status, dict):
            found, is_unknown = component(name, status, device, memory)
            said += found
            unknown = unknown or is_unknown
    statements = tuple(_at(one, event_ms, flags, message) for one in said)
    noted = ""
    if not statements:
        noted = "nothing measured here"
        if unknown:
            noted = "a Bluetooth sensor of unknown meaning: ask the gateway for its components"
    return Hearing(device, statements, not message.retained, noted=noted)


def _at(
    said: Statement, event_ms: int | None, flags: tuple[Flag, ...], message: Message
) -> Statement:
    """With its own time where it tells one that can be true, else that of its frame."""
    own_ms = believable(said.event_ms, message.received_ms)
    return Statement(
        said.channel,
        said.kind,
        said.value,
        said.quantity,
        said.unit,
        event_ms if own_ms is None else own_ms,
        flags=flags,
    )


def _events(params: dict[str, object], device: str, message: Message) -> Hearing:
    """Events are a list; those of buttons are the only ones with a meaning here."""
    listed = params.get("events")
    said = []
    for one in listed[:EVENTS_LIMIT] if isinstance(listed, list) else []:
        if not isinstance(one, dict):
            continue
        name, event = text_of(one.get("component")), text_of(one.get("event"))
        if name.startswith(("input:", "bthome")) and event:
            event_ms, flags = _when(one.get("ts"), message)
            said.append(Statement(name, "button", event, event_ms=event_ms, flags=flags))
    noted = "" if said else "events of the device itself"
    return Hearing(device, tuple(said), not message.retained, noted=noted)


def _gen1(message: Message, device: str, kind: str, leaf: str) -> Hearing:
    """One value a topic: a motion sensor's, a door's, an input's."""
    told, alive = text(message), not message.retained
    yes = yes_or_no(told)
    if kind == "sensor" and leaf == "motion" and yes is not None:
        return Hearing(device, (Statement("motion", "motion", yes, flags=_flags(message)),), alive)
    if kind == "sensor" and leaf == "state" and yes is not None:
        return Hearing(device, (Statement("state", "contact", yes, flags=_flags(message)),), alive)
    if kind == "input" and yes is not None:
        said = Statement(f"input:{leaf}", "binary", yes, flags=_flags(message))
        return Hearing(device, (said,), alive)
    return note("no event, or nothing measured here", device, alive=alive)
