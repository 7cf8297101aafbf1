"""The roll: which devices were heard or announced, which are mapped, and the lines to add."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from occupancy.building import Building
from sensors.bases import parted
from sensors.routing import Routes, channel_id
from sensors.statement import Announced
from vrijplek.decoding.heard import Outcome

_KINDS = {"binary": "presence", "sighting": "scanner"}
_PLACED = ("motion", "presence", "count", "contact", "scanner")
_ID = re.compile(r"[^a-z0-9_-]+")
MOST = 2_000
"""Devices that a service remembers; a building has fewer, a flood of invented names more."""
FAMILIES_WITHOUT_BOARDS = ("bthome", "beacon", "")


@dataclass
class Known:
    """One device that was heard or announced."""

    family: str
    device: str
    channels: dict[str, str] = field(default_factory=dict)
    """Channel and kind."""
    messages: int = 0
    last_ms: int | None = None
    board: str = ""
    """Of the building file; empty where it has none."""
    spaces: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """An id for its board."""
        return _ID.sub("-", self.device.lower()).strip("-_")[:64] or "device"

    def lines(self) -> tuple[list[str], list[str]]:
        """The lines to add under `boards` and under `sensors`; `SPACE` is to be filled in."""
        base, device = parted(self.device)
        name = device.replace("\\", "\\\\").replace('"', '\\"')
        told = "" if self.slug == self.device else f', device: "{name}"'
        told += f', base: "{base}"' if base else ""
        board = f"  - {{id: {self.slug}, family: {self.family}{told}}}"
        return [board], [
            f"  - {{id: {self.slug}/{channel_id(channel)}, kind: {_KINDS.get(kind, kind)}, "
            + ("at: [0, 0, 2.5]}" if kind == "sighting" else "sees: [SPACE]}")
            for channel, kind in sorted(self.channels.items())
            if _KINDS.get(kind, kind) in _PLACED
        ]


class Roll:
    """Devices in the order in which they were first heard.

    Args:
        building: To tell which are mapped; None where there is none.
        routes: Its routes.
    """

    def __init__(self, building: Building | None, routes: Routes) -> None:
        self._building, self._routes = building, routes
        self.devices: dict[tuple[str, str], Known] = {}
        self.forgotten = 0
        """How many had to go for others."""

    def meet(self, announced: Iterable[Announced], now_ms: int) -> None:
        """Enter devices that the service has heard, the one heard longest ago going first."""
        for one in announced:
            known = self._of(one.family, one.device, "")
            if known is not None:
                known.channels |= dict(one.channels)
                known.messages, known.last_ms = known.messages + 1, now_ms
                self.devices[one.family, one.device] = self.devices.pop((one.family, one.device))
        while len(self.devices) > MOST:
            del self.devices[next(iter(self.devices))]
            self.forgotten += 1

    def take(self, outcome: Outcome, topic: str) -> None:
        """Enter what one message tells of devices."""
        for reading in outcome.readings:
            device, _, channel = reading.sensor.rpartition("/")
            if outcome.family == "vrijplek" and not device:
                device, channel = channel, ""
            known = self._of(outcome.family, device or outcome.device, topic)
            if known is not None and channel and reading.kind not in ("offline", "heartbeat"):
                known.channels[channel] = reading.kind
        known = self._of(outcome.family, outcome.device, topic) if outcome.device else None
        if known is not None:
            known.messages += 1
            known.last_ms = outcome.at_ms or known.last_ms
        for family, device, channels in outcome.announced:
            found = self._of(family, device, "")
            if found is not None:
                found.channels |= dict(channels)

    def _of(self, family: str, device: str, topic: str) -> Known | None:
        if not device or family in FAMILIES_WITHOUT_BOARDS:
            return None
        known = self.devices.get((family, device))
        if known is None:
            known = self.devices[family, device] = Known(family, device)
        if not known.board:
            self._look_up(known, topic)
        return known

    def _look_up(self, known: Known, topic: str) -> None:
        """Its board in the building file, and the spaces that its sensors see."""
        if self._building is None:
            return
        if known.family == "vrijplek":
            boards = {known.device} & {board.id for board in self._building.boards}
        else:
            boards = {r.board for r in self._routes.of(known.family, topic, known.device)}
        known.board = min(boards, default="")
        known.spaces = tuple(
            sorted({p.space for s in self._building.sensors if s.board in boards for p in s.sees})
        )
