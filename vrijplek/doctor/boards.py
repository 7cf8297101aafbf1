"""The boards: who is silent, and of whom messages never came."""

import contextlib
import sqlite3
from collections.abc import Iterator

import msgspec

from ingest.seal import DamagedError, opened
from occupancy.liveness import MISSED_BEATS
from occupancy.snapshot import FrozenBoard, thawed
from vrijplek.doctor.databases import reading
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

DAY_MS = 24 * 3_600_000
MOST = 5


def silent(patient: Patient) -> Iterator[Finding]:
    """Boards that a running service does not hear, by name where its last snapshot agrees."""
    count = patient.metric("boards_silent")
    if count is None:
        return
    if not count:
        yield Finding("boards", "all are heard")
        return
    names = _quiet(patient)
    told = f"{count:.0f} silent"
    if len(names) == count:
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        told += f": {', '.join(names[:MOST])}{more}"
    mend = "their power and network, their passwords at the broker; /v1/boards tells since when"
    yield Finding("boards", told, "all heard", mend)


def _quiet(patient: Patient) -> list[str]:
    """Those that were silent when the last snapshot was made."""
    with (
        contextlib.suppress(sqlite3.Error, DamagedError, msgspec.DecodeError),
        reading(patient.state / "vrijplek.sqlite") as connection,
    ):
        row = connection.execute("SELECT estimator, at_ms FROM snapshot").fetchone()
        known = thawed(opened(row[0], "the snapshot")).boards if row else {}
        return sorted(name for name, board in known.items() if _is_silent(board, row[1]))
    return []


def _is_silent(board: FrozenBoard, now_ms: int) -> bool:
    silent_ms = now_ms - board.heard_ms
    return board.offline or not board.heard_ms or silent_ms > MISSED_BEATS * board.every_ms


def gaps(patient: Patient) -> Iterator[Finding]:
    """Messages that never came, and times when the broker had forgotten us, within a day."""
    file = patient.state / "vrijplek.sqlite"
    if not file.exists():
        return
    query = "SELECT board, count(*) FROM gaps WHERE noticed_ms > ? GROUP BY board ORDER BY 2 DESC"
    with contextlib.suppress(sqlite3.Error), reading(file) as connection:
        rows = connection.execute(query, (patient.now_ms - DAY_MS,)).fetchall()
        if rows:
            worst = ", ".join(f"{board} ({count})" for board, count in rows[:MOST])
            told = f"{sum(count for _, count in rows)} gaps within a day: {worst}"
            mend = "look at their connection; their rings are too small for their outages"
            yield Finding("gaps", told, "none", mend)
        else:
            yield Finding("gaps", "none within a day")
