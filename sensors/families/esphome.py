"""ESPHome over MQTT: one topic for the state of each entity, as bare text.

The prefix is the device; users name it and its entities as they like, so kinds come from words in
an entity's id, and what no word explains is `binary` until a mapping tells.

Source: esphome.io, MQTT client component, LD2410 and LD2450 components; 2024.10.
"""

from sensors.families.measures import MEASURES, level
from sensors.families.will import will_heard
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, text_of, yes_or_no
from sensors.statement import Announced, Flag, Hearing, Kind, Statement, note, refusal

_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("contact", ("door", "window", "contact", "reed")),
    ("presence", ("presence", "occupan", "target", "ld24", "seat", "desk", "mmwave", "radar")),
    ("motion", ("motion", "pir", "movement")),
)
_COUNTS = ("target_count", "people", "person_count", "occupants", "zone_count")
_ENTITIES = ("binary_sensor", "sensor", "text_sensor")


class EsphomeFamily:
    """Devices that run ESPHome with its MQTT client."""

    name = "esphome"
    patterns: tuple[str, ...] = (
        "esphome/discover/+",
        "{device}/binary_sensor/{object}/state",
        "{device}/sensor/{object}/state",
        "{device}/text_sensor/{object}/state",
        "{device}/+/+/state",
        "{device}/+/+/command",
        "+/{device}/binary_sensor/{object}/state",
        "+/{device}/sensor/{object}/state",
        "+/+/{device}/binary_sensor/{object}/state",
        "{device}/status",
        "{device}/debug",
        "+/{device}/status",
        "+/{device}/debug",
    )

    def hear(self, message: Message, _memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case ["esphome", "discover", *_]:
                return _inventory(message)
            case [*prefix, component, entity, "state"] if prefix and component in _ENTITIES:
                return _state(message, "/".join(prefix), component, entity)
            case [*prefix, "status"] if prefix:
                return will_heard(message, "/".join(prefix))
            case [*prefix, "debug"] if prefix:
                return note("the device's log", "/".join(prefix), alive=not message.retained)
            case [*prefix, _, _, "state" | "command"] if prefix:
                return note("a switch, a light or a command: no sensor", "/".join(prefix))
            case _:
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


def _state(message: Message, device: str, component: str, entity: str) -> Hearing:
    told, alive = text(message), not message.retained
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    if component == "text_sensor":
        return note("a text: no measurement", device, alive=alive)
    if component == "binary_sensor":
        value = yes_or_no(told)
        if value is None and told.lower() not in ("", "nan", "none", "unknown"):
            return refusal(Reason.MALFORMED, "binary sensor: expected ON or OFF", device)
        said: Statement | None = Statement(entity, _kind(entity), value, flags=flags)
    else:
        said = _measured(entity, told, flags)
        if said is None and number(told) is None and told.lower() not in ("nan", "none", ""):
            return refusal(Reason.MALFORMED, "sensor: expected a number or nan", device)
    if said is None:
        return note("a number without a known quantity", device, alive=alive)
    return Hearing(device, (said,), alive)


def _kind(entity: str) -> Kind:
    """What a yes or no is, by the words in its id.

    >>> [_kind(entity) for entity in ("hall_pir", "desk_3_has_target", "front_door", "sofa")]
    ['motion', 'presence', 'contact', 'binary']
    """
    low = entity.lower()
    if "pir" in low.replace("-", "_").split("_"):
        return "motion"
    return next((kind for kind, words in _WORDS if any(w in low for w in words)), "binary")


def _measured(entity: str, told: str, flags: tuple[Flag, ...]) -> Statement | None:
    low = entity.lower()
    if low.endswith(_COUNTS):
        return Statement(entity, "count", number(told), flags=flags)
    found = next((name for name in sorted(MEASURES, key=len, reverse=True) if name in low), None)
    said = level(found, told, flags) if found else None
    if said is None:
        return None
    return Statement(entity, "level", said.value, said.quantity, said.unit, flags=flags)
