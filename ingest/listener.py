"""The listener: the thread that runs the pipeline, from start to a clean end."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from ingest.clock import ServiceClock
from ingest.crash_points import Point, reach
from ingest.mailbox import Mailbox
from ingest.patience import StoppedError
from ingest.pipeline import Pipeline
from ingest.session import Session
from ingest.teller import MqttPublisher, Teller
from sensors.statement import Facts

log = structlog.get_logger(__name__)

BATCH = 2_000
FORGOTTEN = "the broker had forgotten the session"
TELL_EVERY_S = 1.0
"""Of the wall clock, however fast the service's own clock goes."""


def _none(_facts: Facts) -> tuple[str, ...]:
    """No device of the building announces where it speaks."""
    return ()


@dataclass
class Listener:
    """Runs the pipeline on a thread of its own."""

    pipeline: Pipeline
    session: Session
    """Fills the mailbox."""
    publisher: MqttPublisher
    """The teller's session."""
    teller: Teller
    mailbox: Mailbox
    """What the pipeline takes from."""
    clock: ServiceClock
    """Kept in discipline when it runs in real time."""
    on_failure: Callable[[], None]
    """Called when the thread dies; the service has to end then."""
    topics: Callable[[Facts], tuple[str, ...]] = _none
    """The topics that what was learned leads to, besides those of the families."""
    announcing: frozenset[str] = frozenset()
    """Families whose facts lead to topics."""
    has_failed: bool = False
    _stopping: threading.Event = field(default_factory=threading.Event)
    _told_ms: int = 0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Recover, then listen."""
        pages = self.pipeline.recover()
        self.clock.not_before(self.pipeline.estimator.now_ms)
        log.info("recovered", pages=pages, as_of_ms=self.pipeline.estimator.now_ms)
        self.session.follow(self.topics(self.pipeline.memory.learned))
        self.publisher.start()
        self.session.start()
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the pipeline's thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Finish the round that is going on, leave a snapshot, stop hearing.

        What is heard and not taken any more is not acknowledged, so it comes again. The mailbox
        ends its waiting first: else a network thread that waits for a place would never end.
        """
        self._stopping.set()
        self.pipeline.patience.stopping.set()
        self.mailbox.close()
        if self._thread is not None:
            self._thread.join(timeout=4)
        self.session.stop()
        self.publisher.stop()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._round(timeout_s=self.pipeline.due_s() / self.clock.speed)
            self.pipeline.finish()
        except StoppedError as stopped:
            log.warning("stopped while nothing could be written", why=str(stopped))
        except BaseException:
            log.exception("the pipeline has failed; nothing more is acknowledged")
            self.has_failed = True
            self.on_failure()
            raise

    def _round(self, timeout_s: float) -> None:
        letters = self.mailbox.take(BATCH, timeout_s)
        now_ms, waits_ms = self.clock.now_ms(), self.mailbox.oldest_ms()
        # time must not run ahead of what has been heard and not yet weighed: that is no silence
        while self.session.forgotten:
            self.pipeline.interrupt(self.session.forgotten.popleft(), FORGOTTEN)
        done = self.pipeline.round(letters, now_ms if waits_ms is None else min(waits_ms, now_ms))
        self.session.acknowledge(letters)
        if letters:
            reach(Point.ACKNOWLEDGED)
        if done.learned & self.announcing:
            self.session.follow(self.topics(self.pipeline.memory.learned))
        self.teller.note(done.safe, done.born)
        if now_ms - self._told_ms >= TELL_EVERY_S * 1000 * self.clock.speed:
            if self.teller.flush(self.pipeline.memory):
                reach(Point.TOLD)
            self._told_ms = now_ms
            if self.clock.speed == 1.0:
                self.clock.discipline()
