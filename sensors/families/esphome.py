"""ESPHome over MQTT: one topic for the state of each entity, as bare text.

The prefix is the device; users name it and its entities as they like, so kinds come from what was
announced, else from words in an entity's id, and what neither explains is `binary` until a
mapping tells.

Source: esphome.io, MQTT client component; 2024.10.
"""

from sensors.families.esphome_entities import announced_of, kind_of, measured
from sensors.families.will import will_heard
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, text_of, yes_or_no
from sensors.statement import Announced, Facts, Flag, Hearing, Statement, note, refusal

_ENTITIES = ("binary_sensor", "sensor", "text_sensor")
_ACTORS = ("climate", "cover", "fan", "valve", "light", "alarm_control_panel", "lock", "update")
"""Components with more topics than a state and a command: `climate/<id>/mode/state`."""
_UNKNOWN = ("nan", "none", "unknown", "unavailable", "inf", "-inf")
_ENDS = ("state", "command")


class EsphomeFamily:
    """Devices that run ESPHome with its MQTT client."""

    name = "esphome"
    patterns: tuple[str, ...] = (
        "esphome/discover/#",
        "esphome/ping/+",
        *(
            f"{way}{{device}}/{component}/{{object}}/state"
            for way in ("", "+/", "+/+/")
            for component in _ENTITIES
        ),
        "{device}/+/+/state",
        "{device}/+/+/command",
        "{device}/+/+/+/state",
        "{device}/+/+/+/command",
        *(
            f"{way}{{device}}/{leaf}"
            for way in ("", "+/", "+/+/", "+/+/+/")
            for leaf in ("status", "debug")
        ),
    )

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case ["esphome", "discover", _, *_]:
                return _inventory(message)
            case ["esphome", "discover" | "ping", *_]:
                return note("somebody asks who is there")
            case [*prefix, component, entity, "state"] if prefix and component in _ENTITIES:
                return _state(message, "/".join(prefix), component, entity, remembered)
            case [*prefix, "status"] if prefix:
                return _status(message, "/".join(prefix))
            case levels:
                return _other(message, levels)


def _other(message: Message, levels: list[str]) -> Hearing:
    """Of no sensor: the device's log, and what it can switch."""
    if len(levels) > 1 and levels[-1] == "debug":
        return note("the device's log", "/".join(levels[:-1]), alive=not message.retained)
    depth = 4 if len(levels) > 4 and levels[-4] in _ACTORS else 3
    if len(levels) > depth and levels[-1] in _ENDS:
        return note("a switch, a light or a command: no sensor", "/".join(levels[:-depth]))
    return refusal(Reason.UNKNOWN_TOPIC, "expected <prefix>/<component>/<id>/state")


def _inventory(message: Message) -> Hearing:
    if not message.payload.strip():
        return note("a device is no longer announced")
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))
    name = text_of(told.get("name"))
    known = (Announced("esphome", name, (), text_of(told.get("board"))),) if name else ()
    return Hearing(alive=False, noted="a device announces itself", announced=known)


def _status(message: Message, device: str) -> Hearing:
    if not message.payload.strip():
        return note("its status is kept no longer", device)
    return will_heard(message, device)


def _state(
    message: Message, device: str, component: str, entity: str, remembered: Facts
) -> Hearing:
    told, alive = text(message), not message.retained
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    if component == "text_sensor":
        return note("a text: no measurement", device, alive=alive)
    if not told:
        return note("its state is kept no longer: nothing is known of it", device)
    known, is_unknown = announced_of(message.topic, remembered), told.lower() in _UNKNOWN
    if component == "binary_sensor":
        value = yes_or_no(told)
        if value is None and not is_unknown:
            return refusal(Reason.MALFORMED, "binary sensor: expected ON or OFF", device)
        said: Statement | None = Statement(entity, kind_of(entity, known), value, flags=flags)
    else:
        if number(told) is None and not is_unknown:
            return refusal(Reason.MALFORMED, "sensor: expected a number or nan", device)
        said = measured(entity, told, flags, known)
    if said is None:
        return note("a number without a known quantity", device, alive=alive)
    return Hearing(device, (said,), alive)
