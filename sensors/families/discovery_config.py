"""Configs of Home Assistant discovery: abbreviated keys, base topics, and the entities in them."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from sensors.spelling import inner, text_of

ABBREVIATIONS: Mapping[str, str] = {
    "avty": "availability",
    "avty_t": "availability_topic",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "ids": "identifiers",
    "mdl": "model",
    "o": "origin",
    "obj_id": "object_id",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_t": "state_topic",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
"""Those that matter here. Source: home-assistant.io, MQTT discovery, supported abbreviations."""
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
    "battery": "battery",
    "carbon_dioxide": "co2",
    "distance": "distance",
    "humidity": "humidity",
    "illuminance": "light",
    "power": "power",
    "sound_pressure": "sound",
    "temperature": "temperature",
}
COMPONENTS_LIMIT = 500
OURS = "vrijplek"
"""What we announce ourselves is no sensor of ours."""
_FIELD = re.compile(r"\s*\{\{\s*value_json((?:\.\w+|\[['\"]\w+['\"]\])+)\s*\}\}\s*")
_PLAIN = re.compile(r"\s*\{\{\s*value\s*\}\}\s*")
_STEP = re.compile(r"\w+")


class Entity(msgspec.Struct, frozen=True):
    """One entity that was announced: what is needed to understand its state."""

    device: str
    channel: str
    kind: str
    """As in the building file, `binary`, `tracker`, or empty for what does not count here."""
    topic: str = ""
    field: str = ""
    """Of a JSON state: the path to the value."""
    on: str = "ON"
    off: str = "OFF"
    quantity: str = ""
    unit: str = ""
    availability: tuple[str, ...] = ()
    offline: str = "offline"
    model: str = ""


def entities_in(told: dict[str, object], component: str, name: str) -> list[Entity]:
    """The entities of a config; none of our own.

    Args:
        told: The config, as it came.
        component: Of its topic: `binary_sensor`, or `device` for the device form.
        name: Of its topic: the object's id.

    Raises:
        ValueError: If a device form has no origin, or no components.
    """
    whole = _long(told)
    if text_of(inner(whole, "origin").get("name")) == OURS:
        return []
    if component != "device":
        return [_entity(whole, whole, component, name)]
    parts = inner(whole, "components")
    if not parts or not inner(whole, "origin"):
        wrong = "found a device without origin or components, expected both"
        raise ValueError(wrong)
    return list(_of_device(whole, parts, name))


def _of_device(whole: dict[str, object], parts: dict[str, object], name: str) -> Iterator[Entity]:
    for key, part in list(parts.items())[:COMPONENTS_LIMIT]:
        if isinstance(part, dict):
            one = whole | _long(part)
            yield _entity(one, whole, text_of(one.get("platform")), f"{name}_{key}")


def _long(told: dict[str, object]) -> dict[str, object]:
    """Whole keys for abbreviated ones, whole topics for those with `~`."""
    base = text_of(told.get("~"))
    found: dict[str, object] = {}
    for key, value in told.items():
        if isinstance(value, str) and base and key != "~":
            value = base + value[1:] if value[:1] == "~" else value  # noqa: PLW2901
            value = value[:-1] + base if value[-1:] == "~" else value  # noqa: PLW2901
        found[ABBREVIATIONS.get(key, key)] = value
    return found


def _entity(told: dict[str, object], whole: dict[str, object], component: str, name: str) -> Entity:
    group, kind = text_of(told.get("device_class")), ""
    if component == "binary_sensor":
        kind = CLASSES.get(group, "binary")
    elif component == "sensor" and group in MEASURED:
        kind = "level"
    elif component == "device_tracker":
        kind = "tracker"
    field, is_plain = _field(told.get("value_template"))
    device = _long(inner(whole, "device"))
    return Entity(
        device=_device(device) or text_of(told.get("unique_id")) or name,
        channel=text_of(told.get("unique_id")) or text_of(told.get("object_id")) or name,
        kind=kind if is_plain else "",
        topic=text_of(told.get("state_topic")),
        field=field,
        on=_payload(told.get("payload_on"), "ON"),
        off=_payload(told.get("payload_off"), "OFF"),
        quantity=MEASURED.get(group, ""),
        unit=text_of(told.get("unit_of_measurement")),
        availability=tuple(_availability(told)),
        offline=_payload(told.get("payload_not_available"), "offline"),
        model=text_of(device.get("model")),
    )


def _device(device: dict[str, object]) -> str:
    ids = device.get("identifiers")
    first = ids[0] if isinstance(ids, list) and ids else ids
    return text_of(first)


def _payload(told: object, default: str) -> str:
    if isinstance(told, bool):
        return str(told)
    return str(told) if isinstance(told, str | int | float) else default


def _field(template: object) -> tuple[str, bool]:
    """The path that a template names, and whether it is one that can be followed.

    >>> _field("{{ value_json.occupancy }}"), _field("{{ value_json['a'].b }}"), _field(None)
    (('occupancy', True), ('a.b', True), ('', True))
    >>> _field("{{ value | int > 3 }}")
    ('', False)
    """
    if not isinstance(template, str) or _PLAIN.fullmatch(template):
        return "", True
    found = _FIELD.fullmatch(template)
    return (".".join(_STEP.findall(found[1])), True) if found else ("", False)


def _availability(told: dict[str, object]) -> Iterator[str]:
    one = text_of(told.get("availability_topic"))
    if one:
        yield one
    listed = told.get("availability")
    for part in listed if isinstance(listed, list) else [listed]:
        topic = text_of(_long(part).get("topic")) if isinstance(part, dict) else ""
        if topic:
            yield topic
