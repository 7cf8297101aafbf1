"""A board: readings in, messages out, with no clock of its own after a reboot.

Owns sequence numbers, batching, the ring, heartbeats, reboots and commands. It does no input or
output, so that a test can drive it by hand; the link sends what it composes.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from firmware_sim.physics import Physics
from firmware_sim.pir import Edge
from firmware_sim.plan import Device
from firmware_sim.radio import Batch
from firmware_sim.ring import RESEND_MS, Kept, Ring
from firmware_sim.wire import (
    MOST_HEARD,
    Ack,
    Command,
    Heartbeat,
    Message,
    Motion,
    Reading,
    Sightings,
    Status,
    weight,
)

FIRMWARE = "1.0.0"
WEEK_MS = 7 * 24 * 3600 * 1000
CLOCK_AFTER_MS = 45_000
"""How long after boot a board has the time from the network, if it asks for it at all."""
AT_ONCE = 40
"""Readings a message; even with the longest names they fit into its bytes."""
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Temper:
    """How boards of one run batch and repeat."""

    linger_ms: int = 5_000
    """How long readings wait for company while they can't be sent anyway."""
    resend_ms: int = RESEND_MS


class Board:
    """The firmware of one board."""

    def __init__(
        self,
        device: Device,
        levels: Mapping[str, bool],
        chance: np.random.Generator,
        physics: Physics,
        start_ms: int,
        temper: Temper | None = None,
    ) -> None:
        """A board that boots for the first time within two seconds.

        Args:
            device: Its id and heartbeat.
            levels: The pins: present level of each of its motion channels, kept by others.
            chance: For all that is random about it.
            physics: The figures.
            start_ms: When power comes on.
            temper: Batching and repeating.
        """
        self.id = device.id
        every_s = device.heartbeat_s
        self._every_s = int(every_s) if every_s.is_integer() else every_s
        self._levels, self._chance, self._physics = levels, chance, physics
        self._temper = temper or Temper()
        self._encoder = msgspec.json.Encoder()
        self._has_clock = bool(chance.random() < physics.clock_share)
        self._drift_ppm, self._clock_off_ms = chance.normal(0, 20), chance.normal(0, 40)
        self.boots = self.unsent = self.refused = 0
        self.boot = ""
        self.power_on_ms: int | None = start_ms
        """When a board that is off comes up; None while it is on."""
        self.ring = Ring(resend_ms=self._temper.resend_ms)
        self._wake_up(start_ms, start_ms + int(chance.integers(2000)))

    @property
    def on(self) -> bool:
        """Whether it has power and has booted."""
        return self.power_on_ms is None

    @property
    def due_ms(self) -> int:
        """Before this time, and as long as it feels nothing, it has nothing to do or to say."""
        if self.power_on_ms is not None:
            return self.power_on_ms
        if self._waiting or len(self.ring):
            return 0
        return min(self._beat_ms, self._crash_ms)

    def tick(self, now_ms: int) -> None:
        """Do what is due by now: boot, crash, beat, and batch what has waited long enough."""
        if self.power_on_ms is not None:
            if now_ms < self.power_on_ms:
                return
            self._boot(self.power_on_ms)
        if now_ms >= self._crash_ms:
            self.cut_power(now_ms, 2000 + int(self._chance.integers(5000)))
            return
        if now_ms >= self._beat_ms:
            self.beat(now_ms)
        full = self._weight >= MOST_HEARD or len(self._waiting) >= AT_ONCE
        if self._waiting and (full or now_ms - self._waited_ms >= self._temper.linger_ms):
            self.compose(now_ms)

    def feel(self, reading: Edge | Batch, channel: str) -> None:
        """Take a reading from a sensor; lost while the board is off."""
        up = reading.at_ms - self._boot_ms
        if not self.on or up < 0:
            return
        if isinstance(reading, Edge):
            self._hold(Motion(channel, reading.on, up), reading.at_ms)
        else:
            heard = (
                (address, dbm, max(0, at - self._boot_ms)) for address, dbm, at in reading.heard
            )
            self._hold(Sightings(channel, tuple(heard), up), reading.at_ms)

    def beat(self, now_ms: int) -> None:
        """Give a sign of life, and plan the next one a little early."""
        early = float(self._chance.uniform(0.9, 0.99))
        self._beat_ms = now_ms + round(1000 * self._every_s * early)
        self._hold(Heartbeat(self._every_s, dict(self._levels), self.up(now_ms)), now_ms)

    def compose(self, now_ms: int) -> None:
        """Put waiting readings into messages in the ring, until none waits."""
        while self._waiting:
            readings: list[Reading] = []
            heard = 0
            while self._waiting and len(readings) < AT_ONCE:
                heard += weight(self._waiting[0])
                if readings and heard > MOST_HEARD:
                    break
                readings.append(self._waiting.popleft())
            up = max(self.up(now_ms), readings[-1].up)
            oldest = self.ring.oldest(self._seq)
            message = Message(self.boot, self._seq, oldest, up, readings, self._clock(now_ms))
            self.ring.add(self._seq, self._encoder.encode(message))
            self._seq += 1
        self._weight = 0

    def next_message(self, now_ms: int) -> Kept | None:
        """What to send now, marked as sent; None when there is nothing."""
        self.compose(now_ms)
        return self.ring.take(now_ms)

    def has_work(self, now_ms: int) -> bool:
        """Whether `next_message` may have something."""
        return bool(self._waiting) or self.ring.has_due(now_ms)

    def up(self, now_ms: int) -> int:
        """Milliseconds since boot."""
        return max(0, now_ms - self._boot_ms)

    def birth(self, now_ms: int) -> bytes:
        """What to publish, retained, once connected."""
        return self._encoder.encode(Status("online", self.boot, self.up(now_ms), FIRMWARE))

    def farewell(self) -> bytes:
        """The last will, and the goodbye."""
        return self._encoder.encode(Status("offline", self.boot))

    def acknowledged(self, payload: bytes) -> None:
        """Take an acknowledgement of the service."""
        try:
            ack = msgspec.json.decode(payload, type=Ack)
        except msgspec.DecodeError:
            self.refused += 1
            return
        if ack.boot == self.boot:
            self.ring.acknowledge(ack.durable)

    def cut_power(self, now_ms: int, off_ms: int) -> None:
        """Lose power, and all that was kept, for a while."""
        self.unsent += len(self.ring) + len(self._waiting)
        self._wake_up(now_ms, now_ms + off_ms)

    def command(self, payload: bytes, now_ms: int) -> str | None:
        """Do what the service asks.

        Returns:
            `restart` when the link has to say goodbye first and then `cut_power`; else None.
        """
        try:
            asked = msgspec.json.decode(payload, type=Command)
        except msgspec.DecodeError:
            self.refused += 1
            return None
        if asked.command == "report":
            self.beat(now_ms)
        elif asked.command == "resend" and asked.boot == self.boot:
            self.ring.resend_from(asked.first_seq)
        elif asked.command == "halt" and 1 <= asked.for_s <= 86_400:
            self.cut_power(now_ms, round(1000 * asked.for_s))
        elif asked.command == "restart":
            return "restart"
        return None

    def _wake_up(self, now_ms: int, boot_ms: int) -> None:
        self.power_on_ms = boot_ms
        self._boot_ms, self._beat_ms = boot_ms, boot_ms
        self._crash_ms = now_ms + WEEK_MS * 1000
        self._seq = self._weight = self._waited_ms = 0
        self._waiting: deque[Reading] = deque()
        self.ring = Ring(resend_ms=self._temper.resend_ms)

    def _boot(self, now_ms: int) -> None:
        self.power_on_ms = None
        self.boots += 1
        self.boot = "".join(LETTERS[int(i)] for i in self._chance.integers(0, len(LETTERS), 8))
        if self._physics.reboots_per_week > 0:
            lasts = self._chance.exponential(WEEK_MS / self._physics.reboots_per_week)
            self._crash_ms = now_ms + 60_000 + round(lasts)

    def _hold(self, reading: Reading, now_ms: int) -> None:
        if not self._waiting:
            self._waited_ms = now_ms
        self._waiting.append(reading)
        self._weight += weight(reading)

    def _clock(self, now_ms: int) -> int | None:
        """The board's own idea of the time, some while after boot."""
        up_ms = self.up(now_ms)
        if not self._has_clock or up_ms < CLOCK_AFTER_MS:
            return None
        return now_ms + round(self._clock_off_ms + up_ms * self._drift_ppm / 1e6)
