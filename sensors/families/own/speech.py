"""From what a board said to readings: event times, changed levels, tags instead of addresses."""

from collections.abc import Iterator

import msgspec

from sensors.families.own import wire
from sensors.families.own.strangers import KINDS
from sensors.family import Surroundings
from sensors.identity import has_address
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import (
    LEVELS,
    AnyReading,
    Contact,
    Count,
    Heartbeat,
    Level,
    Motion,
    Presence,
    Sighting,
)
from sensors.rejected import Reason, Rejected, masked_excerpt, without_addresses

FAMILY = "vrijplek"
CHANNEL_KINDS: dict[type[wire.Said], str] = {
    wire.SaidMotion: "motion",
    wire.SaidPresence: "presence",
    wire.SaidSightings: "scanner",
    wire.SaidCount: "count",
    wire.SaidLevel: "level",
    wire.SaidContact: "contact",
}
LEVELS_TOLD: dict[type[wire.Said], tuple[type[Motion] | type[Presence] | type[Contact], str]] = {
    wire.SaidMotion: (Motion, "on"),
    wire.SaidPresence: (Presence, "present"),
    wire.SaidContact: (Contact, "open"),
}
"""Parts that tell a level, the reading they become, and the field that has the level."""


class Speech(msgspec.Struct, gc=False):
    """The parts of one message, understood one by one."""

    board: str
    """Who speaks."""
    booted_ms: int
    """When this boot began, ms UTC."""
    message: Message
    """What came, for its receive time."""
    memory: Memory
    """Last levels; only read."""
    around: Surroundings
    """Known channels and enrolled tags."""
    in_order: bool
    """Whether it follows the last message; else a level is told even when it repeats the last one,
    because what came between is not known yet."""
    readings: list[AnyReading] = []
    rejected: list[Rejected] = []
    unplaced: list[tuple[str, str]] = []
    """Channels that the building file does not have, and their kinds."""
    told: dict[str, bool] = {}
    """Levels of channels that an earlier part has told."""

    def understand(self, part: wire.Said, message_up_ms: int) -> None:
        """Add what one part says to `readings`; what does not count goes to `rejected`."""
        up_ms = message_up_ms if part.up is None else part.up
        if up_ms > message_up_ms:
            self._refuse(Reason.MALFORMED, f"up {up_ms} is after the message's {message_up_ms}")
            return
        event_ms = self.booted_ms + up_ms
        if self.message.received_ms - event_ms > self.around.max_age_ms:
            age_h = (self.message.received_ms - event_ms) / 3_600_000
            self._refuse(Reason.TOO_OLD, f"{age_h:.1f} h old")
            return
        if isinstance(part, wire.SaidHeartbeat):
            self.readings.append(Heartbeat(self.board, event_ms, part.every_s))
            for channel, level in part.on.items():
                self.readings.extend(self._level_in_heartbeat(channel, event_ms, level=level))
            return
        sensor = f"{self.board}/{part.sensor}"
        kind, expected = self.around.sensors.get(sensor), CHANNEL_KINDS[type(part)]
        if kind != expected:
            found = f"a {kind} channel" if kind else "no such channel"
            detail = f"{part.sensor}: found {found} in the building file, expected a {expected} one"
            self._refuse(Reason.UNKNOWN_SENSOR, detail)
            if kind is None:
                self._miss(part.sensor, KINDS[type(part)])
            return
        told = LEVELS_TOLD.get(type(part))
        if told is None:
            self.readings.extend(self._reading(part, sensor, event_ms, message_up_ms))
        elif self._is_news(sensor, level=getattr(part, told[1])):
            self.readings.append(told[0](sensor, event_ms, getattr(part, told[1])))

    def _reading(
        self, part: wire.Said, sensor: str, event_ms: int, message_up_ms: int
    ) -> Iterator[AnyReading]:
        match part:
            case wire.SaidSightings(heard=heard):
                yield from self._sightings(heard, sensor, event_ms, message_up_ms)
            case wire.SaidCount(count=count):
                yield Count(sensor, event_ms, count)
            case wire.SaidLevel():
                yield Level(sensor, event_ms, part.quantity, part.value, part.unit)
            case _:
                pass

    def _is_news(self, sensor: str, *, level: bool) -> bool:
        """A level counts when it differs from the last, in this message or before it."""
        last = self.told.get(sensor)
        if last is None:
            repeated = self.in_order and self.memory.repeats(sensor, level=level)
        else:
            repeated = last is level
        self.told[sensor] = level
        return not repeated

    def _level_in_heartbeat(
        self, channel: str, event_ms: int, *, level: bool
    ) -> Iterator[AnyReading]:
        """A heartbeat that tells another level than the last one stands for a lost edge."""
        sensor = f"{self.board}/{channel}"
        build = LEVELS.get(self.around.sensors.get(sensor, ""))
        if build is None:
            detail = f"{channel}: found no such channel with a level in the building file"
            self._refuse(Reason.UNKNOWN_SENSOR, detail)
            if sensor not in self.around.sensors:
                self._miss(channel, "binary")
        elif self._is_news(sensor, level=level):
            yield build(sensor, event_ms, level)

    def _sightings(
        self, heard: list[wire.Heard], sensor: str, event_ms: int, message_up_ms: int
    ) -> Iterator[Sighting]:
        """Sightings of enrolled tags; strangers end here, before anything is kept."""
        for one in heard:
            up_ms = one.up
            heard_ms = event_ms if up_ms is None else self.booted_ms + min(up_ms, message_up_ms)
            tag = self.around.enrolled(one.address, heard_ms)
            if tag is not None:
                yield Sighting(sensor, heard_ms, tag, one.rssi_dbm)

    def _miss(self, channel: str, kind: str) -> None:
        """Remember what has no place; a channel may be called by the address of a tag."""
        if not has_address(channel):
            self.unplaced.append((channel, kind))

    def _refuse(self, reason: Reason, detail: str) -> None:
        payload = self.message.payload
        told, excerpt = without_addresses(detail), masked_excerpt(payload)
        self.rejected.append(Rejected(reason, told, FAMILY, self.board, len(payload), excerpt))
