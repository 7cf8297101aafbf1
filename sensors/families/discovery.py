"""Home Assistant discovery: what others announce becomes known sensors.

A config tells the topics of a state and of availability; it is kept as facts, so that a message
on such a topic, wherever it lies, is understood later. Templates are never evaluated; a plain
`{{ value_json.field }}` is followed. Trackers and tags are persons: noted and never followed.

Source: home-assistant.io, MQTT discovery (single component and device form, 2024.11).
"""

from collections.abc import Iterator

import msgspec

from sensors.families.discovery_config import Found, Life, entities_in
from sensors.families.discovery_facts import changed, told_of
from sensors.families.discovery_keys import spelt_out
from sensors.families.discovery_makers import ENTITY, ESPHOME, OTHER, ZIGBEE2MQTT, maker_of
from sensors.families.discovery_states import Document, states_heard
from sensors.families.discovery_templates import written
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, text, yes_or_no
from sensors.statement import Announced, Facts, Hearing, note, refusal

PREFIX = "homeassistant"
STATE, AVAILABILITY = f"{PREFIX}/states/", f"{PREFIX}/lives/"
_OWN = tuple(f"{first}/" for first in (ZIGBEE2MQTT, "tele", "shellies", "espresense"))
"""Where only the devices of one maker tell that they are there, whoever names it."""
_life = msgspec.json.Decoder(Life)


class DiscoveryFamily:
    """Whoever announces itself to Home Assistant."""

    name = PREFIX
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def knows(self, topic: str, remembered: Facts) -> bool:
        """Whether a config has announced this topic, wherever it lies."""
        return STATE + topic in remembered or AVAILABILITY + topic in remembered

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        topic = message.topic
        if self.knows(topic, remembered):
            return _known(message, remembered)
        levels = topic.split("/")
        if levels[-1] == "config" and len(levels) >= 4:
            return _config(message, levels[1], levels[-2], remembered)
        if topic == f"{PREFIX}/status":
            there = {True: "is online", False: "is offline", None: "comes or goes"}
            return note(f"Home Assistant itself {there[yes_or_no(text(message))]}")
        return note("of an entity that was not announced here")


def _known(message: Message, remembered: Facts) -> Hearing:
    """A state, or whether somebody is there; a goodbye goes first where a topic is both."""
    states = tuple(told_of(STATE + message.topic, remembered))
    if not message.payload.strip():
        return note("its state is kept no longer: nothing is known of it")
    lives = tuple(_life.decode(told) for told in told_of(AVAILABILITY + message.topic, remembered))
    there = _availability(message, lives) if lives else None
    if there is not None and (there.gone or not states):
        return there
    return states_heard(message, states)


def _availability(message: Message, lives: tuple[Life, ...]) -> Hearing:
    document = Document(message)
    said = [(one, written(document.at(one.steps)[0], one.form)) for one in lives]
    gone = tuple(
        dict.fromkeys(one.device for one, told in said if told == one.offline and not one.is_one_of)
    )
    if gone:
        return Hearing(gone[0], alive=False, gone=True, also_gone=gone[1:])
    if any(told == one.offline for one, told in said):
        return note("offline on one of several topics, of which one is enough")
    here = next((one.device for one, told in said if told == one.online), None)
    if here is None:
        detail = "availability: expected one of the announced payloads"
        return refusal(Reason.MALFORMED, detail, lives[0].device)
    return note("it is available", here, alive=not message.retained)


def _config(message: Message, component: str, name: str, remembered: Facts) -> Hearing:
    if not message.payload.strip():
        facts = changed(message.topic, (), remembered)
        return Hearing(noted="no longer announced", alive=False, learned=facts)
    try:
        told = json_object(message.payload)
        if spelt_out(told).get("migrate_discovery") is True:
            return note("it will be announced in the device form")
        found = entities_in(told, component, name)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))
    facts = changed(message.topic, [fact for one in found for fact in _facts(one)], remembered)
    announced = tuple(told for one in found for told in _announced(one))
    is_person = bool(found) and all(one.entity.kind == "tracker" for one in found)
    noted = "a person's tracker: never followed" if is_person else "an announcement"
    return Hearing(noted=noted, alive=False, learned=facts, announced=announced)


def _maker(one: Found) -> tuple[str, str, str]:
    entity = one.entity
    is_bare = entity.steps is None and (entity.on, entity.off) == ("ON", "OFF")
    topic = one.topics[0] if one.topics else one.command_topic
    return maker_of(topic, one.component, is_bare=is_bare)


def _facts(one: Found) -> Iterator[tuple[str, str]]:
    """What is kept of an entity: topics of a maker's own family stay that family's."""
    told, (family, _, _) = msgspec.json.encode(one.entity).decode(), _maker(one)
    if family == ESPHOME and one.entity.kind and one.topics:
        yield ENTITY + one.topics[0], told
    if family:
        return
    for topic in one.topics:
        yield STATE + topic, told
    for topic, life in one.lives:
        if not topic.startswith(_OWN):
            yield AVAILABILITY + topic, msgspec.json.encode(life).decode()


def _announced(one: Found) -> Iterator[Announced]:
    """The device as the building file would name it."""
    family, device, channel = _maker(one)
    if family == ZIGBEE2MQTT:
        yield Announced(family, device, (), one.model)
    elif family != OTHER and one.entity.kind not in ("", "tracker"):
        kinds = ((channel or one.entity.channel, one.entity.kind),)
        yield Announced(family or PREFIX, device or one.entity.device, kinds, one.model)
