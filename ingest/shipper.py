"""The shipper: the thread that empties the outbox into the store of record.

At least once, in order, for as long as it takes: a row leaves the outbox only after the store has
it. Has a connection of its own, so that the pipeline never waits for the store.
"""

import random
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from ingest.backoff import LONGEST_S, SHORTEST_S, wait_s
from ingest.crash_points import Point, reach
from ingest.outbox import ALARM, Item, Load, Outbox
from ingest.parcel import Parcel
from occupancy.point import (
    NotAllowedError,
    PointsRefusedError,
    PointStore,
    StoreError,
    TooManyPointsError,
)

log = structlog.get_logger(__name__)

BATCH = 5_000
IDLE_S = 0.25
"""Between two looks into an empty outbox."""
STOP_S = 1.0


@dataclass
class Shipped:
    """What has happened since the start, and how it is now; numbers of `shipped` on only grow."""

    shipped: int = 0
    """Values that the store has."""
    refused: int = 0
    """Points set aside."""
    retries: int = 0
    """Requests that failed and were tried again."""
    is_up: bool = False
    """Whether the last request was taken."""
    load: Load = field(default_factory=Load)
    trouble: str = ""
    """What the store said last, where people have to mend it."""


@dataclass
class Shipper:
    """Sends what waits; `step` is one request, `start` a thread of such steps."""

    open_outbox: Callable[[], Outbox]
    """A connection of its own, opened by the thread that uses it."""
    store: PointStore
    streams: Sequence[str]
    now_ms: Callable[[], int]
    """The service's clock."""
    chance: Callable[[], float] = random.random
    state: Shipped = field(default_factory=Shipped)
    _most: int = BATCH
    _failures: int = 0
    _stream: str = ""
    _parcel: Parcel = field(default_factory=lambda: Parcel(()))
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _fill: float = 0.0
    _is_alarmed: bool = False

    def start(self) -> None:
        """Begin to ship."""
        self._thread = threading.Thread(target=self._run, name="shipper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End within a second; a request that still waits is left, and sent again next time."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def trouble(self) -> str:
        """Why the store takes nothing now; empty while it does."""
        return "" if self.state.is_up else self.state.trouble or "it has not been reached yet"

    def notices(self) -> tuple[str, ...]:
        """What people have to mend besides, in words."""
        full = (f"the outbox is {self._fill:.0%} full",) if self._fill >= ALARM else ()
        return (*full, *self.store.notices())

    def waiting(self) -> int:
        """How many points the store has not taken yet."""
        return self.state.load.rows

    def oldest_ms(self) -> int | None:
        """When the oldest of these was posted, ms UTC; None where none waits."""
        return self.state.load.oldest_ms

    def _run(self) -> None:
        outbox = self.open_outbox()
        while not self._stopping.is_set():
            self._stopping.wait(self.step(outbox))
        outbox.connection.close()

    def step(self, outbox: Outbox) -> float:
        """Do at most one request; seconds until the next step."""
        try:
            self._look(outbox)
            if not self._parcel.part:
                self._pack(outbox)
            is_idle = not self._parcel.part and self.state.is_up
            return IDLE_S if is_idle else self._send(outbox)
        except sqlite3.OperationalError as error:
            self._parcel = Parcel(())
            log.warning("the outbox cannot be read or written now", why=str(error))
            return self._failed(None)

    def _look(self, outbox: Outbox) -> None:
        self.state.load = outbox.load()
        self._fill = self.state.load.size_bytes / outbox.quota_bytes
        if (self._fill >= ALARM) != self._is_alarmed:
            self._is_alarmed = not self._is_alarmed
            say = log.warning if self._is_alarmed else log.info
            say("the outbox fills up" if self._is_alarmed else "the outbox has room again")

    def _pack(self, outbox: Outbox) -> None:
        """Take the next batch; each stream in turn."""
        order = [s for s in self.streams if s != self._stream] + [self._stream]
        for stream in filter(None, order):
            items = outbox.oldest(stream, self._most)
            for item in items:
                if item.point is None:
                    self._set_aside(outbox, stream, item, "damaged on disk")
            sound = [item for item in items if item.point is not None]
            if sound:
                self._stream, self._parcel = stream, Parcel(sound)
                reach(Point.OUTBOX_READ)
                return

    def _send(self, outbox: Outbox) -> float:
        """Send a part; an empty one asks whether the store is there."""
        parcel = self._parcel
        points = [item.point for item in parcel.part if item.point is not None]
        try:
            self.store.send(self._stream or self.streams[0], points)
        except TooManyPointsError as error:
            self._most = max(1, min(self._most, len(points)) // 2)
            parcel.too_large(error.why)
            return self._judge(outbox)
        except PointsRefusedError as error:
            parcel.refused(error.why)
            return self._judge(outbox)
        except NotAllowedError as error:
            return self._not_allowed(error.why)
        except StoreError as error:
            self._say(error.why)
            return self._failed(error.retry_after_s)
        if points:
            reach(Point.SHIPPED)
        self._taken(outbox)
        return 0.0

    def _taken(self, outbox: Outbox) -> None:
        if not self.state.is_up:
            log.info("the store of history takes points")
        part = self._parcel.part
        if part:
            outbox.done(part)
            reach(Point.TAKEN_OUT)
        self._parcel.taken()
        self._failures = 0
        self.state.shipped += len(part)
        self.state.is_up, self.state.trouble = True, ""
        self._convict(outbox)

    def _judge(self, outbox: Outbox) -> float:
        """Something was refused: go on with smaller parts, unless the store refuses all."""
        self.state.retries += 1
        if self._parcel.is_hopeless:
            _, why = self._parcel.suspects[0]
            self._parcel = Parcel(())
            return self._not_allowed(f"it refuses every point, {why}")
        self._convict(outbox)
        return SHORTEST_S

    def _convict(self, outbox: Outbox) -> None:
        for item, why in self._parcel.convicted():
            self._set_aside(outbox, self._stream, item, why)

    def _set_aside(self, outbox: Outbox, stream: str, item: Item, why: str) -> None:
        outbox.refuse(stream, item, why, self.now_ms())
        self.state.refused += 1
        log.error("a point is refused for good and set aside", stream=stream, why=why)

    def _not_allowed(self, why: str) -> float:
        self._say(why)
        self._failed(None)
        return LONGEST_S * (0.5 + self.chance() / 2)

    def _say(self, why: str) -> None:
        """Once for each reason, not for each attempt."""
        if why != self.state.trouble:
            log.warning("the store of history takes nothing; trying again", why=why)
        self.state.trouble = why

    def _failed(self, asked_s: float | None) -> float:
        self.state.is_up = False
        self.state.retries += 1
        self._failures += 1
        return wait_s(self._failures, self.chance(), asked_s)
