"""BTHome v2 objects: the table of meanings, and how the objects in an advert are read.

Source: bthome.io/format (version 2) and Bluetooth-Devices/bthome-ble 3.14, both little-endian.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sensors.statement import Kind, Statement

PACKET_ID = 0x00
BUTTON = 0x3A
DIMMER = 0x3C
TIMESTAMP = 0x50
COUNTED = frozenset({0x53, 0x54})
"""Text and raw bytes: their first byte is their length."""

PRESSES = {
    1: "press",
    2: "double_press",
    3: "triple_press",
    4: "long_press",
    5: "long_double_press",
    6: "long_triple_press",
    0x80: "hold_press",
}
TURNS = {1: "rotate_left", 2: "rotate_right"}


class Meaning(NamedTuple):
    """What the bytes of an object stand for."""

    name: str
    """The channel; empty for what is no measurement."""
    length_bytes: int = 1
    factor: float = 1
    unit: str = ""
    quantity: str = ""
    """Where it is not the name."""
    signed: bool = False
    kind: Kind = "level"
    is_flag: bool = False
    """One byte, 0 or 1."""


def _flag(name: str, kind: Kind = "binary") -> Meaning:
    return Meaning(name, kind=kind, is_flag=True)


def _count(length_bytes: int, *, signed: bool = False) -> Meaning:
    return Meaning("count", length_bytes, signed=signed, kind="count")


MEANINGS: dict[int, Meaning] = {
    PACKET_ID: Meaning(""),
    0x01: Meaning("battery", unit="%"),
    0x02: Meaning("temperature", 2, 0.01, "°C", signed=True),
    0x03: Meaning("humidity", 2, 0.01, "%"),
    0x04: Meaning("pressure", 3, 0.01, "hPa"),
    0x05: Meaning("illuminance", 3, 0.01, "lx", "light"),
    0x06: Meaning("mass", 2, 0.01, "kg"),
    0x07: Meaning("mass", 2, 0.01, "lb"),
    0x08: Meaning("dew_point", 2, 0.01, "°C", signed=True),
    0x09: _count(1),
    0x0A: Meaning("energy", 3, 0.001, "kWh"),
    0x0B: Meaning("power", 3, 0.01, "W"),
    0x0C: Meaning("voltage", 2, 0.001, "V"),
    0x0D: Meaning("pm25", 2, unit="µg/m³"),
    0x0E: Meaning("pm10", 2, unit="µg/m³"),
    0x0F: _flag("generic"),
    0x10: _flag("power_on"),
    0x11: _flag("opening", "contact"),
    0x12: Meaning("co2", 2, unit="ppm"),
    0x13: Meaning("tvoc", 2, unit="µg/m³"),
    0x14: Meaning("moisture", 2, 0.01, "%"),
    0x15: _flag("battery_low"),
    0x16: _flag("battery_charging"),
    0x17: _flag("carbon_monoxide"),
    0x18: _flag("cold"),
    0x19: _flag("connectivity"),
    0x1A: _flag("door", "contact"),
    0x1B: _flag("garage_door", "contact"),
    0x1C: _flag("gas_detected"),
    0x1D: _flag("heat"),
    0x1E: _flag("light_detected"),
    0x1F: _flag("lock"),
    0x20: _flag("moisture_detected"),
    0x21: _flag("motion", "motion"),
    0x22: _flag("moving"),
    0x23: _flag("occupancy", "presence"),
    0x24: _flag("plug"),
    0x25: _flag("presence", "presence"),
    0x26: _flag("problem"),
    0x27: _flag("running"),
    0x28: _flag("safety"),
    0x29: _flag("smoke"),
    0x2A: _flag("sound_detected"),
    0x2B: _flag("tamper"),
    0x2C: _flag("vibration"),
    0x2D: _flag("window", "contact"),
    0x2E: Meaning("humidity", unit="%"),
    0x2F: Meaning("moisture", unit="%"),
    BUTTON: Meaning("button", kind="button"),
    DIMMER: Meaning("dimmer", 2, kind="button"),
    0x3D: _count(2),
    0x3E: _count(4),
    0x3F: Meaning("rotation", 2, 0.1, "°", signed=True),
    0x40: Meaning("distance", 2, 0.001, "m"),
    0x41: Meaning("distance", 2, 0.1, "m"),
    0x42: Meaning("duration", 3, 0.001, "s"),
    0x43: Meaning("current", 2, 0.001, "A"),
    0x44: Meaning("speed", 2, 0.01, "m/s"),
    0x45: Meaning("temperature", 2, 0.1, "°C", signed=True),
    0x46: Meaning("uv_index", 1, 0.1),
    0x47: Meaning("volume", 2, 0.1, "L"),
    0x48: Meaning("volume", 2, 0.001, "L"),
    0x49: Meaning("volume_flow_rate", 2, 0.001, "m³/h"),
    0x4A: Meaning("voltage", 2, 0.1, "V"),
    0x4B: Meaning("gas", 3, 0.001, "m³"),
    0x4C: Meaning("gas", 4, 0.001, "m³"),
    0x4D: Meaning("energy", 4, 0.001, "kWh"),
    0x4E: Meaning("volume", 4, 0.001, "L"),
    0x4F: Meaning("water", 4, 0.001, "L"),
    TIMESTAMP: Meaning("", 4),
    0x51: Meaning("acceleration", 2, 0.001, "m/s²"),
    0x52: Meaning("gyroscope", 2, 0.001, "°/s"),
    0x53: Meaning(""),
    0x54: Meaning(""),
    0x55: Meaning("volume_storage", 4, 0.001, "L"),
    0x56: Meaning("conductivity", 2, unit="µS/cm"),
    0x57: Meaning("temperature", 1, 1, "°C", signed=True),
    0x58: Meaning("temperature", 1, 0.35, "°C", signed=True),
    0x59: _count(1, signed=True),
    0x5A: _count(2, signed=True),
    0x5B: _count(4, signed=True),
    0x5C: Meaning("power", 4, 0.01, "W", signed=True),
    0x5D: Meaning("current", 2, 0.001, "A", signed=True),
    0x5E: Meaning("direction", 2, 0.01, "°"),
    0x5F: Meaning("precipitation", 2, 0.1, "mm"),
    0x60: Meaning("channel"),
    0x61: Meaning("rotational_speed", 2, unit="rpm"),
    0x62: Meaning("speed", 4, 0.000001, "m/s", signed=True),
    0x63: Meaning("acceleration", 4, 0.000001, "m/s²", signed=True),
    0x64: Meaning("light_level"),
    0xF0: Meaning("", 2),
    0xF1: Meaning("", 4),
    0xF2: Meaning("", 3),
}
"""By object id. 0xF0 to 0xF2 are the model and its firmware. A contact is true when open."""


class Found(NamedTuple):
    """One object of an advert."""

    object_id: int
    data: bytes

    @property
    def unsigned(self) -> int:
        """Its bytes as a number, whatever they mean."""
        return int.from_bytes(self.data, "little")


def found_objects(body: bytes) -> tuple[list[Found], str]:
    r"""The objects up to the first that can't be read, and why reading stopped there.

    An object's length is known from its id alone: nothing can be read behind an unknown one.

    >>> found_objects(bytes.fromhex("0163210100"))[0]
    [Found(object_id=1, data=b'c'), Found(object_id=33, data=b'\x01')]
    >>> found_objects(bytes.fromhex("feca09"))
    ([], 'unknown object 0xFE')
    """
    found: list[Found] = []
    at = 0
    while at < len(body):
        object_id = body[at]
        meaning = MEANINGS.get(object_id)
        if meaning is None:
            return found, f"unknown object 0x{object_id:02X}"
        begin, length = at + 1, meaning.length_bytes
        if object_id in COUNTED:
            begin, length = at + 2, body[at + 1] if at + 1 < len(body) else 1
        at = begin + length
        if at > len(body):
            return found, f"object 0x{object_id:02X} is cut off"
        found.append(Found(object_id, body[begin:at]))
    return found, ""


def statements(objects: Iterable[Found]) -> tuple[Statement, ...]:
    """What the objects say; a second one of the same name has a channel that ends in `_2`.

    A button that was not pressed says nothing but has its number, as remote controls need.
    """
    told: list[Statement] = []
    times: dict[str, int] = {}
    for found in objects:
        meaning = MEANINGS[found.object_id]
        if not meaning.name:
            continue
        nth = times[meaning.name] = times.get(meaning.name, 0) + 1
        channel = meaning.name if nth == 1 else f"{meaning.name}_{nth}"
        value = _value(found, meaning)
        if value is not None:
            quantity = "" if meaning.kind != "level" else meaning.quantity or meaning.name
            told.append(Statement(channel, meaning.kind, value, quantity, meaning.unit))
    return tuple(told)


def _value(found: Found, meaning: Meaning) -> bool | float | str | None:
    """A flag that is neither 0 nor 1, and an event that is none or unknown, say nothing."""
    if meaning.is_flag:
        return {0: False, 1: True}.get(found.unsigned)
    if meaning.kind == "button":
        return (PRESSES if found.object_id == BUTTON else TURNS).get(found.data[0])
    raw = int.from_bytes(found.data, "little", signed=meaning.signed)
    return raw if meaning.factor == 1 else round(raw * meaning.factor, 6)
