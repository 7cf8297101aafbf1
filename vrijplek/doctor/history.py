"""History that goes to another program: whether it is taken, what waits, what was refused."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sensors.rejected import without_addresses
from vrijplek.doctor.databases import reading
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

DAY_MS = 24 * 3_600_000


def store(patient: Patient) -> Iterator[Finding]:
    """Whether the store takes what waits for it; while no service runs, what waits."""
    is_up, rows = patient.metric("store_up"), patient.metric("outbox_rows") or 0
    if is_up is None:
        yield from _waiting(patient)
        return
    age_s = patient.metric("outbox_age_seconds") or 0
    told = f"{rows:.0f} rows wait, the oldest for {age_s:.0f} s"
    if is_up:
        yield Finding("store of history", told)
    else:
        mend = "start it, or correct its address and token; what waits is sent then"
        yield Finding("store of history", f"takes nothing; {told}", "up", mend)


def _waiting(patient: Patient) -> Iterator[Finding]:
    [(rows, oldest_ms)] = _rows(patient, "SELECT count(*), min(at_ms) FROM outbox") or [(0, None)]
    if rows:
        age_s = max(patient.now_ms - oldest_ms, 0) / 1000
        told = f"{rows} rows wait, the oldest for {age_s:.0f} s"
        yield Finding("store of history", told)


def refused(patient: Patient) -> Iterator[Finding]:
    """Points that the store will never take."""
    query = "SELECT count(*), max(id), why FROM outbox_refused WHERE at_ms > ?"
    [(count, _, why)] = _rows(patient, query, patient.now_ms - DAY_MS) or [(0, 0, "")]
    if count:
        told = f"{count} points within a day, last: {without_addresses(why)[:200]}"
        mend = "mend what the store says; the points are in the table outbox_refused"
        yield Finding("refused by the store", told, "none", mend)


def _rows(patient: Patient, query: str, *values: int) -> list[tuple[Any, ...]]:
    """What a query finds, nothing where there is no such table."""
    file = patient.state / "vrijplek.sqlite"
    if file.exists():
        with contextlib.suppress(sqlite3.Error), reading(file) as connection:
            return connection.execute(query, values).fetchall()
    return []
