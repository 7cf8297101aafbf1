"""Bluetooth gateways: OpenMQTTGateway, Theengs Gateway, Happy Bubbles. Scanners of their room.

The gateway is the device; what it hears are sightings, and sensors whose adverts it decodes are
devices of their own, named by their address. "Not heard any more" is one gateway's word: it is no
absence. RSSI, SSID and addresses of the gateway itself go nowhere.

Source: docs.openmqttgateway.com 1.8, gateway.theengs.io 1.5, decoder.theengs.io; Happy Bubbles.
"""

from sensors.families.advert import Advert, advert_in
from sensors.families.bthome import hear_service_data
from sensors.families.measures import level
from sensors.families.will import will_heard
from sensors.identity import ibeacon, is_changing, plain_address, resolved, unreliable
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, text_of, yes_or_no
from sensors.statement import Flag, Hearing, Kind, Statement, refusal

ALIVE_S = 120.0
"""How often SYStoMQTT comes."""
LEVELS: dict[str, Kind] = {
    "motion": "motion",
    "moving": "motion",
    "hcsr501": "motion",
    "presence": "presence",
    "occupancy": "presence",
    "open": "contact",
    "door": "contact",
    "window": "contact",
}
THINGS = ("TILE", "AIRTAG", "SMARTTAG", "ITAG", "TAGIT", "FINDMY")
"""Models that hang on things: a bag that stays at a desk is nobody."""


class OpenMqttGatewayFamily:
    """Boards that run OpenMQTTGateway, and what speaks as they do."""

    name = "openmqttgateway"
    patterns: tuple[str, ...] = (
        *(f"{base}+/BTtoMQTT/#" for base in ("", "+/", "+/+/")),
        *(f"{base}+/{leaf}" for base in ("+/", "+/+/") for leaf in ("SYStoMQTT", "HCSR501toMQTT")),
        *(f"+/{presence}/+" for presence in ("presence", "home_presence")),
        "+/+/LWT",
        "+/+/presence",
        "+/+/commands/#",
        "happy-bubbles/ble/+/#",
    )

    def hear(self, message: Message, memory: Memory, keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        match message.topic.split("/"):
            case ["happy-bubbles", "ble", host, *_]:
                return _object(message, host, "", memory, keys)
            case [*base, "BTtoMQTT", tag] if base:
                return _object(message, base[-1], tag, memory, keys)
            case [_, "presence" | "home_presence", gateway] | [_, gateway, "presence"]:
                return _object(message, gateway, "", memory, keys)
            case [*base, leaf] if base:
                return _own(message, base[-1], leaf)
            case _:
                return refusal(Reason.UNKNOWN_TOPIC, "expected <base>/<gateway>/BTtoMQTT/<id>")


class TheengsFamily(OpenMqttGatewayFamily):
    """Theengs Gateway, which speaks as OpenMQTTGateway does."""

    name = "theengs"


def _own(message: Message, gateway: str, leaf: str) -> Hearing:
    """What a gateway tells of itself."""
    if leaf == "LWT":
        return will_heard(message, gateway)
    if leaf == "HCSR501toMQTT":
        return _sensors(message, gateway)
    alive = leaf == "SYStoMQTT" and not message.retained
    return Hearing(gateway, (), alive, ALIVE_S, noted="the gateway's own health, or a command")


def _sensors(message: Message, gateway: str) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), gateway)
    said = tuple(_statements(told, ""))
    return Hearing(gateway, said, not message.retained, noted="" if said else "no known sensor")


def _object(message: Message, gateway: str, tag: str, memory: Memory, keys: Keys) -> Hearing:
    """An advert that a gateway heard, as an object; or BTHome's service data alone."""
    bare = _hex(text(message))
    if bare and plain_address(tag):
        return _inside(
            hear_service_data(bare, plain_address(tag), message.received_ms, memory, keys), gateway
        )
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), gateway)
    if text_of(told.get("servicedatauuid")).lower().removeprefix("0x")[:8] in ("fcd2", "0000fcd2"):
        data = _hex(text_of(told.get("servicedata")))
        address = plain_address(text_of(told.get("id"))) or plain_address(tag)
        if data:
            return _inside(
                hear_service_data(data, address, message.received_ms, memory, keys), gateway
            )
    return _advert(told, message, gateway, tag, keys)


