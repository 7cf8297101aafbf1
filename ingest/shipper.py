"""The shipper: a thread that brings the outbox to a store of history, in order, until it is there.

At least once, and the store makes it once: points are the same each time. It never holds the
pipeline up, which only adds rows.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from ingest.backoff import SHORTEST_S, Backoff
from ingest.crash_points import Point as CrashPoint
from ingest.crash_points import reach
from ingest.outbox import Depth, Outbox, Parcel
from occupancy.point import PointsRefusedError, PointStore, StoreError

log = structlog.get_logger(__name__)

BATCH = 5_000
IDLE_S = 0.5
LOOK_S = 2.0
"""Between two looks at how much waits, which reads all of it."""


class StoppedError(Exception):
    """The service stops; what was not confirmed stays in the outbox."""


@dataclass
class Shipper:
    """Ships each stream in its order."""

    open_outbox: Callable[[], Outbox]
    """On a connection that the shipper's thread has for itself."""
    store: PointStore
    streams: Sequence[str]
    now_ms: Callable[[], int]
    shipped: Counter[str] = field(default_factory=Counter)
    """Points confirmed, by stream."""
    refused: int = 0
    """Points that the store will never take."""
    failures: int = 0
    """Requests that failed."""
    depths: dict[str, Depth] = field(default_factory=dict)
    """What waited when it was last looked at, by stream."""
    _trouble: str = "not reached yet"
    _looked_s: float = float("-inf")
    _stopping: threading.Event = field(default_factory=threading.Event)
    _backoff: Backoff = field(default_factory=Backoff)
    _prepared: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Ship on a thread of its own, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="shipper", daemon=True)
        self._thread.start()

    def trouble(self) -> str:
        """Why the store takes nothing now; empty while it does."""
        return self._trouble

    def waiting(self) -> int:
        """How many points it has not taken yet."""
        return sum(depth.rows for depth in self.depths.values())

    def oldest_ms(self) -> int | None:
        """When the oldest of these was posted, ms UTC; None where none waits."""
        return min((d.oldest_ms for d in self.depths.values() if d.oldest_ms), default=None)

    def stop(self) -> None:
        """End soon; a request that is going on may come to its end without us."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        outbox = self.open_outbox()
        try:
            while not self._stopping.is_set():
                if not self._try(outbox):
                    continue
                self._stopping.wait(IDLE_S)
        except StoppedError:
            pass
        finally:
            outbox.connection.close()

    def _try(self, outbox: Outbox) -> bool:
        """One turn of all streams; whether there was nothing more to do."""
        try:
            if not self._prepared:
                self.store.prepare()
                self._prepared = True
                self._succeed()
            sent = [self.turn(outbox, stream) for stream in self.streams]
        except StoreError as error:
            self._look(outbox)
            self._fail(error)
            return False
        self._look(outbox)
        return not any(sent)

    def turn(self, outbox: Outbox, stream: str) -> int:
        """Ship what waits longest; how many points were taken out of the outbox.

        Raises:
            StoreError: If the store can't be asked now.
        """
        parcels = outbox.oldest(stream, BATCH)
        if parcels:
            reach(CrashPoint.OUTBOX_READ)
            self._ship(outbox, stream, parcels)
        return len(parcels)

    def _ship(self, outbox: Outbox, stream: str, parcels: Sequence[Parcel]) -> None:
        """Send a batch; what is refused is halved until the wrong point is alone."""
        if self._stopping.is_set():
            raise StoppedError
        try:
            self.store.send(stream, [parcel.point for parcel in parcels])
        except PointsRefusedError as error:
            self.failures += 1
            self._halve(outbox, stream, parcels, error)
            return
        reach(CrashPoint.SHIPPED)
        outbox.done(stream, parcels[0].id, parcels[-1].id)
        reach(CrashPoint.TAKEN_OUT)
        self.shipped[stream] += len(parcels)
        self._succeed()

    def _halve(
        self, outbox: Outbox, stream: str, parcels: Sequence[Parcel], error: PointsRefusedError
    ) -> None:
        if len(parcels) == 1:
            log.error("a point is refused for good and set aside", stream=stream, why=error.why)
            outbox.refuse(stream, parcels[0], error.why, self.now_ms())
            self.refused += 1
            return
        if self._stopping.wait(SHORTEST_S):
            raise StoppedError
        middle = len(parcels) // 2
        self._ship(outbox, stream, parcels[:middle])
        self._ship(outbox, stream, parcels[middle:])

    def _fail(self, error: StoreError) -> None:
        """Wait before the next request; the place may have to be made anew by then."""
        self.failures += 1
        self._prepared = False
        if self._trouble != error.why:
            log.warning("the store of history takes nothing; trying again", why=error.why)
            self._trouble = error.why
        wait_s = self._backoff.wait_s(random.random(), error.retry_after_s)  # noqa: S311 - jitter
        self._stopping.wait(wait_s)

    def _succeed(self) -> None:
        if self._trouble:
            log.info("the store of history takes points")
            self._trouble = ""
        self._backoff.succeed()

    def _look(self, outbox: Outbox) -> None:
        if time.monotonic() - self._looked_s < LOOK_S:
            return
        self._looked_s = time.monotonic()
        self.depths = {stream: outbox.depth(stream) for stream in self.streams}
