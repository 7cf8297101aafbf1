"""The directory of foreign families: which one a topic belongs to."""

from collections.abc import Mapping

from sensors.families.beacon import BeaconFamily
from sensors.families.bthome import BthomeFamily
from sensors.families.discovery import DiscoveryFamily
from sensors.families.esphome import EsphomeFamily
from sensors.families.espresense import EspresenseFamily
from sensors.families.gateways import OpenMqttGatewayFamily, TheengsFamily
from sensors.families.lorawan import ChirpStackFamily, ThingsStackFamily
from sensors.families.shelly import ShellyFamily
from sensors.families.sparkplug import SparkplugFamily
from sensors.families.tasmota import TasmotaFamily
from sensors.families.zigbee2mqtt import Zigbee2MqttFamily
from sensors.family import Foreign
from sensors.routing import Routes
from sensors.statement import Facts
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

UNASKED: Mapping[str, str] = {"tasmota/discovery/": "tasmota", "STATE/": "sparkplug"}
"""Topics of a family that tell nothing of a place: heard in a recording, never subscribed to."""


def family_of(topic: str, payload: bytes, remembered: Facts, routes: Routes) -> str:
    """The name of the family that a topic belongs to; empty where none claims it.

    What the building file says goes first, then what was announced, then what makers document.
    """
    if topic.startswith("espresense/"):
        return "espresense"
    claimed = routes.of_topic(topic)
    if claimed:
        return claimed
    if _DISCOVERY.knows(topic, remembered):
        return _DISCOVERY.name
    for name, family in FOREIGN.items():
        if any(captured(pattern, topic) is not None for pattern in family.patterns):
            is_object = topic.endswith("/status") and payload.lstrip()[:1] == b"{"
            return "shelly" if name == "esphome" and is_object else name
    return next((name for begin, name in UNASKED.items() if topic.startswith(begin)), "")
