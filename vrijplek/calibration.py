"""Calibration put together: the recorder, its stores, and when the estimator learns anew."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from api.calibrator import Calibrator
from api.people.store import PeopleStore
from ingest.calibration import CalibrationStore
from ingest.recorder import Recorder
from ingest.spare_tags import SpareTags
from occupancy.building import Building
from occupancy.learning.recording import Recording
from occupancy.working_hours import WorkingHours
from sensors.entry import Entry

log = structlog.get_logger(__name__)


class Learn(Protocol):
    """Who gets all walks that are over."""

    def __call__(self, walks: tuple[Recording, ...], *, quickly: bool) -> None:
        """Learn from them; quickly where answers wait for it."""


def _nothing(walks: tuple[Recording, ...], *, quickly: bool) -> None:
    """Learn nothing."""


@dataclass
class Calibration:
    """All parts of calibration in one service."""

    recorder: Recorder
    pages: CalibrationStore
    """On the pipeline's connection; `tap` writes there."""
    kept: CalibrationStore
    """On the connection of the API's threads."""
    calibrator: Calibrator
    now_ms: Callable[[], int]
    learn: Learn
    """Gets all walks that are over, at the start and whenever they are others."""
    _learned: int = -1
    _thread: threading.Thread | None = field(default=None)

    def start(self) -> None:
        """End walks that a stop cut off, then learn; before anything is heard."""
        cut_off = self.kept.end_open()
        if cut_off:
            log.warning("walks were cut off by a stop; what was recorded is kept", walks=cut_off)
        self._learn(self.calibrator.revision(), quickly=True)

    def tap(self, entries: Sequence[Entry]) -> None:
        """What the pipeline calls inside its transaction."""
        self.recorder.take(entries, self.pages)

    def look(self) -> None:
        """End walks that are overdue; learn on a thread of its own when there is something new."""
        self.calibrator.look(self.now_ms())
        revision = self.calibrator.revision()
        is_learning = self._thread is not None and self._thread.is_alive()
        if revision != self._learned and not is_learning:
            self._thread = threading.Thread(
                target=self._learn,
                args=(revision,),
                kwargs={"quickly": False},
                name="learn",
                daemon=True,
            )
            self._thread.start()

    def stop(self) -> None:
        """Let learning come to its end; walks that are going on are ended at the next start."""
        if self._thread is not None:
            self._thread.join(timeout=4)

    def _learn(self, revision: int, *, quickly: bool) -> None:
        recordings = self.calibrator.recordings()
        if not (quickly and recordings):
            # what was learned quickly is learned well at the next look
            self._learned = revision
        try:
            self.learn(recordings, quickly=quickly)
        except Exception:
            log.exception("learning from the walks has failed; what was learned before counts")
            return
        log.info("learned from the walks", walks=len(recordings))


def put_together(
    building: Building,
    people: PeopleStore,
    hours: WorkingHours,
    connections: tuple[sqlite3.Connection, sqlite3.Connection],
    now_ms: Callable[[], int],
    learn: Learn = _nothing,
) -> Calibration:
    """Calibration of a service; nothing is started yet.

    Args:
        building: Its rooms and zones are the places.
        people: Whose tag is whose.
        hours: Outside these nobody walks.
        connections: To the same database: the pipeline's, and one for the threads of the API.
        now_ms: The service's clock.
        learn: Gets all walks that are over; may be given later, before the start.
    """
    pages, kept = (CalibrationStore(connection) for connection in connections)
    recorder = Recorder(kept)
    spares = SpareTags(connections[1])
    calibrator = Calibrator(building, people, recorder, spares.all, hours.open_at)
    return Calibration(recorder, pages, kept, calibrator, now_ms, learn)
