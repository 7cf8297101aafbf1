"""Reader: one stream of recorded messages, each understood in the light of those before it."""

import re
from collections.abc import Iterator

from occupancy.building import Building
from sensors.decoder import decode
from sensors.entry import Decoded, Entry
from sensors.families.directory import FOREIGN, Origin, heard, origin_of
from sensors.keys import NO_KEYS, Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.placing import PLACEABLE, sensor_of
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
from sensors.routing import ALIKE, Routes
from sensors.statement import Hearing, Statement
from sensors.tag import Tag, tag_of
from vrijplek.capture import Recorded
from vrijplek.decoding.guess import STANDING_IN, guessed
from vrijplek.decoding.heard import Outcome, Told
from vrijplek.decoding.own import at_their_word
from vrijplek.surroundings import surroundings_of

OURS = "vrijplek"
MOST_BRIDGES = 50
"""With bases of their own; a flood of invented ones is not followed."""
_BRIDGE = re.compile(r"(?!zigbee2mqtt/)(.+)/bridge/(?:state|info|devices|definitions|logging)")
NO_KEY = b"decode: no site key, so these tags match those of no service"


def shown_tag(address: str, _event_ms: int) -> Tag:
    """A tag that matches those of no service: the same address always looks the same."""
    return tag_of(address, NO_KEY)


