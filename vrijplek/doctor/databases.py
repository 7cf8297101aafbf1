"""The databases: whether they are sound, of our version, of a sane size, and purged in time."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.people.audit import KEPT_MS as AUDIT_KEPT_MS
from ingest.journal import RAW_KEPT_MS, SIGHTINGS_KEPT_MS, VERSION
from occupancy.store.sqlite import KEPT_MS as TRANSITIONS_KEPT_MS
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.folder import holder
from vrijplek.doctor.patient import Patient
from vrijplek.seals import first_damage

RESTORE = "stop the service, restore this file from a backup (vrijplek restore), start it again"
CHECK_S = 60.0
LARGE_LOG_BYTES = 256_000_000
OLD_SNAPSHOT_MS = 5 * 60_000
AHEAD_MS = 60_000
GRACE_MS = 3 * 60_000
"""The purge runs every minute."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows go after a time."""

    file: str
    table: str
    column: str
    kept_ms: int
    also: str = ""


KEPT = (
    Kept("vrijplek.sqlite", "sightings", "at_ms", SIGHTINGS_KEPT_MS),
    Kept("vrijplek.sqlite", "transitions", "event_ms", TRANSITIONS_KEPT_MS),
    Kept(
        "vrijplek.sqlite",
        "journal",
        "at_ms",
        RAW_KEPT_MS,
        "AND id <= (SELECT journal_id FROM snapshot)",
    ),
    Kept("people.sqlite", "audit", "at_ms", AUDIT_KEPT_MS),
)


@contextlib.contextmanager
def reading(file: Path, within_s: float = 10.0) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, and gives up a query after a time."""
    uri = f"{file.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=2)) as connection:
        end_s = time.monotonic() + within_s
        connection.set_progress_handler(lambda: time.monotonic() > end_s, 10_000)
        yield connection


def soundness(patient: Patient) -> Iterator[Finding]:
    """Structure, checksums and version of each."""
    for name in ("vrijplek.sqlite", "people.sqlite"):
        file = patient.state / name
        if not file.exists():
            continue
        verdict = _verdict(file)
        if verdict in {"ok", "too large to be checked to the end"}:
            yield Finding(name, f"{verdict}, {file.stat().st_size / 1e6:.1f} MB")
        else:
            yield Finding(name, verdict, "ok", RESTORE)
    yield from _version(patient.state / "vrijplek.sqlite")


def _verdict(file: Path) -> str:
    try:
        with reading(file, CHECK_S) as connection:
            [(told,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
            damage = first_damage(connection) if told == "ok" else ""
        return f"damaged: {damage}" if damage else str(told)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return "too large to be checked to the end"
        return str(error)


def _version(file: Path) -> Iterator[Finding]:
    with contextlib.suppress(sqlite3.Error), reading(file) as connection:
        [(version,)] = connection.execute("PRAGMA user_version").fetchall()
        if version > VERSION:
            mend = "start the version of the software that made it, or restore a backup"
            yield Finding("database version", str(version), f"at most {VERSION}", mend)


def log_size(patient: Patient) -> Iterator[Finding]:
    """Whether the write-ahead log is emptied."""
    for log in sorted(patient.state.glob("*.sqlite-wal")):
        size = log.stat().st_size
        if size > LARGE_LOG_BYTES:
            mend = "end the program that has had it open for long (lsof tells), or restart"
            expected = f"at most {LARGE_LOG_BYTES / 1e6:.0f} MB"
            yield Finding(log.name, f"{size / 1e6:.0f} MB", expected, mend)


def freshness(patient: Patient) -> Iterator[Finding]:
    """Age of the snapshot, and whether the journal is from the future."""
    file = patient.state / "vrijplek.sqlite"
    if not file.exists():
        return
    with contextlib.suppress(sqlite3.Error), reading(file) as connection:
        [(newest_ms,)] = connection.execute("SELECT max(at_ms) FROM journal").fetchall()
        [(kept_ms,)] = connection.execute("SELECT max(at_ms) FROM snapshot").fetchall()
        ahead_ms = (newest_ms or 0) - patient.now_ms
        if ahead_ms > AHEAD_MS:
            mend = "set the clock of this machine; time stands still for the service until then"
            told = f"the journal is {ahead_ms / 1000:.0f} s ahead of the clock"
            yield Finding("journal", told, "not ahead of the clock", mend)
        yield from _snapshot(patient, kept_ms)


def _snapshot(patient: Patient, kept_ms: int | None) -> Iterator[Finding]:
    if kept_ms is None:
        yield Finding("snapshot", "none yet")
        return
    age_ms = patient.now_ms - kept_ms
    told = f"{max(age_ms, 0) / 1000:.0f} s old"
    if holder(patient.state) and age_ms > OLD_SNAPSHOT_MS:
        mend = "look at the service's log: nothing has been written since"
        yield Finding("snapshot", told, "a minute old while the service runs", mend)
    else:
        yield Finding("snapshot", told)


def purge(patient: Patient) -> Iterator[Finding]:
    """Whether what is past its time is gone; sightings even where no service runs."""
    is_running = holder(patient.state) is not None
    overdue = 0
    for kept in KEPT:
        if not is_running and kept.table != "sightings":
            continue
        count = _overdue(patient, kept)
        overdue += count
        if count:
            start = "start the service: it deletes them within a minute"
            mend = "look at the service's log: the purge does not run" if is_running else start
            yield Finding("purge", f"{count} rows of {kept.table} past their time", "none", mend)
    if not overdue:
        yield Finding("purge", "nothing is past its time")


def _overdue(patient: Patient, kept: Kept) -> int:
    file = patient.state / kept.file
    if not file.exists():
        return 0
    query = f"SELECT count(*) FROM {kept.table} WHERE {kept.column} < ? {kept.also}"  # noqa: S608
    before_ms = patient.now_ms - kept.kept_ms - GRACE_MS
    with contextlib.suppress(sqlite3.Error), reading(file) as connection:
        return int(connection.execute(query, (before_ms,)).fetchone()[0])
    return 0
