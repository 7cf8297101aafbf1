"""Routes: which board of the building a device's name on the wire, or a topic, stands for."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from sensors.bases import parted
from sensors.topic import captured

SensorKind = Literal["motion", "presence", "scanner", "count", "level", "contact"]
ALIKE = {"theengs": "openmqttgateway"}
"""Families that speak alike: which of them a topic is of, its gateway's name alone can tell."""
OWN_PREFIX = ("esphome", "shelly")
"""Families whose topics begin with the device's own name, of as many levels as its owner likes."""
_OTHER = re.compile(r"[^a-z0-9._-]+")


@lru_cache(4096)
def channel_id(channel: str) -> str:
    """A channel's name as the building file spells it.

    >>> channel_id("presencezone:200"), channel_id("LD2410/Presence"), channel_id("occupancy")
    ('presencezone-200', 'ld2410-presence', 'occupancy')
    """
    return _OTHER.sub("-", channel.lower()).strip("-") or "value"


@dataclass(frozen=True, slots=True)
class Route:
    """One device of somebody else's making, and the board that it is in the building file."""

    family: str
    board: str
    device: str = ""
    """Its name on the wire, a pattern; empty where `topic` says it."""
    base: str = ""
    """First levels of its topics, where they are not the family's usual ones."""
    topic: str = ""
    """A topic pattern, with `+` and `#` where the file's wildcards had no meaning."""
    channel: str = ""
    """Only this channel; empty for all."""
    heartbeat_s: float = 3600.0
    """How often a sign of life is due where the family does not promise one."""

    @property
    def is_plain(self) -> bool:
        """Whether it names one device."""
        return not self.topic and not {"+", "#"} & set(parted(self.device)[1].split("/"))

    def leads(self, topic: str, device: str) -> bool:
        """Whether a device that spoke on a topic is this one."""
        if self.topic:
            return captured(self.topic, topic) is not None
        (base, pattern), (below, name) = parted(self.device), parted(device)
        return base == below and captured(pattern, name) is not None

    def bears(self, device: str) -> bool:
        """Whether its topic has a device's name in it, which is all that an inventory tells.

        >>> Route("esphome", "b", topic="office/+/desk-1/binary_sensor/#").bears("office/3/desk-1")
        True
        >>> Route("esphome", "b", topic="office/+/desk-1/binary_sensor/#").bears("desk-2")
        False
        """
        names, parts = device.split("/"), self.topic.split("/")
        ends = [i for i, part in enumerate(parts, 1) if part == names[-1] and i >= len(names)]
        return any(captured("/".join(parts[i - len(names) : i]), device) is not None for i in ends)


@dataclass(frozen=True)
class Routes:
    """All routes, found by name in one step, by pattern one by one."""

    routes: Sequence[Route] = ()
    _plain: dict[tuple[str, str], list[Route]] = field(default_factory=dict, compare=False)
    _other: dict[str, list[Route]] = field(default_factory=dict, compare=False)
    _boards: dict[str, Route] = field(default_factory=dict, compare=False)
    _bases: dict[str, list[str]] = field(default_factory=dict, compare=False)
    _prefixes: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for route in self.routes:
            self._boards[route.board] = route
            family = ALIKE.get(route.family, route.family)
            if route.is_plain:
                self._plain.setdefault((family, route.device), []).append(route)
            else:
                self._other.setdefault(family, []).append(route)
            if route.base:
                families = self._bases.setdefault(route.base, [])
                families += [] if route.family in families else [route.family]
            elif route.is_plain and route.family in OWN_PREFIX:
                self._prefixes[route.device] = route.family

    def also(self, base: str, family: str) -> "Routes":
        """These, and that a family speaks below a base."""
        return Routes((*self.routes, Route(family, "", base=base)))

    def of(self, family: str, topic: str, device: str) -> Sequence[Route]:
        """The routes of a device, those that name it first."""
        family = ALIKE.get(family, family)
        plain = self._plain.get((family, device), ())
        others = self._other.get(family)
        if others is None:
            return plain
        return [*plain, *(route for route in others if route.leads(topic, device))]

    def bearing(self, family: str, device: str) -> Iterator[Route]:
        """The routes by topic that have a device's name in their topic."""
        for route in self._other.get(ALIKE.get(family, family), ()):
            if route.topic and route.bears(device):
                yield route

    def of_topic(self, topic: str) -> str:
        """The family that a topic pattern claims a topic for; empty if none does."""
        for family, routes in self._other.items():
            if any(route.topic and captured(route.topic, topic) is not None for route in routes):
                return family
        return next((self._prefixes[p] for p, _ in _cuts(topic, self._prefixes)), "")

    def bases_of(self, topic: str) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Bases that a topic lies below, the rest of it and their families; the longest first."""
        for base, rest in _cuts(topic, self._bases):
            yield base, rest, self._bases[base]

    def below(self, family: str, name: str) -> Iterable[Route]:
        """The routes of all devices whose name on the wire begins so; `*` is all of its base."""
        base, begin = parted(name)
        for route in self._boards.values():
            below, device = parted(route.device)
            under = begin in ("*", device) or device.startswith(f"{begin}/")
            if route.family == family and below == base and under:
                yield route


def _cuts(topic: str, known: Collection[str]) -> list[tuple[str, str]]:
    """The first levels of a topic that are known, and the rest; the longest first."""
    if not known:
        return []
    ends = [at for at, sign in enumerate(topic) if sign == "/" and topic[:at] in known]
    return [(topic[:at], topic[at + 1 :]) for at in reversed(ends)]
