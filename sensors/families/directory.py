"""The directory of foreign families: which one a topic belongs to."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from sensors.bases import Within, told_apart, under
from sensors.families.beacon import BeaconFamily
from sensors.families.bthome.family import BthomeFamily
from sensors.families.discovery.family import DiscoveryFamily
from sensors.families.esphome.family import EsphomeFamily
from sensors.families.espresense import EspresenseFamily
from sensors.families.gateways.family import OpenMqttGatewayFamily, TheengsFamily
from sensors.families.lorawan.family import ChirpStackFamily, ThingsStackFamily
from sensors.families.shelly.family import ShellyFamily
from sensors.families.sparkplug.family import SparkplugFamily
from sensors.families.tasmota.family import TasmotaFamily
from sensors.families.zigbee2mqtt.family import Zigbee2MqttFamily
from sensors.family import Foreign
from sensors.identity import plain_address
from sensors.keys import Keys
from sensors.message import Message
from sensors.routing import Routes
from sensors.statement import Facts, Hearing
from sensors.topic import captured

_DISCOVERY = DiscoveryFamily()
_ALL: tuple[Foreign, ...] = (
    EspresenseFamily(),
    Zigbee2MqttFamily(),
    _DISCOVERY,
    SparkplugFamily(),
    ChirpStackFamily(),
    ThingsStackFamily(),
    TasmotaFamily(),
    TheengsFamily(),
    OpenMqttGatewayFamily(),
    ShellyFamily(),
    EsphomeFamily(),
    BthomeFamily(),
    BeaconFamily(),
)
FOREIGN: Mapping[str, Foreign] = {family.name: family for family in _ALL}
"""By name, in the order in which patterns are tried: those with a prefix of their own first."""

USUAL: Mapping[str, str] = {
    "espresense": "espresense",
    "zigbee2mqtt": "zigbee2mqtt",
    "homeassistant": "homeassistant",
    "openmqttgateway": "home",
    "theengs": "home",
}
"""The first levels of a family's topics, which a building file may replace; elsewhere none."""
ANYWHERE = (_DISCOVERY.name,)
"""Families whose devices speak on any topic, so that a base can't tell them apart."""
GATEWAYS = ("openmqttgateway", "theengs")
"""Families whose devices may be sensors that they hear, named by their address."""
UNASKED: Mapping[str, str] = {"tasmota/discovery/": "tasmota", "STATE/": "sparkplug"}
"""Topics of a family that tell nothing of a place: heard in a recording, never subscribed to."""


class Origin(NamedTuple):
    """Which family a message comes from."""

    family: str
    """Empty where none claims its topic."""
    topic: str
    """As the family's maker documents it."""
    base: str = ""
    """What tells its devices from those of the same name below the usual first levels."""


def origin_of(topic: str, payload: bytes, remembered: Facts, routes: Routes) -> Origin:
    """Where a message comes from.

    What the building file says goes first, then what was announced, then what makers document.
    """
    for base, rest, families in routes.bases_of(topic):
        for name in families:
            usual = USUAL.get(name, "")
            as_usual = f"{usual}/{rest}" if usual else rest
            if _claims(name, as_usual):
                return Origin(name, as_usual, "" if name in ANYWHERE else base)
    return Origin(family_of(topic, payload, remembered, routes), topic)


def wire_name(family: str, base: str, device: str) -> str:
    """What a device is called that stands in the building file so.

    Gateways spell the address of a sensor in several ways; here it is one.

    >>> wire_name("theengs", "", "A4:C1:38:00:11:22"), wire_name("shelly", "annex", "A4C138001122")
    ('a4c138001122', 'annex#A4C138001122')
    """
    if family in GATEWAYS and len(plain_address(device)) == 12:
        device = plain_address(device)
    return device if family in ANYWHERE else under(base, device)


def heard(origin: Origin, message: Message, remembered: Facts, keys: Keys) -> Hearing:
    """What a message of a foreign family says; never raises, changes nothing."""
    family = FOREIGN[origin.family]
    if origin.topic != message.topic:
        message = msgspec.structs.replace(message, topic=origin.topic)
    if not origin.base:
        return family.hear(message, remembered, keys)
    within = Within(remembered, origin.base)
    return told_apart(family.hear(message, within, keys), origin.base)


def family_of(topic: str, payload: bytes, remembered: Facts, routes: Routes) -> str:
    """The family of a topic below the usual first levels; empty if none claims it."""
    if topic.startswith("espresense/"):
        return "espresense"
    claimed = routes.of_topic(topic)
    if claimed:
        return claimed
    if _DISCOVERY.knows(topic, remembered):
        return _DISCOVERY.name
    for name in FOREIGN:
        if _claims(name, topic):
            is_object = topic.endswith("/status") and payload.lstrip()[:1] == b"{"
            return "shelly" if name == "esphome" and is_object else name
    return next((name for begin, name in UNASKED.items() if topic.startswith(begin)), "")


def _claims(name: str, topic: str) -> bool:
    return any(captured(pattern, topic) is not None for pattern in FOREIGN[name].patterns)
