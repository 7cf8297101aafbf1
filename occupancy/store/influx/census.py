"""How many points InfluxDB holds, to know what is still to be copied there."""

from dataclasses import dataclass

from occupancy.point import AGGREGATE, TRANSITION
from occupancy.store.influx.history import MS_NS, rows, text
from occupancy.store.influx.store import InfluxStore
from occupancy.store.influx.upkeep import quoted

COUNTED = {"transitions": (TRANSITION, "code"), "aggregates": (AGGREGATE, "desks")}
"""Measurement of each stream, and a field that every point of it has."""


@dataclass(frozen=True)
class InfluxCensus:
    """Counts the points of one site."""

    store: InfluxStore
    site: str

    def count(self, stream: str, from_ms: int, to_ms: int) -> int:
        """Points of a stream with ``from_ms <= time < to_ms``; 3 Core answers for three days.

        Raises:
            StoreError: If the server can't be reached.
            HistoryError: If it does not answer as it should.
        """
        measurement, field = COUNTED[stream]
        statement = (
            f"SELECT count({quoted(field)}) FROM {quoted(measurement)}"  # noqa: S608 - quoted
            f' WHERE "site" = {text(self.site)}'
            f" AND time >= {from_ms * MS_NS} AND time < {to_ms * MS_NS}"
        )
        query = {"db": self.store.places[stream].name, "epoch": "ms", "q": statement}
        answer = self.store.server.ask("GET", "/query", query=query)
        return sum(int(row["count"] or 0) for row in rows(answer.status, answer.data))
