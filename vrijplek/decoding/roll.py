"""The roll: which devices were heard or announced, which are mapped, and the lines to add."""

import json
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
MOST_CHANNELS = 100
"""Channels of one device that a service remembers."""
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
    model: str = ""

    @property
    def slug(self) -> str:
        """An id for its board."""
        return _ID.sub("-", self.device.lower()).strip("-_")[:64] or "device"

    def lines(self) -> tuple[list[str], list[str]]:
        """The lines to add under `boards` and under `sensors`; `SPACE` is to be filled in.

        A device that has a board already needs sensors alone.
        """
        board, (base, device) = self.board or self.slug, parted(self.device)
        told = "" if board == self.device else f", device: {_quoted(device)}"
        told += f", base: {_quoted(base)}" if base else ""
        new = [] if self.board else [f"  - {{id: {board}, family: {self.family}{told}}}"]
        return new, [
            f"  - {{id: {board}/{channel_id(channel)}, kind: {_KINDS.get(kind, kind)}, "
            + ("at: [0, 0, 2.5]}" if kind == "sighting" else "sees: [SPACE]}")
            for channel, kind in sorted(self.channels.items())
            if _KINDS.get(kind, kind) in _PLACED
        ]


def _quoted(name: str) -> str:
    """A name in quotes: what JSON quotes YAML reads, line breaks and control characters too."""
    return json.dumps(name, ensure_ascii=False)


def lines_of(devices: Iterable[Known]) -> str:
    """The YAML to add for some devices; empty where there is none."""
    boards, sensors = [], []
    for known in devices:
        more_boards, more_sensors = known.lines()
        boards += more_boards
        sensors += more_sensors
    parts = [part for part in (["boards:", *boards], ["sensors:", *sensors]) if len(part) > 1]
    return "".join(f"{line}\n" for part in parts for line in part)


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
                _enter(known, one, now_ms)
                self._seat(known, {one.board} - {""} or self._inventoried(one))
                self.devices[one.family, one.device] = self.devices.pop((one.family, one.device))
        while len(self.devices) > MOST:
            del self.devices[next(iter(self.devices))]
            self.forgotten += 1

    def _inventoried(self, one: Announced) -> set[str]:
        """The boards of a device that was not heard, where their topics bear its name."""
        if one.heard:
            return set()
        return {route.board for route in self._routes.bearing(one.family, one.device)}

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
        """Its board in the building file."""
        if self._building is None:
            return
        if known.family == "vrijplek":
            ours = (board for board in self._building.boards if board.family == known.family)
            boards = {known.device} & {board.id for board in ours}
        else:
            boards = {r.board for r in self._routes.of(known.family, topic, known.device)}
        self._seat(known, boards)

    def _seat(self, known: Known, boards: set[str]) -> None:
        """Take one of its boards, and the spaces that their sensors see."""
        if known.board or not boards or self._building is None:
            return
        known.board = min(boards)
        known.spaces = tuple(
            sorted({p.space for s in self._building.sensors if s.board in boards for p in s.sees})
        )


def _enter(known: Known, one: Announced, now_ms: int) -> None:
    """What was told of a device; only what spoke itself was heard."""
    for channel, kind in one.channels:
        if channel in known.channels or len(known.channels) < MOST_CHANNELS:
            known.channels[channel] = kind
    known.model = one.model or known.model
    if one.heard:
        known.messages, known.last_ms = known.messages + 1, now_ms
