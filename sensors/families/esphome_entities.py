"""Entities of ESPHome: what the words in an id say of a yes or no, and of a number.

Users name entities as they like; these words are those of the components' own documents. What was
announced of an entity goes before them.

Source: esphome.io, LD2410, LD2450, BLE RSSI, BLE presence and Wi-Fi signal components; 2024.10.
"""

import re
from collections.abc import Mapping

import msgspec

from sensors.families.discovery_config import Entity
from sensors.families.discovery_facts import told_of
from sensors.families.discovery_makers import ENTITY
from sensors.families.measures import MEASURES, Measure, is_count
from sensors.spelling import number
from sensors.statement import Facts, Flag, Kind, Statement

_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("contact", ("door", "window", "contact", "reed")),
    ("motion", ("moving_target", "moving-target")),
    ("presence", ("presence", "occupan", "target", "ld24", "seat", "desk", "mmwave", "radar")),
    ("motion", ("motion", "pir", "movement", "moving")),
)
_MEASURES: Mapping[str, Measure] = {
    **MEASURES,
    "move_energy": Measure("energy", "%"),
    "rssi": Measure("rssi", "dBm"),
    "wifi_signal": Measure("rssi", "dBm"),
}
_NAMES = tuple(sorted(_MEASURES, key=len, reverse=True))
_OTHER = ("voltage", "threshold", "timeout", "current", "current_", "resistance")
"""Of a quantity's part or setting: `battery_voltage` is no charge."""
_TARGET = re.compile(r"target[_-]?\d+[_-](x|y|distance)$")
"""Of a radar that follows several: where each is, in mm."""
_MM = 0.001
_LIKE: Mapping[str, Kind] = {"motion": "motion", "presence": "presence", "contact": "contact"}
_entity = msgspec.json.Decoder(Entity)


def announced_of(topic: str, remembered: Facts) -> Entity | None:
    """What an entity was announced to be; None if it was not."""
    told = next(told_of(ENTITY + topic, remembered), "")
    return _entity.decode(told) if told else None


def kind_of(entity: str, known: Entity | None = None) -> Kind:
    """What a yes or no is: as announced, else by the words in its id.

    >>> [kind_of(entity) for entity in ("hall_pir", "desk_3_has_target", "front_door", "sofa")]
    ['motion', 'presence', 'contact', 'binary']
    >>> kind_of("has_moving_target"), kind_of("has_still_target")
    ('motion', 'presence')
    """
    if known is not None and known.kind in _LIKE:
        return _LIKE[known.kind]
    low = entity.lower()
    if "pir" in low.replace("-", "_").split("_"):
        return "motion"
    return next((kind for kind, words in _WORDS if any(w in low for w in words)), "binary")


def measured(
    entity: str, told: str, flags: tuple[Flag, ...] = (), known: Entity | None = None
) -> Statement | None:
    """A count or a level; None for a number of which nothing says what it is."""
    low, value = entity.lower(), number(told)
    if is_count(low):
        return Statement(entity, "count", value, flags=flags)
    if known is not None and known.quantity and known.unit:
        return Statement(entity, "level", value, known.quantity, known.unit, flags=flags)
    measure = _measure(low)
    if measure is None:
        return None
    shown = None if value is None else round(value * measure.factor, 6)
    return Statement(entity, "level", shown, measure.quantity, measure.unit, flags=flags)


def _measure(low: str) -> Measure | None:
    if _TARGET.search(low):
        return Measure("distance", "m", _MM)
    if any(word in low for word in _OTHER):
        return None
    return next((_MEASURES[name] for name in _NAMES if name in low), None)
