"""Shelly: Gen2 and later as JSON-RPC frames and status topics, Gen1 as one value a topic.

The topic prefix is the device, and users choose it; an answer goes to the topic of who asked, so
there the device is the sender. A NotifyStatus is a delta: what does not stand there says nothing. A
sensor behind a Bluetooth gateway is a number until the gateway's own list has told what it
measures. Before a device knows the time, `ts` counts from its boot.

Source: shelly-api-docs.shelly.cloud, Gen1 and Gen2+; Presence Gen4, BTHomeSensor.
"""

from collections.abc import Iterator

import msgspec

from sensors.families.shelly_gen1 import gen1, is_whole, whole
from sensors.families.shelly_parts import Known, advert, component, inventory, settings, zone_of
from sensors.families.will import will_heard
from sensors.foreign_time import believable
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text_of
from sensors.statement import Facts, Flag, Hearing, Statement, note, refusal

GEN1 = "shellies"
EVENTS_LIMIT = 200
PUSHED = ("btn_down", "btn_up")
ADVERT = "shelly-blu"
"""The event of the script that Shelly gives away for gateways of BLU devices."""


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

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case [*prefix, "events", "rpc"] | [*prefix, "rpc", "response"] if prefix:
                return _told(message, "/".join(prefix), remembered)
            case [*prefix, "rpc" | "status" | "info"] if prefix:
                return _told(message, "/".join(prefix), remembered)
            case [*prefix, "online"] if prefix:
                return will_heard(message, "/".join(prefix))
            case [*prefix, "status", name] if prefix:
                return _told(message, "/".join(prefix), remembered, name)
            case [*prefix, kind, leaf] if prefix:
                if leaf in ("announce", "command") and prefix == [GEN1]:
                    prefix, kind = [GEN1, kind], ""
                return gen1(message, "/".join(prefix), kind, leaf)
            case _:
                return note("a command, an announcement, or the device's own health")


def _told(message: Message, device: str, remembered: Facts, name: str = "") -> Hearing:
    """A frame, a whole status, or that of the component whose name is given."""
    if not message.payload.strip():
        return note("nothing is kept here any more", device)
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    if name:
        return _statuses({name: told}, device, message, None, Known(remembered, device))
    return _frame(told, device, message, remembered)


def _frame(told: dict[str, object], device: str, message: Message, remembered: Facts) -> Hearing:
    sender, method = text_of(told.get("src")), text_of(told.get("method"))
    known, params = Known(remembered, device, sender), inner(told, "params")
    if "." in method:  # Switch.Set and the like; what a device tells of itself has none
        return note("a command to the device", device)
    if isinstance(told.get("error"), dict):
        code = number(inner(told, "error").get("code"))
        detail = "found an error without a code" if code is None else f"found error {code:g}"
        return refusal(Reason.DEVICE_ERROR, f"{detail}, expected an answer", sender or device)
    if isinstance(params.get("events"), list):
        return _events(params, device, message, known)
    if method or params:
        return _statuses(params, device, message, params.get("ts"), known)
    if is_whole(told):
        return whole(told, message, device)
    return _answer(inner(told, "result") or told, sender or device, message, known)


def _answer(told: dict[str, object], device: str, message: Message, known: Known) -> Hearing:
    """What a device was asked for: its components, its settings, or its status."""
    components = told.get("components")
    if isinstance(components, list):
        return inventory(components, device)
    facts = tuple(settings(told, device))
    if facts:
        return Hearing(device, noted="settings of the device", learned=facts)
    if "num_objects" in told:
        told = {zone_of(told): told}
    return _statuses(told, device, message, None, known)


def _when(told_s: object, message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """The time of a frame; a clock that counts from boot is not set yet."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    at_s = number(told_s)
    if at_s is None:
        return None, flags
    event_ms = believable(at_s * 1000, message.received_ms)
    return event_ms, flags if event_ms is not None else (*flags, "clock_off")


def _statuses(
    told: dict[str, object], device: str, message: Message, ts: object, known: Known
) -> Hearing:
    event_ms, flags = _when(ts, message)
    parts = [(name, part) for name, part in told.items() if isinstance(part, dict)]
    said = tuple(
        _at(one, event_ms, flags, message)
        for name, part in parts
        for one in component(name, part, known)
    )
    noted = "" if said else "nothing measured here"
    if not said and any(n.startswith("bthomesensor:") and not known.meaning(n) for n, _ in parts):
        noted = "a Bluetooth sensor of unknown meaning: ask the gateway for its components"
    if not said and "clock_off" in flags:
        noted += "; its clock is not set"
    return Hearing(device, said, not message.retained, noted=noted)


def _at(
    said: Statement, event_ms: int | None, flags: tuple[Flag, ...], message: Message
) -> Statement:
    """With its own time where it tells one that can be true, else that of its frame."""
    if said.event_ms is not None:
        own_ms = believable(said.event_ms, message.received_ms)
        if own_ms is not None:
            event_ms, flags = own_ms, tuple(flag for flag in flags if flag != "clock_off")
    elif event_ms is None and not flags:
        return said
    return msgspec.structs.replace(said, event_ms=event_ms, flags=flags)


def _events(params: dict[str, object], device: str, message: Message, known: Known) -> Hearing:
    """Events are a list; one that has no time of its own has that of the list."""
    listed = params.get("events")
    said: list[Statement] = []
    for one in listed[:EVENTS_LIMIT] if isinstance(listed, list) else []:
        if isinstance(one, dict):
            event_ms, flags = _when(one.get("ts", params.get("ts")), message)
            said += (_at(part, event_ms, flags, message) for part in _event(one, known))
    noted = "" if said else "events of the device itself"
    return Hearing(device, tuple(said), not message.retained, noted=noted)


def _event(told: dict[str, object], known: Known) -> Iterator[Statement]:
    """A push of a button, a change of a radar's zone, or an advert of a BLU device."""
    name, event = text_of(told.get("component")), text_of(told.get("event"))
    if name.startswith("presencezone:"):
        yield from component(name, told, known)
    elif event == ADVERT:
        yield from advert(inner(told, "data"))
    elif name.startswith(("input:", "bthomedevice:", "bthomesensor:")) and _is_push(event):
        yield Statement(name, "button", event)


def _is_push(event: str) -> bool:
    return event in PUSHED or event.endswith("_push") or event.startswith("rotate_")
