"""The listener: the thread that runs the pipeline, from start to a clean end."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from ingest.clock import ServiceClock
from ingest.mailbox import Mailbox
from ingest.pipeline import Pipeline
from ingest.session import Session
from ingest.teller import MqttPublisher, Teller

log = structlog.get_logger(__name__)

BATCH = 2_000
TELL_EVERY_S = 1.0
"""Of the wall clock, however fast the service's own clock goes."""


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
    _stopping: threading.Event = field(default_factory=threading.Event)
    _told_ms: int = 0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Recover, then listen."""
        pages = self.pipeline.recover()
        log.info("recovered", pages=pages, as_of_ms=self.pipeline.estimator.now_ms)
        self.publisher.start()
        self.session.start()
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the pipeline's thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Stop hearing, finish what has been heard, leave a snapshot."""
        self.session.stop()
        self._stopping.set()
        self.mailbox.close()
        if self._thread is not None:
            self._thread.join(timeout=4)
        self.publisher.stop()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._round(timeout_s=self.pipeline.due_s() / self.clock.speed)
            self.pipeline.finish()
        except BaseException:
            log.exception("the pipeline has failed; nothing more is acknowledged")
            self.on_failure()
            raise

    def _round(self, timeout_s: float) -> None:
        letters = self.mailbox.take(BATCH, timeout_s)
        boards = self.pipeline.round(letters)
        self.session.acknowledge(letters)
        self.teller.note(boards)
        now_ms = self.clock.now_ms()
        if now_ms - self._told_ms >= TELL_EVERY_S * 1000 * self.clock.speed:
            self.teller.flush(self.pipeline.memory)
            self._told_ms = now_ms
            if self.clock.speed == 1.0:
                self.clock.discipline()
