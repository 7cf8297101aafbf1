"""Home Assistant discovery: what others announce becomes known sensors.

A config tells the topics of a state and of availability; it is kept as facts, so that a message
on such a topic, wherever it lies, is understood later. Templates are never evaluated; a plain
`{{ value_json.field }}` is followed. Trackers are persons: they are noted and never followed.

Source: home-assistant.io, MQTT discovery (single component and device form, 2024.11).
"""

import msgspec

from sensors.families.discovery_config import Entity, entities_in
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, yes_or_no
from sensors.statement import Announced, Flag, Hearing, Kind, Learned, Statement, note, refusal

PREFIX = "homeassistant"
STATE, AVAILABILITY, CONFIG = f"{PREFIX}/state/", f"{PREFIX}/availability/", f"{PREFIX}/config/"
_KINDS: dict[str, Kind] = {
    "motion": "motion",
    "presence": "presence",
    "contact": "contact",
    "binary": "binary",
}
_entity = msgspec.json.Decoder(Entity)


class DiscoveryFamily:
    """Whoever announces itself to Home Assistant."""

    name = PREFIX
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def knows(self, topic: str, memory: Memory) -> bool:
        """Whether a config has announced this topic, wherever it lies."""
        return STATE + topic in memory.learned or AVAILABILITY + topic in memory.learned

    def hear(self, message: Message, memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        known = memory.learned.get(STATE + message.topic)
        if known is not None:
            return _state(message, _entity.decode(known))
        known = memory.learned.get(AVAILABILITY + message.topic)
        if known is not None:
            return _availability(message, _entity.decode(known))
        levels = message.topic.split("/")
        if levels[-1] == "config" and len(levels) >= 4:
            return _config(message, levels[1], levels[-2], memory)
        if message.topic == f"{PREFIX}/status":
            return note("Home Assistant itself comes or goes")
        return note("of an entity that was not announced here")


def _config(message: Message, component: str, name: str, memory: Memory) -> Hearing:
    before = memory.learned.get(CONFIG + message.topic, "")
    forgotten = tuple(Learned(key, "") for key in before.split("\n") if key)
    if not message.payload.strip():
        gone = (*forgotten, Learned(CONFIG + message.topic, ""))
        return Hearing(noted="no longer announced", alive=False, learned=gone)
    try:
        entities = entities_in(json_object(message.payload), component, name)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))
    facts = [fact for one in entities for fact in _facts(one)]
    keys = "\n".join(fact.key for fact in facts)
    learned = (*forgotten, *facts, Learned(CONFIG + message.topic, keys))
    announced = tuple(
        Announced(PREFIX, one.device, ((one.channel, one.kind),), one.model)
        for one in entities
        if one.kind not in ("", "tracker")
    )
    is_person = any(one.kind == "tracker" for one in entities)
    noted = "a person's tracker: never followed" if is_person else "an announcement"
    return Hearing(noted=noted, alive=False, learned=learned if keys else (), announced=announced)


def _facts(one: Entity) -> list[Learned]:
    told = msgspec.json.encode(one).decode()
    found = [Learned(STATE + one.topic, told)] if one.topic else []
    return found + [Learned(AVAILABILITY + topic, told) for topic in one.availability]


def _availability(message: Message, one: Entity) -> Hearing:
    said = text(message)
    if said == one.offline:
        return Hearing(one.device, alive=False, gone=True)
    return note("it is available", one.device, alive=not message.retained)


def _state(message: Message, one: Entity) -> Hearing:
    alive = not message.retained
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    if one.kind in ("", "tracker"):
        why = "a person's tracker: not kept" if one.kind else "no kind of sensor that counts here"
        return note(why, one.device, alive=alive)
    told = _told(message, one)
    if told is None:
        return note("without the field that was announced", one.device, alive=alive)
    if one.kind == "level":
        value = number(told)
        said = Statement(one.channel, "level", value, one.quantity, one.unit, flags=flags)
        return Hearing(one.device, (said,), alive)
    yes = {one.on: True, one.off: False}.get(str(told))
    yes = yes_or_no(told) if yes is None and isinstance(told, bool) else yes
    if yes is None:
        return refusal(Reason.MALFORMED, "expected one of the announced payloads", one.device)
    said = Statement(one.channel, _KINDS[one.kind], yes, flags=flags)
    return Hearing(one.device, (said,), alive)


def _told(message: Message, one: Entity) -> object:
    """The payload, or the field of it that the template names; None where it is not there."""
    if not one.field:
        return text(message)
    try:
        found: object = json_object(message.payload)
    except ValueError:
        return None
    for key in one.field.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found