class Reader:
    """What becomes of each message of a stream.

    Args:
        building: Whose devices speak; None takes every device at its word.
        family: Of messages whose topic tells none; empty to guess.
        keys: To read what is encrypted.
    """

    def __init__(
        self, building: Building | None = None, family: str = "", keys: Keys = NO_KEYS
    ) -> None:
        self._building, self._family, self._keys = building, family, keys
        self._around = surroundings_of(building, shown_tag, lambda: keys) if building else None
        self.routes = self._around.routes if self._around else Routes()
        self._bridges = 0
        self._memory = Memory()
        self._at_ms = 0
        self._last: dict[str, tuple[object, int | None]] = {}
        self._kinds: dict[str, str] = {}

    def read(self, one: Recorded) -> Outcome:
        """What becomes of the next message."""
        self._at_ms = one.at_ms if one.at_ms is not None else self._at_ms
        origin, is_guess = self._origin_of(one)
        family = origin.family
        topic = one.topic if one.topic is not None else origin.topic
        payload = one.payload
        if family == "sparkplug" and one.raw is not None:
            payload = one.raw
        message = Message(topic, payload, self._at_ms, one.retain, one.fport)
        if family in FOREIGN:
            hearing = heard(origin, message, self._memory.learned, self._keys)
            outcome = self._foreign(one, family, hearing, message, is_guess=is_guess)
            if hearing.learned:
                self._memory.take(Entry("", self._at_ms, (), None, hearing.learned))
            return outcome
        around = self._around or at_their_word(message, self._kinds, shown_tag)
        decoded = decode(message, self._memory, around)
        if decoded.entry is not None:
            self._memory.take(decoded.entry)
        return self._ours(one, family, decoded, is_guess=is_guess)

    def _origin_of(self, one: Recorded) -> tuple[Origin, bool]:
        """Where it comes from, and whether that is a guess."""
        if one.topic is not None:
            if one.topic.startswith(f"{OURS}/"):
                return Origin(OURS, one.topic), False
            self._notice_bridge(one.topic)
            found = origin_of(one.topic, one.payload, self._memory.learned, self.routes)
            if found.family:
                return found, False
        name = self._family or guessed(one.payload, one.fport)
        topic = STANDING_IN.get(name, "") if one.topic is None else one.topic
        return Origin(name, topic), bool(name) and not self._family

    def _notice_bridge(self, topic: str) -> None:
        """A Zigbee2MQTT bridge with a base of its own shows itself by what no other publishes."""
        found = _BRIDGE.fullmatch(topic)
        if found is None or self._bridges >= MOST_BRIDGES:
            return
        if not any(base == found[1] for base, _, _ in self.routes.bases_of(topic)):
            self.routes = self.routes.also(found[1], "zigbee2mqtt")
            self._bridges += 1

    def _foreign(
        self, one: Recorded, family: str, hearing: Hearing, message: Message, *, is_guess: bool
    ) -> Outcome:
        readings = tuple(self._readings(one, family, hearing, message))
        rejected: tuple[tuple[str, str], ...] = ()
        if hearing.refused is not None:
            rejected = ((str(hearing.refused), hearing.detail),)
        noted = hearing.noted
        if hearing.repeated and not readings:
            noted = noted or "the same message came before"
        names = tuple((found.family, found.device, found.channels) for found in hearing.announced)
        return Outcome(
            one.line, family, is_guess, readings, rejected, noted, names, hearing.device, one.at_ms
        )

    def _readings(
        self, one: Recorded, family: str, hearing: Hearing, message: Message
    ) -> Iterator[Told]:
        gone = (hearing.device,) if hearing.gone and not hearing.gone_below else ()
        for name in (*gone, *filter(None, (hearing.gone_below,)), *hearing.also_gone):
            # A kept goodbye counts, but nobody knows since when.
            flags = ("retained",) if one.retain else ()
            yield Told("offline", name, "offline", event_ms=_fresh(one), flags=flags)
        for said in hearing.statements:
            yield self._told(one, family, hearing, said, message)

    def _told(
        self, one: Recorded, family: str, hearing: Hearing, said: Statement, message: Message
    ) -> Told:
        device = said.device or hearing.device
        sensor = f"{device}/{said.channel}" if device else said.channel
        flags: list[str] = list(said.flags)
        if one.retain and "retained" not in flags:
            flags.append("retained")
        event_ms = _fresh(one) if said.event_ms is None else said.event_ms
        heard_as = f"{ALIKE.get(family, family)}/{sensor}"
        before = self._last.get(heard_as)
        # Whoever has no name may be another one each time.
        is_level = bool(device) and said.kind in (*LEVELS, "binary") and "history" not in said.flags
        if hearing.repeated or (is_level and before is not None and before[0] == said.value):
            flags.append("repeated")
        if is_level and said.value is not None:
            self._last[heard_as] = (said.value, event_ms)
        kind, space, is_placed = self._place(family, device, said, message)
        is_named = said.address and "anonymous" not in said.flags
        tag = str(shown_tag(said.address, 0)) if is_named else ""
        return Told(
            kind, sensor, said.value, space, said.quantity, said.unit, event_ms,
            tuple(dict.fromkeys(flags)), tag, said.held_s, said.reference_dbm, said.distance_m,
            is_placed or said.kind not in PLACEABLE,
        )  # fmt: skip

    def _place(
        self, family: str, device: str, said: Statement, message: Message
    ) -> tuple[str, str | None, bool]:
        """The kind and the first space that the building file gives this channel, if it does."""
        if self._around is None or self._building is None:
            return said.kind, None, True
        for route in self._around.routes.of(family, message.topic, device):
            if route.channel and route.channel != said.channel:
                continue
            known = self._around.sensors
            name, kind = sensor_of(route.board, said.channel, said.kind, known)
            if kind is not None:
                sees = self._building.sensor[name].sees
                told = said.kind if kind == "scanner" else kind
                return told, sees[0].space if sees else None, True
        return said.kind, None, False

    def _ours(self, one: Recorded, family: str, decoded: Decoded, *, is_guess: bool) -> Outcome:
        entry = decoded.entry
        readings = tuple(self._own(one, r) for r in entry.readings) if entry else ()
        rejected = tuple((str(r.reason), r.detail) for r in decoded.rejected)
        noted = "sent again: it counted the first time" if decoded.duplicate else decoded.noted
        device = entry.board if entry else ""
        return Outcome(one.line, family, is_guess, readings, rejected, noted, (), device, one.at_ms)

    def _own(self, one: Recorded, reading: AnyReading) -> Told:
        """A reading of our own format; without a time of receiving, its event time is not known."""
        event_ms = None if one.at_ms is None else reading.event_ms
        kind = str(reading.__struct_config__.tag)
        value, quantity, unit, tag = _content(reading)
        space = None
        for sensor in self._building.sensors if self._building else ():
            if sensor.id == reading.sensor and sensor.sees:
                space = sensor.sees[0].space
        flags = ("retained",) if one.retain else ()
        return Told(kind, reading.sensor, value, space, quantity, unit, event_ms, flags, tag)


def _fresh(one: Recorded) -> int | None:
    """When a line was received, ms UTC; None where the broker had kept it, so has no age."""
    return None if one.retain else one.at_ms


def _content(reading: AnyReading) -> tuple[object, str, str, str]:
    """Value, quantity, unit and tag of a reading."""
    match reading:
        case Motion(on=value) | Presence(present=value) | Contact(open=value):
            return value, "", "", ""
        case Count(count=count):
            return count, "", "", ""
        case Level(quantity=quantity, value=level, unit=unit):
            return level, quantity, unit, ""
        case Sighting(rssi_dbm=rssi_dbm, tag=tag):
            return rssi_dbm, "", "dBm", str(tag)
        case Heartbeat(every_s=every_s):
            return every_s, "", "s", ""
        case _:
            return "offline", "", "", ""
