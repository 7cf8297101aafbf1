"""History out of InfluxDB, by InfluxQL, which 1, 2 and 3 all answer at `/query`.

3 Core looks back about 72 hours in one query, so longer spans are read in windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from occupancy.evidence import Evidence
from occupancy.history import HistoryError
from occupancy.point import TRANSITION, TRANSITIONS, StoreError
from occupancy.state import State
from occupancy.store.influx.order import in_order
from occupancy.store.influx.store import InfluxStore
from occupancy.store.influx.upkeep import quoted
from occupancy.transition import Transition

WINDOW_MS = 70 * 3_600_000
MS_NS = 1_000_000
LATEST = 2 * len(State)
"""So many transitions hold the last moment of a space, and what led to it."""
FIELDS = ("before", "after", "probability", "late", "reasons")
_reasons = msgspec.json.Decoder(tuple[Evidence, ...])


class _Series(msgspec.Struct, frozen=True):
    columns: list[str]
    values: list[list[str | float | bool | None]]


class _Result(msgspec.Struct, frozen=True):
    series: list[_Series] = []
    error: str = ""


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Result] | None = None
    error: str = ""


@dataclass
class InfluxHistory:
    """Fulfils `occupancy.history.HistoryReader`.

    Args:
        store: Whose server is asked.
        site: Whose transitions; others may be in the same place.
        stream: Whose place holds the transitions.
        timeout_s: For one query.
        oldest_ms: How far back there is anything, in ms before the end of what is asked for.
    """

    store: InfluxStore
    site: str
    stream: str = TRANSITIONS
    timeout_s: float = 5.0
    oldest_ms: int = 30 * 24 * 3_600_000

    def transitions(self, space: str, from_ms: int, to_ms: int) -> list[Transition]:
        """Transitions of one space with ``from_ms <= event time < to_ms``, oldest first.

        Raises:
            HistoryError: If the server does not answer, or not as it should.
        """
        found: list[Transition] = []
        for begin_ms, end_ms in self._windows(from_ms, to_ms):
            found += self._asked(space, begin_ms, end_ms, "ORDER BY time")
        return in_order(found)

    def before(self, space: str, at_ms: int) -> Transition | None:
        """The last transition of one space before ``at_ms``, None if there is none.

        Raises:
            HistoryError: If the server does not answer, or not as it should.
        """
        for begin_ms, end_ms in reversed(list(self._windows(at_ms - self.oldest_ms, at_ms))):
            latest = self._asked(space, begin_ms, end_ms, f"ORDER BY time DESC LIMIT {LATEST}")
            if latest:
                return in_order(latest)[-1]
        return None

    def _windows(self, from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
        try:
            step_ms = WINDOW_MS if self.store.version() == 3 else max(to_ms - from_ms, 1)
        except StoreError as error:
            raise HistoryError(error.why) from error
        for begin_ms in range(from_ms, to_ms, step_ms):
            yield begin_ms, min(begin_ms + step_ms, to_ms)

    def _asked(self, space: str, from_ms: int, to_ms: int, order: str) -> list[Transition]:
        columns = ", ".join(map(quoted, FIELDS))
        statement = (
            f"SELECT {columns} FROM {quoted(TRANSITION)}"  # noqa: S608 - quoted
            f' WHERE "site" = {text(self.site)} AND "space" = {text(space)}'
            f" AND time >= {from_ms * MS_NS} AND time < {to_ms * MS_NS} {order}"
        )
        query = {"db": self.store.places[self.stream].name, "epoch": "ms", "q": statement}
        try:
            answer = self.store.server.ask("GET", "/query", query=query, timeout_s=self.timeout_s)
        except StoreError as error:
            raise HistoryError(error.why) from error
        return [_transition(space, row) for row in rows(answer.status, answer.data)]


def text(value: str) -> str:
    r"""A string of InfluxQL; none can end it from inside.

    >>> print(text("it's"))
    'it\'s'
    """
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def rows(status: int, body: bytes) -> Iterator[dict[str, str | float | bool | None]]:
    """The rows of an answer to a query, each by the name of its columns.

    Raises:
        HistoryError: If it is no such answer, or tells of an error.
    """
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HistoryError(f"status {status} and no JSON of a query") from error
    if answer.error or answer.results is None or not 200 <= status < 300:
        raise HistoryError(answer.error or f"status {status} and no result of a query")
    for result in answer.results:
        if result.error:
            raise HistoryError(result.error)
        for series in result.series:
            for values in series.values:
                yield dict(zip(series.columns, values, strict=True))


def _transition(space: str, row: dict[str, str | float | bool | None]) -> Transition:
    try:
        return Transition(
            space,
            State(str(row["before"])),
            State(str(row["after"])),
            int(row["time"] or 0),
            float(row["probability"] or 0.0),
            _reasons.decode(str(row["reasons"])),
            late=bool(row["late"]),
        )
    except (KeyError, ValueError) as error:
        raise HistoryError(f"a row of {TRANSITION} is not as it was written: {error}") from error
