"""Families: which formats the building file knows, and what they do unless a line says so."""

from collections.abc import Mapping
from typing import Literal

from sensors.families.directory import GATEWAYS
from sensors.identity import plain_address

ForeignName = Literal[
    "espresense",
    "zigbee2mqtt",
    "esphome",
    "tasmota",
    "openmqttgateway",
    "theengs",
    "shelly",
    "homeassistant",
    "chirpstack",
    "thethingsstack",
    "sparkplug",
]
FamilyName = Literal["vrijplek", ForeignName]

HEARTBEATS_S: Mapping[str, float] = {
    "vrijplek": 30.0,
    "espresense": 30.0,
    "openmqttgateway": 120.0,
    "theengs": 120.0,
    "tasmota": 300.0,
}
"""How often a sign of life is due. Source: telemetry periods of the firmware; see docs/families."""
SLOW_HEARTBEAT_S = 3600.0
"""Of families that speak on change, or have batteries: they report about hourly."""
HOLDS_S: Mapping[str, float] = {"zigbee2mqtt": 90.0}
"""How long the software before us keeps motion on. Source: `occupancy_timeout` of Zigbee2MQTT."""


def heartbeat_of(family: str, device: str = "") -> float:
    """How often a sign of life of such a device is due, in seconds.

    A sensor that a Bluetooth gateway hears, which its address names, speaks when it has something
    to say, unlike the gateway.

    >>> heartbeat_of("theengs", "hall"), heartbeat_of("theengs", "A4:C1:38:00:11:22")
    (120.0, 3600.0)
    """
    is_behind = family in GATEWAYS and len(plain_address(device)) == 12
    return SLOW_HEARTBEAT_S if is_behind else HEARTBEATS_S.get(family, SLOW_HEARTBEAT_S)
