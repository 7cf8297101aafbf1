"""Aggregation put together: quarters are told within the pipeline's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from ingest.pipeline import Pipeline
from occupancy.aggregate import Aggregate
from occupancy.closing import Closer
from occupancy.history import HistoryReader
from occupancy.store.aggregates import SqliteAggregates

log = structlog.get_logger(__name__)
Post = Callable[[Sequence[Aggregate], int], None]


def nowhere(_told: Sequence[Aggregate], _now_ms: int) -> None:
    """An outbox of a service that has no other store."""


@dataclass
class Aggregation:
    """What keeps the quarters of one service."""

    closer: Closer
    kept: SqliteAggregates
    """On the pipeline's connection."""
    post: Post = nowhere
    """Puts what is told into an outbox, on the same connection."""

    def written(self, now_ms: int) -> None:
        """Tell the quarter that is due; what the pipeline calls inside its transaction."""
        told = self.closer.close(now_ms)
        if told:
            self.kept.add(told)
            self.post(told, now_ms)
            log.debug("a quarter is told", areas=len(told))


def aggregate(
    pipeline: Pipeline, past: HistoryReader, counted: SqliteAggregates, post: Post = nowhere
) -> None:
    """Have a pipeline tell each quarter of an hour.

    Args:
        pipeline: Not started yet.
        past: History, on the pipeline's connection.
        counted: What has been told, on that connection too.
        post: Puts what is told into an outbox.
    """
    estimator = pipeline.estimator
    closer = Closer(
        estimator.building,
        past,
        counted,
        pipeline.journal.pause_ms,
        lambda: {status.space: status.state for status in estimator.statuses()},
    )
    pipeline.written = Aggregation(closer, counted, post).written
