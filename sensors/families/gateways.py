"""Bluetooth gateways: OpenMQTTGateway, Theengs Gateway, Happy Bubbles. Scanners of their room.

The gateway is the device; what it hears are sightings, and sensors whose adverts it decodes are
devices of their own, named by their address. "Not heard any more" is one gateway's word: it is no
absence. RSSI, SSID and addresses of the gateway itself go nowhere.

Source: docs.openmqttgateway.com 1.8, gateway.theengs.io 1.5, decoder.theengs.io; Happy Bubbles.
"""

import msgspec

from sensors.families import gateway_objects as objects
from sensors.families.advert import Advert, bytes_written
from sensors.families.bthome import hear_service_data
from sensors.families.will import will_heard
from sensors.identity import plain_address
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, text_of
from sensors.statement import Facts, Flag, Hearing, Statement, note, refusal

LONGEST_BYTES = 1024
"""Of an advert alone, as hex."""
ALIVE_S = 120.0
"""How often SYStoMQTT comes."""
DELETED = "LWT: empty, so what the broker had kept is deleted"


class OpenMqttGatewayFamily:
    """Boards that run OpenMQTTGateway, and what speaks as they do."""

    name = "openmqttgateway"
    patterns: tuple[str, ...] = (
        *(f"{base}+/BTtoMQTT/#" for base in ("", "+/", "+/+/")),
        *(f"{base}+/{leaf}" for base in ("+/", "+/+/") for leaf in ("SYStoMQTT", "HCSR501toMQTT")),
        *(f"+/{presence}/+" for presence in ("presence", "home_presence")),
        *(f"{base}LWT" for base in ("+/+/", "+/+/+/")),
        "+/+/presence",
        "+/+/DHTtoMQTT",
        "+/+/CLIMAtoMQTT/#",
        "+/+/RTL_433toMQTT/#",
        "+/+/RLStoMQTT",
        "+/+/commands/#",
        "happy-bubbles/#",
    )

    def hear(self, message: Message, remembered: Facts, keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        levels = message.topic.split("/")
        scanned = _scanned(levels)
        if scanned is not None:
            return _object(message, *scanned, remembered, keys)
        match levels:
            case [*_, gateway, "LWT"]:
                is_deleted = not message.payload.strip()
                return note(DELETED, gateway) if is_deleted else will_heard(message, gateway)
            case [*_, gateway, "SYStoMQTT"]:
                noted = "the gateway's own health"
                return Hearing(gateway, (), not message.retained, ALIVE_S, noted=noted)
            case [*_, gateway, ("HCSR501toMQTT" | "DHTtoMQTT") as leaf]:
                return _wired(message, gateway, leaf)
            case [*_, gateway, "CLIMAtoMQTT", leaf] | [*_, gateway, "CLIMAtoMQTT", leaf, _]:
                return _wired(message, gateway, leaf)
            case _:
                return _aside(levels)


class TheengsFamily(OpenMqttGatewayFamily):
    """Theengs Gateway, which speaks as OpenMQTTGateway does; by the name that it has at first."""

    name = "theengs"
    patterns: tuple[str, ...] = ("+/TheengsGateway/#", "+/presence/TheengsGateway")


def _scanned(levels: list[str]) -> tuple[str, str] | None:
    """The gateway, and the last level of a topic on which it says whom it heard."""
    match levels:
        case ["happy-bubbles", "ble", gateway, *_]:
            return gateway, ""
        case [*_, gateway, "BTtoMQTT", tag]:
            return gateway, tag
        case [_, "presence" | "home_presence", gateway] | [_, gateway, "presence"]:
            return gateway, ""
        case _:
            return None


def _aside(levels: list[str]) -> Hearing:
    """What stands beside: commands, settings, what others concluded."""
    match levels:
        case ["happy-bubbles", *_]:
            return note("what another service concluded: no evidence of its own")
        case [_, gateway, "commands", *_]:
            return note("a command to the gateway", gateway)
        case [_, gateway, "RTL_433toMQTT", *_]:
            return note("another radio of the gateway: nothing that is read here", gateway)
        case [*_, gateway, "BTtoMQTT"] | [_, gateway, *_]:
            return note("the gateway's own settings", gateway)
        case _:
            return refusal(Reason.UNKNOWN_TOPIC, "expected <base>/<gateway>/BTtoMQTT/<id>")


def _wired(message: Message, gateway: str, leaf: str) -> Hearing:
    """What a sensor on the gateway itself says; the PIR's word for motion is `presence`."""
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), gateway)
    said = tuple(objects.statements(told, is_pir=leaf == "HCSR501toMQTT"))
    return Hearing(gateway, said, not message.retained, noted="" if said else "no known sensor")


def _object(message: Message, gateway: str, tag: str, remembered: Facts, keys: Keys) -> Hearing:
    """An advert that a gateway heard, as an object; or BTHome's service data alone."""
    bare = bytes_written(message.payload[:LONGEST_BYTES]) if plain_address(tag) else None
    if bare:
        heard = hear_service_data(bare, plain_address(tag), message.received_ms, remembered, keys)
        return _inside(heard, gateway, ())
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), gateway)
    advert = objects.who(told, keys)
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    seen = objects.sighting(told, advert, flags)
    sightings = () if seen is None else (seen,)
    sensor = objects.address_in(told) or plain_address(tag)
    opened = _opened(told, sensor, message.received_ms, remembered, keys)
    if opened is not None:
        return _inside(opened, gateway, sightings)
    said = tuple(_of(one, sensor) for one in objects.statements(told)) + sightings
    if not said and text_of(told.get("cipher")):
        return refusal(Reason.ENCRYPTED, "no key of this sensor is known", gateway)
    return Hearing(gateway, said, not message.retained, noted="" if said else _why(told, advert))


def _opened(
    told: dict[str, object], sensor: str, received_ms: int, remembered: Facts, keys: Keys
) -> Hearing | None:
    """What the BTHome service data in an object says; None where there is none."""
    data = objects.service_data(told, objects.BTHOME_UUID)
    tries = (data,) if data else objects.sealed(told)
    heard = None
    for one in tries:
        heard = hear_service_data(one, sensor, received_ms, remembered, keys)
        if heard.refused is not Reason.ENCRYPTED:
            return heard
    return heard


def _inside(heard: Hearing, gateway: str, sightings: tuple[Statement, ...]) -> Hearing:
    """What a sensor behind a gateway said, and that it was heard; a repetition was heard too."""
    said = tuple(_of(one, heard.device) for one in heard.statements)
    return msgspec.structs.replace(
        heard,
        device=gateway,
        statements=said if heard.refused else said + sightings,
        repeated=heard.repeated and not sightings,
    )


def _of(said: Statement, device: str) -> Statement:
    return msgspec.structs.replace(said, device=said.device or device)


def _why(told: dict[str, object], heard: Advert) -> str:
    """Why an object says nothing of anybody."""
    if told.get("state") in ("online", "offline") or told.get("presence") in ("present", "absent"):
        return "one gateway's word on who is near: neither a sighting nor an absence"
    if "characteristic" in told:
        return "an answer to a command"
    nobody = ", and nobody's" if heard.flags else ""
    return f"{heard.what or 'an advert'} without rssi: no sighting{nobody}"
