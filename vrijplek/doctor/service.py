"""The service: whether it answers, what it says of itself, what it refuses."""

import contextlib
import http.client
import sqlite3
import urllib.request
from collections.abc import Iterator, Mapping

from prometheus_client.parser import text_string_to_metric_families

from vrijplek.commands.ask import TIMEOUT_S, ask
from vrijplek.doctor.databases import reading
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.folder import holder
from vrijplek.doctor.patient import Metrics, Patient
from vrijplek.errors import CommandError

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
DAY_MS = 24 * 3_600_000
START = "start it: vrijplek demo, or vrijplek run --config FILE"
HUNG = (
    "process {pid} works in the folder and does not answer: look at its log, then end it"
    " (kill {pid}, after ten seconds kill -9 {pid}) and start it again"
)
MANY_CONNECTIONS = 12
"""An hour: more than a broker that is started again now and then explains."""
MENDS = {
    "malformed": "vrijplek decode CAPTURE shows the line; correct the board's firmware",
    "too_large": "the board sends too much at once; correct its firmware",
    "unknown_topic": "the topic must be as docs/wire-format.md says, with this site's name",
    "unknown_board": "enter the board in the building file, or take it off the broker",
    "unknown_sensor": "enter the sensor in the building file, or correct the board's settings",
    "retained": "the board must not retain readings; clear what the broker keeps",
    "encrypted": "give the device's key, or take the encryption off the device",
    "downgraded": "a device that has a key sends plain text: look whether it is the real one",
    "device_error": "look at the device, or at the decoder in the network server",
    "no_measurement": "the device sends objects without anything measured; see its page",
    "too_old": "look at the board's clock and connection: it sent what was days old",
}
HARMLESS = {"superseded_boot", "replayed"}
"""What a board sends that has been started again, and adverts that come a second time."""


def metrics_of(base: str) -> Metrics:
    """What a service counts; empty where none answers."""
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    try:
        with _direct.open(f"{base}/metrics", timeout=TIMEOUT_S) as answer:
            text = answer.read(4_000_000).decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((sample.labels, sample.value))
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    return found


def service(patient: Patient) -> Iterator[Finding]:
    """Whether it answers and is ready."""
    running = patient.running
    if running is None:
        yield Finding("service", "none has run in this folder")
        return
    pid = holder(patient.state)
    try:
        ask(running.http, "/healthz", "")
    except CommandError as error:
        mend = START if pid is None else HUNG.format(pid=pid)
        yield Finding("service", str(error), "an answer", mend)
        return
    by = f", process {pid}" if pid else ""
    yield Finding("service", f"answers at {running.http}{by}")
    yield from _readiness(running.http)


def _readiness(base: str) -> Iterator[Finding]:
    try:
        told = ask(base, "/readyz", "")
    except CommandError as error:
        mend = "look at the findings below, then at the service's log"
        yield Finding("readiness", str(error), "ready", mend)
        return
    worries = "; ".join(told.get("worries", ()))
    mend = "see docs/operations.md, When something is wrong"
    yield Finding("readiness", worries, "ready", mend) if worries else Finding("readiness", "ready")


def connection(patient: Patient) -> Iterator[Finding]:
    """Whether the service is connected, and stays so."""
    connections = patient.metric("broker_connections_total")
    began_s = patient.metrics.get("process_start_time_seconds", [({}, 0.0)])[0][1]
    if connections is None or not began_s:
        return
    hours = max(patient.wall_ms / 1000 - began_s, 60.0) / 3600
    if connections - 1 > max(MANY_CONNECTIONS * hours, 3):
        told = f"{connections:.0f} connections to the broker in {hours:.1f} h"
        mend = (
            "look for another client with the service's account or id, and for "
            "`use_username_as_clientid true` below each listener line of the broker"
        )
        yield Finding("connection", told, "one that lasts", mend)
    lost = patient.metric("broker_sessions_lost_total") or 0
    if lost:
        told = f"the broker forgot our session {lost:.0f} time(s)"
        yield Finding("session", f"{told}; boards were asked to send again")


def refused(patient: Patient) -> Iterator[Finding]:
    """What was refused within a day, by reason, with the boards that the building has not."""
    file = patient.state / "vrijplek.sqlite"
    if not file.exists():
        return
    query = (
        "SELECT reason, count(*), group_concat(DISTINCT board) FROM quarantine"
        " WHERE at_ms > ? GROUP BY reason ORDER BY count(*) DESC"
    )
    with contextlib.suppress(sqlite3.Error), reading(file) as connected:
        rows = connected.execute(query, (patient.now_ms - DAY_MS,)).fetchall()
        for reason, count, boards in rows:
            told = f"{count} messages refused within a day: {reason}{_of(boards or '')}"
            if reason in HARMLESS:
                yield Finding("refused", told)
            else:
                mend = MENDS.get(reason, "see docs/wire-format.md")
                yield Finding("refused", told, "none", mend)
        if not rows:
            yield Finding("refused", "nothing within a day")


def _of(boards: str) -> str:
    names = sorted(filter(None, boards.split(",")))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f", of {', '.join(names[:5])}{more}" if names else ""
