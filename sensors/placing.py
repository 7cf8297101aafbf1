"""Placing: from what a foreign device said to readings of the building's sensors.

The rules that hold for all families are here, and here alone: what was retained has no time, what
repeats is no event, what is nobody's is not kept, and the building file says what a channel means.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from sensors.bases import parted
from sensors.entry import Decoded, Entry
from sensors.family import Surroundings
from sensors.identity import plain_address
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import (
    LEVELS,
    AnyReading,
    Count,
    Heartbeat,
    Level,
    Offline,
    Presence,
    Sighting,
)
from sensors.rejected import Reason, Rejected, masked_excerpt, without_addresses
from sensors.retained import retained_of, with_retained
from sensors.routing import Route, channel_id
from sensors.statement import Announced, Hearing, Statement

FITTING = {"sighting": ("scanner",), "count": ("count", "level"), "level": ("level", "count")}
"""Kinds in the building file that a statement can be; a yes or no can be any of `LEVELS`."""
PLACEABLE = (*LEVELS, "binary", "count", "sighting")
"""Kinds whose channels want a place; a level may well go without."""
NOBODYS = frozenset(("shared", "anonymous"))
"""Flags of an identity that is nobody's."""


def sensor_of(
    board: str, channel: str, kind: str, kinds: Mapping[str, str]
) -> tuple[str, str | None]:
    """The sensor that a channel of a board is, and its kind there; none where it has no place.

    It is found by the channel's name, else by its kind.

    Args:
        board: That the device is.
        channel: As the device calls it.
        kind: That its family says it is.
        kinds: Of each sensor in the building file.
    """
    wanted = LEVELS if kind == "binary" else (kind,)
    for name in (channel_id(channel), *wanted):
        found = kinds.get(f"{board}/{name}")
        if found is not None:
            return f"{board}/{name}", found
    return "", None


def placed(
    family: str, hearing: Hearing, message: Message, memory: Memory, around: Surroundings
) -> Decoded:
    """What a hearing means here; never raises, changes nothing."""
    if hearing.refused is not None:
        return Decoded(rejected=(_rejected(family, hearing.refused, hearing.detail, message),))
    place = _Place(family, message, memory, around)
    if not hearing.repeated:
        place.take(hearing)
    readings = tuple(place.readings)
    announced = (*hearing.announced, *place.unplaced())
    if hearing.statements and not place.is_known and not hearing.repeated:
        detail = "no such device in the building file; `vrijplek devices` shows the line to add"
        refusal = _rejected(family, Reason.UNKNOWN_BOARD, detail, message)
        return Decoded(rejected=(refusal,), announced=announced)
    repeated = "the same message came before" if hearing.repeated else ""
    noted = hearing.noted or repeated or ("" if readings else place.why)
    learned = hearing.learned
    if place.retained:
        kept = place.retained.items()
        learned = (*learned, *(with_retained(board, levels) for board, levels in kept))
    if not readings and not learned:
        return Decoded(noted=noted, announced=announced)
    board = readings[0].sensor.partition("/")[0] if readings else ""
    entry = Entry(board, message.received_ms, readings, None, learned)
    return Decoded(entry=entry, noted=noted, announced=announced)


