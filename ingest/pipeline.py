"""The pipeline: letters in, committed pages out, then news.

Understand, believe, decide, write down, and only then tell; whoever runs it acknowledges after
that. The order of these steps is the promise that nothing acknowledged is lost.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from ingest.batch import Batch
from ingest.clock import Clock
from ingest.counters import Counters
from ingest.crash_points import Point, reach
from ingest.journal import Journal, Page, Snapshot
from ingest.losses import Interruption
from ingest.mailbox import Letter
from ingest.patience import Patience, passing
from ingest.seal import DamagedError
from occupancy.estimator import Estimator
from occupancy.history import HistoryWriter
from occupancy.radio_map import RadioMap
from occupancy.snapshot import freeze, thawed, wake
from occupancy.transition import Transition
from occupancy.view import LiveView, Status
from sensors.entry import Entry
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.statement import Announced

log = structlog.get_logger(__name__)

TICK_MS = 1_000
MAX_TICKS = 120
"""Ticks of one second after a pause; a longer pause is one step up to these."""
SNAPSHOT_EVERY_MS = 60_000
PURGE_EVERY_MS = 60_000


def _nobody(_entries: Sequence[Entry]) -> None:
    """A tap that is closed."""


def _unmet(_met: Sequence[Announced], _now_ms: int) -> None:
    """Nobody wants to know."""


def _nothing(_now_ms: int) -> None:
    """Nobody follows what is written."""


@dataclass(frozen=True, slots=True)
class Done:
    """What is on disk after a round, and whom that concerns."""

    safe: frozenset[str] = frozenset()
    """Boards whose messages are on disk now."""
    born: frozenset[str] = frozenset()
    """Boards that have just connected."""
    learned: frozenset[str] = frozenset()
    """Families of which facts came."""


@dataclass
class Pipeline:
    """From letters to answers."""

    estimator: Estimator
    """What is believed; woken from the journal by `recover`."""
    around: Surroundings
    """What a decoder may know."""
    journal: Journal
    history: HistoryWriter
    """Where transitions go, on the journal's own connection."""
    view: LiveView
    """Whom to tell."""
    clock: Clock
    purge: Callable[[int], None]
    """Deletes what is past its time, given ms UTC."""
    tap: Callable[[Sequence[Entry]], None] = _nobody
    """Gets what was understood, within the transaction that keeps it."""
    written: Callable[[int], None] = _nothing
    """Called with ms UTC at the end of that transaction, again if it has to be tried again."""
    meet: Callable[[Sequence[Announced], int], None] = _unmet
    """Told of devices that may have no place in the building file, with ms UTC."""
    counters: Counters = field(default_factory=Counters)
    memory: Memory = field(default_factory=Memory)
    """What decoding remembers; woken like the estimator."""
    patience: Patience = field(default_factory=Patience)
    """What waits while the disk can't be written."""
    moving: threading.Lock = field(default_factory=threading.Lock)
    """Held while belief moves; another thread asks the estimator only with it."""
    _lessons: deque[RadioMap | None] = field(default_factory=deque)
    """Written by one thread, read by the pipeline's; a walk is learned seldom."""
    _interruptions: deque[Interruption] = field(default_factory=deque)
    """Not yet written down."""
    _journal_id: int = 0
    _snapshot_ms: int = 0
    _purged_ms: int = 0

    def teach(self, radio: RadioMap | None) -> None:
        """Have tags followed by another radio map from the next round on; any thread may call."""
        self._lessons.append(radio)

    def _study(self) -> None:
        while self._lessons:
            self.estimator.learn(self._lessons.popleft())

    def interrupt(self, now_ms: int, why: str) -> None:
        """Have the next round write down that messages may be missing up to now."""
        heard_ms = self.counters.last_received_ms
        self._interruptions.append(Interruption(heard_ms, now_ms, why))

    def recover(self) -> int:
        """Be where the last run was when it ended, however it ended; pages folded again."""
        self._study()
        self._wake()
        pages = 0
        for journal_id, page in self.journal.after(self._journal_id):
            self._journal_id = journal_id
            self.memory.take_all(page.entries)
            self.estimator.fold(page.entries)
            if page.tick_ms is not None:
                self.estimator.tick(page.tick_ms)
            pages += 1
        self.counters.last_received_ms = self.estimator.now_ms
        self.view.tell(
            self.estimator.now_ms, self.estimator.statuses(), self.estimator.whereabouts()
        )
        return pages

    def _wake(self) -> None:
        """Take the last snapshot; one that is of no use is left, and the whole journal folded."""
        try:
            kept = self.journal.snapshot()
        except DamagedError as error:
            log.warning("the snapshot is damaged; folding the whole journal", found=str(error))
            return
        if kept is None:
            return
        try:
            memory, estimator = Memory.woken(kept.memory), thawed(kept.estimator)
        except msgspec.DecodeError as error:
            log.warning("the snapshot is of another version; folding the journal", why=str(error))
            return
        self.memory, self._journal_id = memory, kept.journal_id
        wake(self.estimator, estimator)

    def due_s(self) -> float:
        """Service seconds until the next tick is due, not below zero."""
        return max(self.estimator.now_ms + TICK_MS - self.clock.now_ms(), 0) / 1000

    def round(self, letters: Sequence[Letter], now_ms: int) -> Done:
        """Take some letters through all steps up to the commit, then let time pass.

        Args:
            letters: In order of arrival.
            now_ms: Up to where time may pass, ms UTC.

        Returns:
            Whose messages are on disk now. Until this returns, nothing may be acknowledged.

        Raises:
            StoppedError: If the service stops while the disk can't be written.
        """
        if letters:
            reach(Point.HEARD)
        batch = Batch.of(letters, self.memory, self.around, self.counters)
        if batch.met:
            self.meet(batch.met, now_ms)
        ticks = self._ticks(now_ms)
        with self.moving:
            self._study()
            outcomes = [self.estimator.fold(batch.entries)]
            outcomes += [self.estimator.tick(tick_ms) for tick_ms in ticks]
        if letters:
            reach(Point.FOLDED)
        transitions = [moved for outcome in outcomes for moved in outcome.transitions]
        changed = [status for outcome in outcomes for status in outcome.changed]
        pages = [Page(tuple(batch.entries))] if batch.entries else []
        pages += [Page((), tick_ms) for tick_ms in ticks]
        self._write(batch, pages, transitions, now_ms)
        self._tell(changed, ticked=bool(ticks))
        return Done(frozenset(batch.boards), frozenset(batch.born), frozenset(batch.learned))

    def _ticks(self, now_ms: int) -> list[int]:
        """The ticks that are due: each second, but one step over a long pause."""
        last_ms = self.estimator.now_ms
        if not last_ms:
            return [now_ms]
        first_ms = max(last_ms + TICK_MS, now_ms - MAX_TICKS * TICK_MS)
        return list(range(first_ms, now_ms + 1, TICK_MS))

    def _write(
        self, batch: Batch, pages: list[Page], transitions: list[Transition], now_ms: int
    ) -> None:
        """One transaction, as often as it takes; a failure that won't pass ends the service."""
        if not (pages or batch.rejected or batch.gaps or self._interruptions):
            return
        is_purge_due = now_ms - self._purged_ms >= PURGE_EVERY_MS
        is_snapshot_due = now_ms - self._snapshot_ms >= SNAPSHOT_EVERY_MS

        def write() -> None:
            with self.journal.transaction():
                self._write_down(batch, pages, transitions, now_ms)
                if is_snapshot_due:
                    self._keep_snapshot(now_ms, with_tags=True)
                    reach(Point.SNAPSHOT)
                if is_purge_due:
                    self.purge(now_ms)
                    reach(Point.PURGED)
                reach(Point.COMMITTING)

        self.patience.until_written(write)
        reach(Point.COMMITTED)
        self._interruptions.clear()
        if is_purge_due:
            self._purged_ms = now_ms
            self._empty_log()
        self.counters.commits += 1
        self.counters.last_commit_ms = now_ms
        self.counters.transitions += len(transitions)
        self.counters.late += sum(t.late for t in transitions)

    def _write_down(
        self, batch: Batch, pages: list[Page], transitions: list[Transition], now_ms: int
    ) -> None:
        for page in pages:
            self._journal_id = self.journal.append(page, now_ms)
        reach(Point.WRITING)
        self.history.append(transitions)
        self.journal.losses.refuse(batch.rejected, now_ms)
        self.journal.losses.lose(batch.gaps)
        for interruption in self._interruptions:
            self.journal.losses.interrupt(interruption)
        self.tap(batch.entries)
        self.written(now_ms)

    def _empty_log(self) -> None:
        """What can't be emptied now, on a full disk, is emptied after the next purge."""
        try:
            self.journal.empty_log()
        except sqlite3.Error as error:
            if not passing(error):
                raise
            log.warning("the write-ahead log could not be emptied", why=passing(error))

    def _keep_snapshot(self, now_ms: int, *, with_tags: bool) -> None:
        frozen = freeze(self.estimator, with_tags=with_tags)
        self.journal.keep(Snapshot(self._journal_id, now_ms, self.memory.frozen(), frozen))
        self._snapshot_ms = now_ms

    def _tell(self, changed: list[Status], *, ticked: bool) -> None:
        newest = {status.space: status for status in changed}
        tags = self.estimator.whereabouts() if ticked else None
        self.view.tell(self.estimator.now_ms, tuple(newest.values()), tags)

    def finish(self) -> None:
        """Leave a snapshot without tags and no sightings: who is stopped knows no whereabouts."""
        try:
            with self.journal.transaction():
                self._keep_snapshot(self.clock.now_ms(), with_tags=False)
                self.journal.connection.execute("DELETE FROM sightings")
            self.journal.empty_log()
        except sqlite3.Error as error:
            if not passing(error):
                raise
            log.warning("stopped without a snapshot; the next start folds more", why=passing(error))