def _inside(heard: Hearing, gateway: str) -> Hearing:
    """What a sensor behind a gateway said."""
    said = tuple(_of(one, heard.device) for one in heard.statements)
    return Hearing(
        gateway,
        said,
        heard.alive,
        noted=heard.noted,
        repeated=heard.repeated,
        refused=heard.refused,
        detail=heard.detail,
        learned=heard.learned,
    )


def _of(said: Statement, device: str) -> Statement:
    return Statement(
        said.channel,
        said.kind,
        said.value,
        said.quantity,
        said.unit,
        said.event_ms,
        said.device or device,
        said.address,
        said.reference_dbm,
        said.held_s,
        said.flags,
    )


def _advert(
    told: dict[str, object], message: Message, gateway: str, tag: str, keys: Keys
) -> Hearing:
    address = plain_address(text_of(told.get("id")) or text_of(told.get("mac")))
    sensor = address or plain_address(tag)
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    said = [_of(one, sensor) for one in _statements(told, sensor)]
    rssi_dbm = number(told.get("rssi"))
    heard = _who(told, address, keys)
    if rssi_dbm is not None and -127 <= rssi_dbm <= 20:
        said.append(
            Statement(
                "ble",
                "sighting",
                rssi_dbm,
                unit="dBm",
                address=heard.address,
                reference_dbm=heard.reference_dbm,
                flags=flags + heard.flags,
            )
        )
    noted = "" if said else _why(told, heard)
    return Hearing(gateway, tuple(said), not message.retained, noted=noted)


def _why(told: dict[str, object], heard: Advert) -> str:
    """Why an object says nothing of anybody."""
    if "state" in told or "presence" in told:
        return "one gateway's word on who is near: neither a sighting nor an absence"
    return f"{heard.what or 'an advert'} without rssi: no sighting"


def _statements(told: dict[str, object], sensor: str) -> list[Statement]:
    """What a decoder before us read in a sensor's advert; a missing key says nothing."""
    found: list[Statement] = []
    for key, value in told.items():
        kind = LEVELS.get(key)
        is_state = key == "presence" and value in ("present", "absent")
        if kind is not None and not is_state:
            yes = yes_or_no(value)
            found += [] if yes is None else [Statement(key, kind, yes)]
        elif (sensor or key != "rssi") and (one := level(key, value)) is not None:
            found.append(one)
    return found


def _who(told: dict[str, object], address: str, keys: Keys) -> Advert:
    """Who was heard: a beacon's own identity goes before an address, which may change."""
    uuid = text_of(told.get("uuid"))
    in_hex = "beacon_type" in told or "tx_power" in told
    name = ibeacon(uuid, told.get("major"), told.get("minor"), in_hex=in_hex) if uuid else ""
    if name:
        return Advert(name, _reference(told), unreliable(name), "an iBeacon")
    data = _hex(text_of(told.get("manufacturerdata")))
    found = advert_in(data) if data else None
    if found is not None and found.address:
        return found
    model = text_of(told.get("model_id")).upper()
    if model.startswith(THINGS):
        return Advert(address, None, ("shared",), "a thing")
    owner = resolved(address, keys.resolving_keys)
    if owner:
        return Advert(owner, None, (), "a device of somebody who takes part")
    is_random = number(told.get("mac_type")) == 1 or told.get("prmac") is True
    changes = is_changing(address) and (is_random or "mac_type" not in told)
    if len(address) != 12 or changes or told.get("prmac") is True or found is not None:
        return Advert("", None, ("anonymous",), found.what if found else "an address that changes")
    return Advert(address)


def _reference(told: dict[str, object]) -> float | None:
    """The power at 1 m that a beacon tells of itself; a positive one is something else."""
    raw = told.get("tx_power")
    if isinstance(raw, str):
        data = _hex(raw)
        found: float | None = int.from_bytes(data[:1], signed=True) if data else None
    else:
        found = number(told.get("txpower"))
    return float(found) if found is not None and -127 <= found < 0 else None


def _hex(told: str) -> bytes:
    """Bytes of a text; empty where it is no hex, as some firmware sends."""
    try:
        return bytes.fromhex(told) if len(told) <= 1024 else b""
    except ValueError:
        return b""
