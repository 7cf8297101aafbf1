"""Acquaintances: the devices that the running service hears, beside the boards of its building.

The pipeline's thread tells of what has no place; HTTP threads ask.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from api.services import BoardHealth, Channel, Device, Roster
from occupancy.building import Building
from sensors.bases import under
from sensors.identity import has_address
from sensors.placing import PLACEABLE, sensor_of
from sensors.routing import Routes
from sensors.statement import Announced
from vrijplek.decoding.roll import Known, Roll, lines_of


class Acquaintances:
    """Fulfils `api.services.Services.devices`.

    Args:
        building: The building file, read.
        routes: Which of its boards a device is.
        boards: How its boards are doing.
    """

    def __init__(
        self, building: Building, routes: Routes, boards: Callable[[], Sequence[BoardHealth]]
    ) -> None:
        self._building, self._boards = building, boards
        self._roll = Roll(building, routes)
        self._lock = threading.Lock()
        self._kinds = {sensor.id: sensor.kind.value for sensor in building.sensors}
        self._placed: dict[str, list[Channel]] = {}
        self._seen: dict[str, list[str]] = {}
        for sensor in building.sensors:
            channel = Channel(sensor.id.partition("/")[2], sensor.kind.value, placed=True)
            self._placed.setdefault(sensor.board, []).append(channel)
            self._seen.setdefault(sensor.board, []).extend(p.space for p in sensor.sees)

    def meet(self, announced: Iterable[Announced], now_ms: int) -> None:
        """Take what the pipeline says, see `ingest.pipeline.Pipeline.meet`."""
        with self._lock:
            self._roll.meet(announced, now_ms)

    @property
    def forgotten(self) -> int:
        """How many devices had to go for others."""
        return self._roll.forgotten

    @property
    def unmapped(self) -> int:
        """How many devices could tell of presence and have no board."""
        with self._lock:
            return sum(
                not one.board and bool(one.lines()[1]) and not _shows_address(one)
                for one in self._roll.devices.values()
            )

    def roster(self) -> Roster:
        """All devices as they are now."""
        with self._lock:
            met = [replace(one, channels=dict(one.channels)) for one in self._roll.devices.values()]
        strangers = sorted((k for k in met if not k.board), key=lambda k: (k.family, k.device))
        named = [one for one in strangers if not _shows_address(one)]
        lacking = self._lacking(one for one in met if one.board)
        wanting = [one for one in (*named, *lacking.values()) if one.lines()[1]]
        return Roster(
            (*map(_stranger, named), *self._of_building(lacking)),
            lines_of(wanting),
            len(strangers) - len(named),
        )

    def _lacking(self, met: Iterable[Known]) -> dict[str, Known]:
        """By board, what its devices tell that the building file gives no place."""
        found: dict[str, Known] = {}
        for one in met:
            # Several devices can be one board, by a mapping with wildcards.
            board = found.setdefault(one.board, replace(one, channels={}, messages=0))
            channels = one.channels.items()
            board.channels |= {n: k for n, k in channels if self._lacks(one.board, n, k)}
            board.messages += one.messages
        return found

    def _lacks(self, board: str, channel: str, kind: str) -> bool:
        """Whether a channel of a board wants a place and has none; see `sensors.placing`."""
        if kind not in PLACEABLE or has_address(channel):
            return False
        if self._building.board[board].channel not in ("", channel):
            return False
        return sensor_of(board, channel, kind, self._kinds)[1] is None

    def _of_building(self, lacking: dict[str, Known]) -> Iterator[Device]:
        for health in self._boards():
            board, known = self._building.board[health.id], lacking.get(health.id)
            name = under(board.base, board.device or board.id)
            yield Device(
                family=board.family,
                name=board.id if has_address(name) else name,
                model=known.model if known else "",
                channels=(*self._placed.get(board.id, ()), *(_channels(known) if known else ())),
                messages=known.messages if known else 0,
                last_heard_ms=health.last_heard_ms,
                board=board.id,
                spaces=tuple(dict.fromkeys(self._seen.get(board.id, ()))),
                online=health.online,
                distrusted=health.distrusted,
                lines=_lines(known) if known else "",
            )


def _stranger(known: Known) -> Device:
    return Device(
        family=known.family,
        name=known.device,
        model=known.model,
        channels=_channels(known),
        messages=known.messages,
        last_heard_ms=known.last_ms,
        lines=_lines(known),
    )


def _channels(known: Known) -> tuple[Channel, ...]:
    return tuple(Channel(name, kind, placed=False) for name, kind in sorted(known.channels.items()))


def _lines(known: Known) -> str:
    """Nothing for a device that can tell nothing of presence."""
    return lines_of([known]) if known.lines()[1] else ""


def _shows_address(known: Known) -> bool:
    return has_address(known.device) or any(map(has_address, known.channels))
