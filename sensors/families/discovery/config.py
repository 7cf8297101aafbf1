"""Configs of Home Assistant discovery: the entities in them, and how each tells that it is there.

Source: home-assistant.io, MQTT discovery, binary sensor, sensor, availability; 2024.11.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from sensors.families.discovery.keys import spelt_out
from sensors.families.discovery.templates import Path, path_of, written
from sensors.families.measures import MEASURES, is_count
from sensors.spelling import inner, number, text_of

CLASSES: Mapping[str, str] = {
    "motion": "motion",
    "moving": "motion",
    "occupancy": "presence",
    "presence": "presence",
    "door": "contact",
    "garage_door": "contact",
    "opening": "contact",
    "window": "contact",
}
MEASURED: Mapping[str, str] = {
    "atmospheric_pressure": "pressure",
    "battery": "battery",
    "carbon_dioxide": "co2",
    "distance": "distance",
    "humidity": "humidity",
    "illuminance": "light",
    "power": "power",
    "pressure": "pressure",
    "signal_strength": "rssi",
    "sound_pressure": "sound",
    "temperature": "temperature",
}
_UNITS: Mapping[str, str] = {"°C": "temperature", "°F": "temperature", "lx": "light"}
"""Of a sensor without a class: units that leave no doubt."""
_PEOPLE = ("people", "persons", "person", "occupants")
COMPONENTS_LIMIT = 500
LIVES_LIMIT = 50
OURS = "vrijplek"
"""What we announce ourselves is no sensor of ours."""
PERSONS = ("device_tracker", "tag")


class Life(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a device tells on one topic that it is there."""

    device: str
    steps: tuple[str, ...] | None = None
    form: str = ""
    online: str = "online"
    offline: str = "offline"
    is_one_of: bool = False
    """Whether any of several such topics is enough for it to be there."""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entity that was announced: what is needed to understand its state."""

    device: str
    channel: str
    kind: str = ""
    """As in the building file, `binary`, `tracker`, or empty for what does not count here."""
    steps: tuple[str, ...] | None = None
    """Of a JSON state: the path to the value."""
    form: str = ""
    on: str = "ON"
    off: str = "OFF"
    quantity: str = ""
    unit: str = ""
    every_s: float | None = None
    """It is not known any more after this time without a state (`expire_after`)."""


class Found(NamedTuple):
    """An entity, and where it speaks."""

    entity: Entity
    component: str
    topics: tuple[str, ...]
    """Of its state, and of what else it tells of a person."""
    command_topic: str
    lives: tuple[tuple[str, Life], ...]
    """Topic and meaning."""
    model: str


def entities_in(told: dict[str, object], component: str, name: str) -> list[Found]:
    """The entities of a config; none of our own.

    Args:
        told: The config, as it came.
        component: Of its topic: `binary_sensor`, or `device` for the device form.
        name: Of its topic: the object's id.

    Raises:
        ValueError: If it lacks what Home Assistant demands of it.
    """
    whole = spelt_out(told)
    origin = inner(whole, "origin")
    if text_of(origin.get("name")) == OURS:
        return []
    if component != "device":
        return [_found(whole, component, name)]
    parts = inner(whole, "components")
    if not parts or not text_of(origin.get("name")) or not inner(whole, "device"):
        wrong = "found no device, origin or components, expected a device form with all three"
        raise ValueError(wrong)
    return list(_of_device(whole, parts, name))


def _of_device(whole: dict[str, object], parts: dict[str, object], name: str) -> Iterator[Found]:
    """Each component with what the device form tells for all; one of a platform alone is gone."""
    shared = {key: whole[key] for key in whole if key not in ("name", "unique_id", "components")}
    for key, part in list(parts.items())[:COMPONENTS_LIMIT]:
        own = spelt_out(part, text_of(whole.get("~"))) if isinstance(part, dict) else {}
        if own.keys() - {"platform"}:
            one = shared | own
            yield _found(one, text_of(one.get("platform")), f"{name}_{key}")


def _found(told: dict[str, object], component: str, name: str) -> Found:
    topic = text_of(told.get("state_topic")) or text_of(told.get("topic"))
    if component in ("binary_sensor", "sensor") and not _is_topic(topic):
        wrong = f"found a {component} without a state_topic that can be published to"
        raise ValueError(wrong)
    device = inner(told, "device")
    wire = _device(device) or text_of(told.get("unique_id")) or name
    topics = [topic]
    if component in PERSONS:
        topics.append(text_of(told.get("json_attributes_topic")))
    return Found(
        _entity(told, component, wire, name),
        component,
        tuple(one for one in dict.fromkeys(topics) if _is_topic(one)),
        text_of(told.get("command_topic")),
        tuple((one, life) for one, life in _lives(told, wire) if _is_topic(one)),
        text_of(device.get("model")),
    )


def _is_topic(topic: str) -> bool:
    """Whether somebody can publish there: gateways announce some with wildcards."""
    return bool(topic) and not {"+", "#"} & set(topic)


def _entity(told: dict[str, object], component: str, wire: str, name: str) -> Entity:
    path = path_of(told.get("value_template"))
    channel = text_of(told.get("unique_id")) or text_of(told.get("object_id")) or name
    kind, quantity = _kind(told, component, channel, path)
    return Entity(
        device=wire,
        channel=channel,
        kind=kind if path is not None or kind == "tracker" else "",
        steps=path.steps if path else None,
        form=path.form if path else "",
        on=_payload(told.get("payload_on"), "ON"),
        off=_payload(told.get("payload_off"), "OFF"),
        quantity=quantity,
        unit=text_of(told.get("unit_of_measurement")),
        every_s=number(told.get("expire_after")) or None,
    )


def _kind(
    told: dict[str, object], component: str, channel: str, path: Path | None
) -> tuple[str, str]:
    """The kind, and the quantity of a level."""
    group, unit = text_of(told.get("device_class")), text_of(told.get("unit_of_measurement"))
    if component in PERSONS:
        return "tracker", ""
    if component == "binary_sensor":
        return CLASSES.get(group, "binary"), ""
    if component != "sensor":
        return "", ""
    field = path.steps[-1] if path and path.steps else ""
    measure = MEASURES.get(field.lower())
    quantity = MEASURED.get(group) or _UNITS.get(unit) or (measure.quantity if measure else "")
    if quantity:
        return "level", quantity
    names = (field, channel, text_of(told.get("object_id")), text_of(told.get("name")))
    people = unit.lower() in _PEOPLE or any(is_count(name) for name in names)
    return ("count" if people else ""), ""


def _device(device: dict[str, object]) -> str:
    ids = device.get("identifiers")
    first = ids[0] if isinstance(ids, list) and ids else ids
    return text_of(first)


def _payload(told: object, default: str) -> str:
    return written(told) if isinstance(told, str | int | float) else default


def _lives(told: dict[str, object], wire: str) -> Iterator[tuple[str, Life]]:
    """Each topic that tells whether the entity is there, and by which payloads."""
    listed = told.get("availability")
    parts = listed[:LIVES_LIMIT] if isinstance(listed, list) else [listed]
    known = [spelt_out(one, text_of(told.get("~"))) for one in parts if isinstance(one, dict)]
    is_one_of = text_of(told.get("availability_mode")) == "any" and len(known) > 1
    single = {
        "topic": told.get("availability_topic"),
        "value_template": told.get("availability_template"),
        "payload_available": told.get("payload_available"),
        "payload_not_available": told.get("payload_not_available"),
    }
    for one in (single, *known):
        path, topic = path_of(one.get("value_template")), text_of(one.get("topic"))
        if path is not None and topic:
            online = _payload(one.get("payload_available"), "online")
            offline = _payload(one.get("payload_not_available"), "offline")
            yield topic, Life(wire, path.steps, path.form, online, offline, is_one_of)
