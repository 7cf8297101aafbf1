"""History that goes to another program: whether it is taken, what waits, what was refused."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from occupancy.point import StoreError
from occupancy.store.influx.server import Address, Server
from sensors.rejected import without_addresses
from vrijplek.doctor.databases import reading
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient
from vrijplek.storing import store_of

ASK_S = 5.0
LOOK = "SHOW MEASUREMENTS"
UNKNOWN_TO_IT = {401, 403}
DAY_MS = 24 * 3_600_000


def server(patient: Patient) -> Iterator[Finding]:
    """Whether the server of the settings answers, and knows us."""
    influx = patient.settings and patient.settings.influx
    if not influx:
        return
    mend = "start it, or correct `influx.url`; what waits is sent then"
    try:
        found = Server(Address(influx.url, timeout_s=ASK_S)).version()
        known = replace(store_of(influx).server.address, timeout_s=ASK_S)
        answer = Server(known).ask("GET", "/query", query={"q": LOOK, "db": influx.transitions})
    except StoreError as error:
        yield Finding("InfluxDB", error.why, "an InfluxDB 1, 2 or 3 that answers", mend)
        return
    except OSError:
        return  # the files with secrets have findings of their own
    told = f"InfluxDB {found} at {influx.url}"
    if answer.status in UNKNOWN_TO_IT:
        mend = "the token or the account, and what it may read and write"
        yield Finding("InfluxDB", f"{told}: status {answer.status}", "let in", mend)
    else:
        yield Finding("InfluxDB", told)


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
