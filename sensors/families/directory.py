"""The directory of foreign families: which one a topic belongs to."""

from collections.abc import Mapping

from sensors.families.bthome import BthomeFamily
from sensors.families.espresense import EspresenseFamily
from sensors.families.lorawan import ChirpStackFamily, ThingsStackFamily
from sensors.family import Foreign
from sensors.memory import Memory
from sensors.routing import Routes
from sensors.topic import captured

_ALL: tuple[Foreign, ...] = (
    EspresenseFamily(),
    ChirpStackFamily(),
    ThingsStackFamily(),
    BthomeFamily(),
)
FOREIGN: Mapping[str, Foreign] = {family.name: family for family in _ALL}
"""By name, in the order in which patterns are tried: those with a prefix of their own first."""


def family_of(topic: str, memory: Memory, routes: Routes) -> str:
    """The name of the family that a topic belongs to; empty where none claims it.

    What the building file says goes first, then what was announced, then what makers document.
    """
    if topic.startswith("espresense/"):
        return "espresense"
    claimed = routes.of_topic(topic)
    if claimed:
        return claimed
    for name, family in FOREIGN.items():
        if any(captured(pattern, topic) is not None for pattern in family.patterns):
            return name
    return ""
