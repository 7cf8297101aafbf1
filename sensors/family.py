"""The interface of a device family, and what a decoder may ask of the world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sensors.keys import NO_KEYS, Keys
from sensors.message import Message
from sensors.routing import Routes
from sensors.statement import Facts, Hearing
from sensors.tag import Tag


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a decoder may know besides the message: all of it data, none of it a clock."""

    site: str
    boards: Mapping[str, str]
    """Board id to family, as the building file tells."""
    sensors: Mapping[str, str]
    """Each channel `<board>/<channel>` in the building file, and its kind there."""
    enrolled: Callable[[str, int], Tag | None]
    """The tag of an address at an event time in ms UTC; None for strangers and after hours."""
    max_age_ms: int = 24 * 3_600_000
    """Readings older than this are refused."""
    routes: Routes = field(default_factory=Routes)
    """Where devices of foreign families stand."""
    keys: Callable[[], Keys] = lambda: NO_KEYS
    """What is needed to read encrypted adverts and changing addresses, as of now."""


class Foreign(Protocol):
    """A family of devices that know nothing of us: it hears, and `sensors.placing` places."""

    name: str
    patterns: tuple[str, ...]
    """Topic patterns that are its own by its maker's documents; see `sensors.topic.captured`."""

    def hear(self, message: Message, remembered: Facts, keys: Keys, /) -> Hearing:
        """What a message of this family says; never raises, changes nothing."""