class _Place(msgspec.Struct, gc=False):
    """One message being placed."""

    family: str
    message: Message
    memory: Memory
    around: Surroundings
    readings: list[AnyReading] = []
    why: str = "it says nothing new"
    """Why what did not become a reading does not count."""
    is_known: bool = False
    """Whether the device has a board."""
    retained: dict[str, dict[str, bool]] = {}
    """Of each board whose set aside presence this message changes, what there is now."""
    told: dict[str, bool] = {}
    """Levels that this message has told so far."""
    living: list[str] = []
    """Boards that have shown that they live."""
    missed: dict[tuple[str, str], dict[str, str]] = {}
    """Of each device and its board, if any, the channels that have no place, and their kinds."""

    def take(self, hearing: Hearing) -> None:
        """Add the readings in a hearing."""
        now_ms = self.message.received_ms
        if hearing.gone_below:
            for route in self.around.routes.below(self.family, hearing.gone_below):
                self.readings.append(Offline(route.board, now_ms))
        for device in hearing.also_gone:
            for board in dict.fromkeys(route.board for route in self._routes(device)):
                self.is_known = True
                self.readings.append(Offline(board, now_ms))
        routes = {device: self._routes(device) for device in _speakers(hearing)}
        for device, found in routes.items():
            self._live(hearing, device, found, now_ms)
        for said in hearing.statements:
            device = said.device or hearing.device
            for route in routes[device]:
                self._say(said, route, device)
            if not routes[device]:
                self._miss(device, said)
        for board in self.living:
            self._resume(board, now_ms)

    def _routes(self, device: str) -> Sequence[Route]:
        return self.around.routes.of(self.family, self.message.topic, device)

    def _live(self, hearing: Hearing, device: str, routes: Iterable[Route], now_ms: int) -> None:
        """A sign of life, or a goodbye, of each board that the device is."""
        for board, route in {route.board: route for route in routes if device}.items():
            self.is_known = True
            if hearing.gone and device == hearing.device:
                self.readings.append(Offline(board, now_ms))
            elif hearing.alive and not self.message.retained:
                self.living.append(board)
                self.readings.append(Heartbeat(board, now_ms, hearing.every_s or route.heartbeat_s))

    def _resume(self, board: str, now_ms: int) -> None:
        """Presence that was retained, now that its board lives and has told nothing newer."""
        for sensor, level in retained_of(board, self.memory.learned).items():
            self.retained[board] = {}
            if sensor not in self.memory.levels and sensor not in self.told:
                self.told[sensor] = level
                self.readings.append(Presence(sensor, now_ms, level))

    def _say(self, said: Statement, route: Route, device: str) -> None:
        if route.channel and route.channel != said.channel:
            return
        sensor, kind = sensor_of(route.board, said.channel, said.kind, self.around.sensors)
        if kind is None:
            self.why = f"{said.channel}: a channel without a place in the building file"
            self._miss(device, said, route.board)
        elif self.message.retained:
            self.why = "retained: its time is not known"
            self._set_aside(route.board, sensor, kind, said.value)
        elif said.value is None:
            self.why = f"{said.channel}: the device does not know it"
        else:
            self._read(said, sensor, kind)

    def _miss(self, device: str, said: Statement, board: str = "") -> None:
        """Remember what has no place; what its address alone names is perhaps a person's."""
        if device and said.kind in PLACEABLE and len(plain_address(parted(device)[1])) != 12:
            self.missed.setdefault((device, board), {})[said.channel] = said.kind

    def unplaced(self) -> Iterator[Announced]:
        """Devices and channels that spoke and have no place in the building file."""
        heard = not self.message.retained
        for (device, board), channels in self.missed.items():
            told = tuple(channels.items())
            yield Announced(self.family, device, told, board=board, heard=heard)

    def _set_aside(self, board: str, sensor: str, kind: str, value: object) -> None:
        """Presence alone: what else was retained says nothing of now."""
        if kind == "presence" and isinstance(value, bool) and sensor not in self.memory.levels:
            known = self.retained.get(board) or retained_of(board, self.memory.learned)
            self.retained[board] = known | {sensor: value}

    def _read(self, said: Statement, sensor: str, kind: str) -> None:
        """Add the reading of a statement that has a place and a value."""
        now_ms, value = self.message.received_ms, said.value
        event_ms = now_ms if said.event_ms is None else said.event_ms
        if now_ms - event_ms > self.around.max_age_ms:
            self.why = f"{(now_ms - event_ms) / 3_600_000:.1f} h old"
        elif kind in LEVELS and isinstance(value, bool):
            if "history" in said.flags or self._is_news(sensor, level=value):
                self.readings.append(LEVELS[kind](sensor, event_ms, value))
        elif kind not in FITTING.get(said.kind, ()) or not isinstance(value, int | float):
            self.why = f"{said.channel}: found a {said.kind}, the building file has a {kind}"
        elif kind == "scanner":
            self._sight(said, sensor, event_ms, float(value))
        elif kind == "count":
            self.readings.append(Count(sensor, event_ms, max(0, round(value))))
        else:
            self.readings.append(Level(sensor, event_ms, said.quantity, float(value), said.unit))

    def _is_news(self, sensor: str, *, level: bool) -> bool:
        """A level counts when it differs from the last one, in this message or before it."""
        last = self.told.get(sensor)
        repeated = self.memory.repeats(sensor, level=level) if last is None else last is level
        self.told[sensor] = level
        if repeated:
            self.why = "it repeats the last level"
        return not repeated

    def _sight(self, said: Statement, sensor: str, event_ms: int, rssi_dbm: float) -> None:
        """Only of tags that take part: strangers end here."""
        tag = None
        if said.address and NOBODYS.isdisjoint(said.flags):
            tag = self.around.enrolled(said.address, event_ms)
        if tag is None:
            self.why = "heard nobody who takes part"
        else:
            self.readings.append(Sighting(sensor, event_ms, tag, rssi_dbm, said.reference_dbm))


def _speakers(hearing: Hearing) -> Sequence[str]:
    """Who speaks in a hearing, in order of their names."""
    behind = {said.device for said in hearing.statements if said.device}
    return sorted(behind | {hearing.device}) if behind else (hearing.device,)


def _rejected(family: str, reason: Reason, detail: str, message: Message) -> Rejected:
    told, excerpt = without_addresses(detail), masked_excerpt(message.payload)
    return Rejected(reason, told, family, "", len(message.payload), excerpt)
