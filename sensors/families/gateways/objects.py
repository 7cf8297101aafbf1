"""Objects that Bluetooth gateways publish: whom they heard, and what they read in an advert.

Source: decoder.theengs.io (names of properties, types and models); docs.openmqttgateway.com 1.8,
"BLE gateway"; OpenMQTTGateway's sensor modules; happybubbles.tech/presence/docs/mqtt.
"""

import msgspec

from sensors.families.advert import Advert, advert_in, eddystone
from sensors.families.measures import level
from sensors.identity import (
    believable_dbm,
    eddystone_uid,
    ibeacon,
    is_changing,
    plain_address,
    reckoned_m,
    unreliable,
)
from sensors.keys import Keys
from sensors.spelling import number, text_of, yes_or_no
from sensors.statement import Flag, Kind, Statement

LEVELS: dict[str, Kind] = {
    "motion": "motion",
    "moving": "binary",
    "hcsr501": "motion",
    "presence": "presence",
    "occupancy": "presence",
    "open": "contact",
    "door": "contact",
    "window": "contact",
}
"""What moves is the thing itself, such as a tag: that is nobody's motion at a desk."""
MEASURED = {
    "batt",
    "battery",
    "lux",
    "illuminance",
    "tempc",
    "temperature",
    "hum",
    "humidity",
    "co2",
}
OLD_TEMPERATURES = ("tem", "temp")
"""Of earlier firmware and wired sensors, in °C unless `unit` is F."""
THINGS = (
    "TILE",
    "AIRTAG",
    "SMARTTAG",
    "ITAG",
    "TAGIT",
    "FINDMY",
    "NUT",
    "GTAG",
    "BOSCHNYON",
    "FMT100",
)
"""Models that hang on things: a bag that stays at a desk is nobody."""
CLASSES = ("APPLE", "MS-CDP", "GAEN")
"""Models that are kinds of phones and computers, whose addresses change."""
EDDYSTONE_UUID, BTHOME_UUID = "feaa", "fcd2"
LONGEST_HEX = 1024


def bytes_in(told: object) -> bytes:
    """Bytes of a text; empty where it is no hex, as some firmware sends."""
    try:
        return bytes.fromhex(told) if isinstance(told, str) and len(told) <= LONGEST_HEX else b""
    except ValueError:
        return b""


def service_data(told: dict[str, object], uuid: str) -> bytes:
    """An object's service data, if it is of a 16-bit UUID, in any of its spellings."""
    said = text_of(told.get("servicedatauuid")).lower().removeprefix("0x")[:8]
    return bytes_in(told.get("servicedata")) if said in (uuid, f"0000{uuid}") else b""


def sealed(told: dict[str, object]) -> tuple[bytes, ...]:
    """BTHome's service data of an object that has it in parts: what it was, but for its first byte.

    A gateway without the key publishes `cipher`, `ctr` and `mic`, and not whether the sensor is one
    that sends when something happens: it is one of two.
    """
    if number(told.get("encr")) != 2:
        return ()
    parts = [bytes_in(told.get(key)) for key in ("cipher", "ctr", "mic")]
    return tuple(bytes([info]) + b"".join(parts) for info in (0x45, 0x41)) if all(parts) else ()


def statements(told: dict[str, object], *, is_pir: bool = False) -> list[Statement]:
    """What a decoder before us read in a sensor's advert; a missing key says nothing.

    Args:
        told: The object.
        is_pir: Whether it is of a PIR, whose `presence` is motion.
    """
    # A cover's `motion` and `open` are its own: a blind that tilts is nobody.
    is_cover = told.get("type") == "WCVR" or "calibrated" in told
    found: list[Statement] = []
    for key, value in told.items():
        kind = LEVELS.get(key)
        if kind is not None:
            yes = None if is_cover or value in ("present", "absent") else yes_or_no(value)
            kind = "motion" if is_pir and kind == "presence" else kind
            found += [] if yes is None else [Statement(key, kind, yes)]
        elif key in MEASURED and (one := level(key, value)) is not None:
            found.append(one)
        elif key in OLD_TEMPERATURES and told.get("unit") != "F":
            one = level("temperature", value)
            found += [] if one is None else [msgspec.structs.replace(one, channel=key)]
    return found


def sighting(told: dict[str, object], heard: Advert, flags: tuple[Flag, ...]) -> Statement | None:
    """That a device was heard; None without a strength that a radio can measure."""
    rssi_dbm = believable_dbm(number(told.get("rssi")))
    if rssi_dbm is None:
        return None
    return Statement(
        "ble",
        "sighting",
        rssi_dbm,
        unit="dBm",
        address=heard.address,
        reference_dbm=heard.reference_dbm,
        distance_m=reckoned_m(number(told.get("distance"))),
        flags=flags + heard.flags,
    )


def address_in(told: dict[str, object]) -> str:
    """The sender's address; where `id` is a beacon's UUID, it is in `mac`."""
    return plain_address(text_of(told.get("id"))) or plain_address(text_of(told.get("mac")))


def who(told: dict[str, object], keys: Keys) -> Advert:
    """Who was heard: a beacon's own identity goes before an address, which may change."""
    address = address_in(told)
    beacon = _beacon(told)
    if beacon is not None and beacon.address:
        return beacon
    model = text_of(told.get("model_id")).upper()
    if model.startswith(THINGS):
        return Advert(address, None, ("shared",), "a thing")
    owner = keys.name_of(address)
    if owner:
        return Advert(owner, None, (), "a device of somebody who takes part")
    if beacon is not None:
        return beacon
    why = _why_nobody(told, address)
    return Advert("", None, ("anonymous",), why) if why else Advert(address)


def _why_nobody(told: dict[str, object], address: str) -> str:
    """Why an address is not its sender's for long; empty where it is."""
    model = text_of(told.get("model_id")).upper()
    if told.get("type") == "RMAC" or model.startswith(CLASSES) or told.get("prmac") is True:
        return "an address that changes"
    if len(address) != 12:
        return "an address that is not whole" if address else "an advert that names no sender"
    is_random = number(told.get("mac_type")) == 1 or "mac_type" not in told
    return "an address that changes" if is_changing(address) and is_random else ""


def _beacon(told: dict[str, object]) -> Advert | None:
    """The sender by what it says of itself, read by the gateway or as bytes."""
    in_hex = "beacon_type" in told or "tx_power" in told
    uuid = text_of(told.get("uuid"))
    name = ibeacon(uuid, told.get("major"), told.get("minor"), in_hex=in_hex) if uuid else ""
    if name:
        return Advert(name, _reference(told), unreliable(name), "an iBeacon")
    name = eddystone_uid(text_of(told.get("namespace")), text_of(told.get("instance_id")))
    if name:
        return Advert(name, None, (), "an Eddystone")
    frame = service_data(told, EDDYSTONE_UUID)
    data = bytes_in(told.get("manufacturerdata")) or bytes_in(told.get("data"))
    return (eddystone(frame) if frame else None) or (advert_in(data) if data else None)


def _reference(told: dict[str, object]) -> float | None:
    """The power at 1 m that a beacon tells of itself; a positive one is something else."""
    raw = told.get("tx_power")
    if isinstance(raw, str):
        data = bytes_in(raw)
        found: float | None = int.from_bytes(data[:1], signed=True) if data else None
    else:
        found = number(told.get("txpower"))
    return float(found) if found is not None and -127 <= found < 0 else None
