"""`vrijplek migrate-history`: what the embedded store keeps, copied into InfluxDB."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from ingest.backoff import wait_s
from occupancy.aggregate import Aggregate
from occupancy.building import Building
from occupancy.history import HistoryError
from occupancy.point import (
    AGGREGATES,
    TRANSITIONS,
    StoreError,
    aggregate_point,
    transition_point,
)
from occupancy.store.aggregates import KEPT_MS as AGGREGATES_KEPT_MS
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.influx.census import InfluxCensus
from occupancy.store.sqlite import KEPT_MS as TRANSITIONS_KEPT_MS
from occupancy.store.sqlite import SqliteHistory, open_database
from occupancy.transition import Transition
from vrijplek.building import load_building
from vrijplek.errors import CommandError, UnreachableError, UsageError
from vrijplek.migration import Migration, Outcome, Row, Source
from vrijplek.settings import InfluxSettings, Settings, read_settings
from vrijplek.storing import store_of

MARGIN_MS = 3_600_000
"""What InfluxDB would delete within this time is not copied; it may refuse it."""
SHOWN = 5
"""Reasons told of what was left out."""


AllOption = Annotated[bool, typer.Option("--all", help="Copy days that are complete there too.")]


def migrate_history(
    config: Annotated[
        Path, typer.Option(metavar="FILE", help="The settings of the service, with `influx`.")
    ],
    everything: AllOption = False,  # noqa: FBT002 - typer's way
) -> None:
    """Copy the history of the state folder into the InfluxDB of the settings.

    For when InfluxDB comes after the service, or was lost. The service may run meanwhile and ships
    what is new by itself. Day by day, what InfluxDB holds is counted, and what it lacks is copied;
    so it can be ended at any time, and run again, which copies nothing twice. At the end each day
    has been counted. Kept are 30 days of transitions and 13 months of aggregates.

    Exit codes: 0 all is there, 1 some of it is not, which is told, 2 no such file or no `influx` in
    the settings, 4 InfluxDB did not answer: run it again.

    For example:

        vrijplek migrate-history --config vrijplek.yaml
    """
    settings = read_settings(config)
    if settings.influx is None:
        raise UsageError(
            f"{config}: found no `influx`, expected where to copy to, such as "
            "`influx: {url: http://127.0.0.1:8086}`; docs/settings.md lists its keys"
        )
    building = load_building(settings.building)
    with closing(_database(settings)) as connection:
        done = _migrate(settings.influx, building, connection, everything=everything)
    _tell(done)


def _database(settings: Settings) -> sqlite3.Connection:
    file = settings.state / "vrijplek.sqlite"
    if not file.is_file():
        raise UsageError(
            f"found no vrijplek.sqlite in {settings.state}, expected the state folder of a service "
            "that has run; `state` in the settings or VRIJPLEK_STATE names it"
        )
    return open_database(file)


def _migrate(
    chosen: InfluxSettings, building: Building, connection: sqlite3.Connection, *, everything: bool
) -> dict[str, Outcome]:
    """What became of each stream.

    Raises:
        UnreachableError: If InfluxDB does not answer, or not as it should.
    """
    store = store_of(chosen)
    census = InfluxCensus(store, building.site)
    transitions, aggregates = _sources(building, connection)
    done = {}
    try:
        store.send(TRANSITIONS, ())
        with _bar() as bar:
            follow = Migration(store, census, _wait(bar), _passed(bar, transitions))
            done[TRANSITIONS] = follow.copy(transitions, everything=everything)
            follow = Migration(store, census, _wait(bar), _passed(bar, aggregates))
            done[AGGREGATES] = follow.copy(aggregates, everything=everything)
    except (StoreError, HistoryError) as error:
        told = f"{chosen.url}: {error}; what was copied is there: mend it and run this again"
        raise UnreachableError(told) from error
    return done


def _sources(
    building: Building, connection: sqlite3.Connection
) -> tuple[Source[Transition], Source[Aggregate]]:
    now_ms = time.time_ns() // 1_000_000
    return (
        Source(
            TRANSITIONS,
            SqliteHistory(connection),
            lambda row: transition_point(row, building),
            now_ms - TRANSITIONS_KEPT_MS + MARGIN_MS,
            now_ms,
        ),
        Source(
            AGGREGATES,
            SqliteAggregates(connection),
            lambda row: aggregate_point(row, building),
            now_ms - AGGREGATES_KEPT_MS + MARGIN_MS,
            now_ms,
        ),
    )


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))


def _passed(bar: Progress, source: Source[Row]) -> Callable[[int], None]:
    """Moves a line of the bar on."""
    rows = sum(source.kept.count(*day) for day in source.days())
    task = bar.add_task(source.name, total=rows)
    return lambda passed: bar.advance(task, passed)


def _wait(bar: Progress) -> Callable[[StoreError], None]:
    """Tells of a failure, and waits as the shipper would."""
    failures = count(1)

    def wait(error: StoreError) -> None:
        chance = random.random()  # noqa: S311 - jitter
        seconds = wait_s(next(failures), chance, error.retry_after_s)
        bar.console.print(f"{error}; trying again in {seconds:.1f} s", markup=False)
        time.sleep(seconds)

    return wait


def _tell(done: dict[str, Outcome]) -> None:
    """What became of each stream.

    Raises:
        CommandError: If not all of it is there.
    """
    for stream, outcome in done.items():
        typer.echo(f"{stream}: {outcome.rows} kept here, {outcome.sent} of them sent")
    wrong = [line for stream, outcome in done.items() for line in _wrong(stream, outcome)]
    if wrong:
        raise CommandError("not everything could be copied:\n" + "\n".join(wrong))
    typer.echo("InfluxDB holds all of it")


def _wrong(stream: str, outcome: Outcome) -> Iterator[str]:
    if outcome.missing:
        yield f"{stream}: {outcome.missing} are not there; run it again"
    yield from _some(f"{stream}: damaged here and left out", outcome.damaged)
    yield from _some(f"{stream}: refused by InfluxDB", outcome.refused)


def _some(what: str, reasons: list[str]) -> Iterator[str]:
    if reasons:
        yield f"{what}: {len(reasons)}"
        yield from (f"  {reason}" for reason in reasons[:SHOWN])
