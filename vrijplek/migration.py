"""Migration: what the embedded store keeps, copied into another store day by day.

Remembers nothing of its own: a day of which the other store holds as many points is done. So it can
be ended anywhere and begun again, and notices when the other store was emptied meanwhile. Points
are the same each time, so a day that is copied twice is there once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, Protocol, TypeVar

from ingest.crash_points import Point as CrashPoint
from ingest.crash_points import reach
from occupancy.history import HistoryError
from occupancy.point import (
    NotAllowedError,
    Point,
    PointsRefusedError,
    PointStore,
    StoreError,
)

BATCH = 5_000
DAY_MS = 24 * 3_600_000
Row = TypeVar("Row")
Read_co = TypeVar("Read_co", covariant=True)
Told = TypeVar("Told")
TRIES = 5
"""Requests for one batch before the store counts as out of reach."""


class Kept(Protocol[Read_co]):
    """A table of the embedded store."""

    def since_ms(self) -> int | None:
        """Time of the first row, ms UTC; None where there is none."""

    def count(self, from_ms: int, to_ms: int) -> int:
        """How many rows a period has."""

    def between(self, from_ms: int, to_ms: int) -> Iterator[Read_co | HistoryError]:
        """The rows of a period, oldest first; a damaged one as what it is."""


@dataclass(frozen=True)
class Source(Generic[Row]):
    """One stream, as the embedded store keeps it."""

    name: str
    kept: Kept[Row]
    point: Callable[[Row], Point]
    oldest_ms: int
    """What is older is not copied, ms UTC."""
    newest_ms: int

    def days(self) -> Iterator[tuple[int, int]]:
        """Start and end of each day UTC that may hold something, oldest first, in ms UTC."""
        return days(self.kept.since_ms(), self.oldest_ms, self.newest_ms)

    def points(self, from_ms: int, to_ms: int) -> Iterator[Point | HistoryError]:
        """The rows of a period as points; a damaged one as what it is."""
        for row in self.kept.between(from_ms, to_ms):
            yield row if isinstance(row, HistoryError) else self.point(row)


class Census(Protocol):
    """How much the other store holds."""

    def count(self, stream: str, from_ms: int, to_ms: int) -> int:
        """Points of a stream in a period."""


@dataclass
class Outcome:
    """What became of one stream."""

    rows: int = 0
    """In the embedded store."""
    sent: int = 0
    """Points that the other store took; some of their day may have been there."""
    damaged: list[str] = field(default_factory=list)
    """Rows that were left out because they must not be believed."""
    refused: list[str] = field(default_factory=list)
    """Why the other store did not take a point, one for each."""
    missing: int = 0
    """Rows that were sent, and that the other store does not hold."""


@dataclass(frozen=True)
class Migration:
    """Copies streams into another store."""

    store: PointStore
    census: Census
    wait: Callable[[StoreError], None]
    """Waits before a request is tried again."""
    passed: Callable[[int], None] = lambda _rows: None
    """Told how many more rows are done with."""

    def copy(self, source: Source[Row], *, everything: bool = False) -> Outcome:
        """Copy what the other store does not hold.

        Args:
            source: What to copy.
            everything: Whether days that are complete are copied again too.

        Raises:
            StoreError: If the other store can't be asked; what was copied stays there.
            HistoryError: If it does not answer as it should.
        """
        outcome = Outcome()
        for from_ms, to_ms in source.days():
            rows = source.kept.count(from_ms, to_ms)
            outcome.rows += rows
            if everything or self._count(source.name, from_ms, to_ms) < rows:
                left_out = self._copy_day(source, from_ms, to_ms, outcome)
                there = self._count(source.name, from_ms, to_ms)
                outcome.missing += max(rows - left_out - there, 0)
            else:
                self.passed(rows)
        return outcome

    def _count(self, stream: str, from_ms: int, to_ms: int) -> int:
        return self._patiently(lambda: self.census.count(stream, from_ms, to_ms))

    def _copy_day(self, source: Source[Row], from_ms: int, to_ms: int, outcome: Outcome) -> int:
        """Copy one day; how many of its rows were left out."""
        left_out = len(outcome.damaged) + len(outcome.refused)
        for batch in _batches(source.points(from_ms, to_ms)):
            points = [one for one in batch if isinstance(one, Point)]
            outcome.damaged += [str(one) for one in batch if not isinstance(one, Point)]
            if points:
                self._send(source.name, points, outcome)
            reach(CrashPoint.MIGRATED)
            self.passed(len(batch))
        return len(outcome.damaged) + len(outcome.refused) - left_out

    def _send(self, stream: str, points: list[Point], outcome: Outcome) -> None:
        """Send a batch; what is refused is halved until the wrong point is alone."""
        try:
            self._patiently(lambda: self.store.send(stream, points))
        except PointsRefusedError as error:
            if len(points) == 1:
                outcome.refused.append(error.why)
                return
            middle = len(points) // 2
            self._send(stream, points[:middle], outcome)
            self._send(stream, points[middle:], outcome)
            return
        outcome.sent += len(points)

    def _patiently(self, ask: Callable[[], Told]) -> Told:
        """An answer, asked for some times; a refusal is an answer."""
        for _ in range(TRIES - 1):
            try:
                return ask()
            except (PointsRefusedError, NotAllowedError):
                raise
            except StoreError as error:
                self.wait(error)
        return ask()


def _batches(
    points: Iterable[Point | HistoryError],
) -> Iterator[list[Point | HistoryError]]:
    left = iter(points)
    while batch := list(islice(left, BATCH)):
        yield batch


def days(first_ms: int | None, oldest_ms: int, last_ms: int) -> Iterator[tuple[int, int]]:
    """Start and end of each day UTC from the first row, or the oldest that is taken, to the last.

    >>> list(days(DAY_MS + 5, 0, 2 * DAY_MS)) == [
    ...     (DAY_MS + 5, 2 * DAY_MS), (2 * DAY_MS, 3 * DAY_MS)]
    True
    >>> list(days(None, 0, DAY_MS))
    []
    """
    if first_ms is None:
        return
    begin_ms = max(first_ms, oldest_ms)
    while begin_ms <= last_ms:
        end_ms = (begin_ms // DAY_MS + 1) * DAY_MS
        yield begin_ms, end_ms
        begin_ms = end_ms
