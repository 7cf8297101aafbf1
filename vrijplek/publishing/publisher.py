"""The publisher: says at the broker what has changed, and nothing else.

There is no queue of messages. What waits are the ids of spaces with news; what is said of them is
made when it goes out. So at most one message waits for each topic, and it is the newest.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from occupancy.view import LiveView, Status
from vrijplek.publishing.outlet import Outlet
from vrijplek.publishing.sheet import Sheet
from vrijplek.publishing.topics import ONLINE

BATCH = 500
"""Spaces or messages at once, some 10 ms of work; the next go when these are out."""


class Publisher:
    """Keeps what is retained at the broker the same as the live view.

    Args:
        sheet: Makes payloads of states.
        standing: What stays the same while the service runs: devices, and until the broker has
            taken them removals as empty payloads.
        view: What is known; watched from now on.
        outlet: Where it goes out.
        settle: Called once, when the broker has taken ``standing``.
    """

    def __init__(
        self,
        sheet: Sheet,
        standing: Mapping[str, bytes],
        view: LiveView,
        outlet: Outlet,
        settle: Callable[[], None],
    ) -> None:
        self.sheet, self.view, self.outlet = sheet, view, outlet
        self.published = 0
        """Messages that went out."""
        self.superseded = 0
        """News of a space that took the place of earlier news that still waited."""
        self._standing = dict(standing)
        self._settle: Callable[[], None] | None = settle
        self._first: list[str] = []
        self._news: dict[str, None] = {}
        self._lock = threading.Lock()
        self._said: dict[str, bytes] = {}
        self._is_told = False
        view.watch(self._note)

    @property
    def waiting(self) -> int:
        """Spaces with news, and standing messages, that have not gone out."""
        return len(self._news) + len(self._first)

    def start(self) -> None:
        """Connect in the background."""
        self.outlet.start()

    def stop(self) -> None:
        """Say that what is retained counts no more, and leave."""
        self.outlet.stop()

    def look(self) -> None:
        """Let go out what has changed; to be called now and then, by one thread."""
        if self.outlet.begins():
            self._begin()
        if not self.outlet.is_free:
            return
        if self._first:
            batch, self._first = self._first[:BATCH], self._first[BATCH:]
            self._say({topic: self._standing[topic] for topic in batch}, surely=True)
            return
        self._say(self._changed(), surely=False)
        if self._is_told and self._settle is not None and self.outlet.is_settled:
            self._finish(self._settle)

    def _finish(self, settle: Callable[[], None]) -> None:
        """Removals are made once: Home Assistant warns of a removal of what it does not know."""
        settle()
        self._settle = None
        self._standing = {topic: payload for topic, payload in self._standing.items() if payload}

    def _begin(self) -> None:
        self._said.clear()
        self._first = list(self._standing)
        self._is_told = False
        self._put(self.sheet.floor_of)

    def _changed(self) -> dict[str, bytes]:
        """What is another than was said; at the first time, last of all, that it counts."""
        with self._lock:
            spaces = list(islice(self._news, BATCH))
            for space in spaces:
                del self._news[space]
            is_all = not self._news
        found = self.sheet.payloads(spaces, self.view.spaces)
        changed = {topic: said for topic, said in found.items() if self._said.get(topic) != said}
        self._said.update(changed)
        if is_all and not self._is_told:
            # what is retained from before may be old: nobody is to believe it until it is of now
            changed[self.sheet.topics.service] = ONLINE
            self._is_told = True
        return changed

    def _say(self, batch: Mapping[str, bytes], *, surely: bool) -> None:
        for topic, payload in batch.items():
            self.outlet.say(topic, payload, surely=surely)
        self.published += len(batch)

    def _note(self, changed: tuple[Status, ...]) -> None:
        """Remember who has news; called on whichever thread tells the live view."""
        with self._lock:
            mine = [status.space for status in changed if status.space in self.sheet.floor_of]
            self.superseded += sum(space in self._news for space in mine)
            self._news.update(dict.fromkeys(mine))

    def _put(self, spaces: Iterable[str]) -> None:
        with self._lock:
            self._news.update(dict.fromkeys(spaces))
