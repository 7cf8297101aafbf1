"""The stream of changes: what a subscriber gets, in which order, and what happens to a slow one.

Changes come in on the pipeline's thread and leave on the thread of each subscriber's event loop.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from threading import Lock

import msgspec

from api.catalogue import Catalogue
from api.meters import Meters
from api.times import iso, iso_minute
from occupancy.rollup import WATCHED
from occupancy.state import State
from occupancy.view import LiveView, Status

MOST_WAITING = 256
"""Events that wait for one subscriber; with more, the subscriber is closed and counted."""

MOST_SUBSCRIBERS = 2000


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What is known of one desk or room now."""

    id: str
    kind: str
    state: State
    since: str | None
    last_evidence: str | None
    """Floored to the minute."""
    probability: float


class Event(msgspec.Struct, frozen=True):
    """What became known at one revision."""

    revision: int
    changes: dict[str, bytes]
    """Encoded `Change` by the id of its space."""


class Subscriber:
    """One who takes the changes of some spaces, in order.

    Args:
        floor: The one floor whose spaces it gets; None for all.
    """

    def __init__(self, floor: str | None) -> None:
        self.floor = floor
        self.overrun = False
        """Whether it gets nothing more: it was too slow, or the service ends."""
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._waiting: deque[Event] = deque()

    def offer(self, event: Event) -> bool:
        """Lays an event ready, on any thread; False where there is no room or nobody left."""
        if len(self._waiting) >= MOST_WAITING:
            self.overrun = True
            self._waiting.clear()
        else:
            self._waiting.append(event)
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:
            return False
        return not self.overrun

    def close(self) -> None:
        """Has it end, on the thread of its event loop."""
        self.overrun = True
        self._waiting.clear()
        self._ready.set()

    async def take(self, patience_s: float) -> Event | None:
        """The next event; None where none came within this time, or it was overrun."""
        if not self._waiting:
            self._ready.clear()
            try:
                await asyncio.wait_for(self._ready.wait(), patience_s)
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting else None


class Stream:
    """Hands each change to all subscribers.

    Args:
        catalogue: All spaces.
        view: What is known of them now.
        meters: Counts the subscribers and those that were too slow.
    """

    def __init__(self, catalogue: Catalogue, view: LiveView, meters: Meters) -> None:
        self._catalogue = catalogue
        self._view = view
        self._meters = meters
        self._lock = Lock()
        self._subscribers: set[Subscriber] = set()
        self._told: dict[str, bytes] = {}
        self._open = True

    def publish(self, changed: tuple[Status, ...]) -> None:
        """Tells what changed, leaving out what no answer would show; on the pipeline's thread."""
        fresh = self._encoded(changed)
        changes = {i: part for i, part in fresh.items() if self._told.get(i) != part}
        self._told.update(changes)
        if not changes:
            return
        event = Event(self._view.revision, changes)
        with self._lock:
            for subscriber in [s for s in self._subscribers if not s.offer(event)]:
                self._subscribers.discard(subscriber)
                self._meters.dropped.inc()

    @property
    def is_full(self) -> bool:
        """Whether there are as many subscribers as can be served; always, once closed."""
        return not self._open or len(self._subscribers) >= MOST_SUBSCRIBERS

    def close(self) -> None:
        """Ends all subscriptions, so that none holds up the end; on the event loop's thread."""
        with self._lock:
            self._open = False
            for subscriber in self._subscribers:
                subscriber.close()

    def subscribe(self, floor: str | None) -> Subscriber:
        """A new subscriber, on the thread of its event loop."""
        subscriber = Subscriber(floor)
        with self._lock:
            self._subscribers.add(subscriber)
            self._meters.watchers.set(len(self._subscribers))
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Ends a subscription."""
        with self._lock:
            self._subscribers.discard(subscriber)
            self._meters.watchers.set(len(self._subscribers))

    def now(self) -> Event:
        """Everything as it is now, as one event."""
        revision = self._view.revision
        known = self._view.spaces
        watched = (entry.space.id for entry in self._catalogue.of_kinds(WATCHED))
        return Event(revision, self._encoded(s for i in watched if (s := known.get(i))))

    def written(self, name: str, event: Event, floor: str | None) -> bytes | None:
        """An event as a subscriber of one floor gets it, None where none of it is there."""
        entry = self._catalogue.entry
        parts = [p for i, p in event.changes.items() if floor in (None, entry[i].floor)]
        if not parts and name != "state":
            return None
        body = b'{"revision":%d,"spaces":[%s]}' % (event.revision, b",".join(parts))
        return b"event: %s\nid: %d\ndata: %s\n\n" % (name.encode(), event.revision, body)

    def _encoded(self, statuses: Iterable[Status]) -> dict[str, bytes]:
        entry = self._catalogue.entry
        return {
            s.space: msgspec.json.encode(change(s, entry[s.space].space.kind))
            for s in statuses
            if s.space in entry and entry[s.space].space.kind in WATCHED
        }


def change(status: Status, kind: str) -> Change:
    """A status as the stream tells it."""
    return Change(
        status.space,
        kind,
        status.state,
        iso(status.since_ms),
        iso_minute(status.last_evidence_ms),
        status.probability,
    )
