"""Measures: what the many names of quantities are called here, and in which unit they are told."""

from collections.abc import Mapping
from typing import NamedTuple

from sensors.spelling import number
from sensors.statement import Flag, Statement


class Measure(NamedTuple):
    """A quantity, its unit, and what a told number is multiplied with."""

    quantity: str
    unit: str
    factor: float = 1.0


MEASURES: Mapping[str, Measure] = {
    "battery": Measure("battery", "%"),
    "batt": Measure("battery", "%"),
    "illuminance": Measure("light", "lx"),
    "illuminance_lux": Measure("light", "lx"),
    "lux": Measure("light", "lx"),
    "luminos": Measure("light", "lx"),
    "temperature": Measure("temperature", "°C"),
    "device_temperature": Measure("temperature", "°C"),
    "tempc": Measure("temperature", "°C"),
    "humidity": Measure("humidity", "%"),
    "hum": Measure("humidity", "%"),
    "co2": Measure("co2", "ppm"),
    "carbon_dioxide": Measure("co2", "ppm"),
    "pressure": Measure("pressure", "hPa"),
    "power": Measure("power", "W"),
    "sound": Measure("sound", "dB"),
    "noise": Measure("sound", "dB"),
    "target_distance": Measure("distance", "m"),
    "moving_distance": Measure("distance", "m", 0.01),
    "still_distance": Measure("distance", "m", 0.01),
    "detection_distance": Measure("distance", "m", 0.01),
    "moving_energy": Measure("energy", "%"),
    "still_energy": Measure("energy", "%"),
}

_COUNTS = (
    "target_count",
    "people",
    "people_count",
    "person_count",
    "persons",
    "occupants",
    "occupant_count",
    "zone_count",
)


def is_count(name: str) -> bool:
    """Whether a name ends with a word for how many persons there are.

    >>> is_count("zone_1_still_target_count"), is_count("Room people"), is_count("reboot_count")
    (True, True, False)
    """
    return name.lower().replace(" ", "_").endswith(_COUNTS)


def level(
    channel: str, said: object, flags: tuple[Flag, ...] = (), event_ms: int | None = None
) -> Statement | None:
    """A level by its channel's documented name; None where it is no known measure.

    A value that is no number is told as not known, never left at its last one.
    """
    measure = MEASURES.get(channel.lower())
    if measure is None or isinstance(said, bool | dict | list):
        return None
    value = number(said)
    told = None if value is None else round(value * measure.factor, 6)
    return Statement(channel, "level", told, measure.quantity, measure.unit, event_ms, flags=flags)
