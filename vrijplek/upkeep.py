"""Upkeep in Prometheus' terms: journal, store, boards, ages of evidence, and the process itself.

No label names a board, a desk or a person.
"""

import threading
from collections.abc import Iterable, Iterator

import numpy as np
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ingest.listener import Listener
from occupancy.watch import SILENT
from vrijplek.depth import DepthGauge
from vrijplek.health import Store


class UpkeepCollector(Collector):
    """Looks when it is scraped; what it looks at goes on meanwhile."""

    def __init__(self, listener: Listener, depth: DepthGauge, store: Store | None) -> None:
        self.listener = listener
        self.depth = depth
        self.store = store

    def collect(self) -> Iterable[Metric]:
        """All gauges of upkeep."""
        now_ms = self.listener.clock.now_ms()
        yield from self._disk(now_ms)
        yield from self._boards()
        yield self._newest(now_ms)
        yield self._oldest(now_ms)
        if self.store is not None:
            yield from _store(self.store, now_ms)
        yield _gauge("threads", "Threads of the process.", threading.active_count())

    def _disk(self, now_ms: int) -> Iterator[Metric]:
        depth = self.depth.now()
        if depth is None:
            return
        yield _gauge("journal_rows", "Rows that a start would fold again.", depth.rows)
        if depth.snapshot_ms:
            age_s = max(now_ms - depth.snapshot_ms, 0) / 1000
            yield _gauge("snapshot_age_seconds", "Since the last snapshot.", age_s)
        yield _gauge("database_bytes", "Size of the database.", depth.database_bytes)
        yield _gauge("database_log_bytes", "Size of its write-ahead log.", depth.log_bytes)
        yield _gauge("disk_free_bytes", "Left on its disk.", self.depth.free_bytes())

    def _boards(self) -> Iterator[Metric]:
        pipeline = self.listener.pipeline
        alive = pipeline.estimator.watch.liveness.alive(pipeline.estimator.now_ms)
        silent = len(alive) - int(np.count_nonzero(alive))
        yield _gauge("boards_silent", "Boards that are not heard.", silent)
        holes = [known.ledger.hole for known in list(pipeline.memory.boards.values())]
        missing = sum(hole is not None for hole in holes)
        yield _gauge("gaps_open", "Boards of which a message is missing now.", missing)

    def _newest(self, now_ms: int) -> Metric:
        """Nothing where no message of a kind has come since the start."""
        text = "Since something of a kind came last."
        found = GaugeMetricFamily("vrijplek_evidence_age_seconds", text, labels=["kind"])
        for kind, at_ms in list(self.listener.pipeline.counters.newest_ms.items()):
            found.add_metric([str(kind.__struct_config__.tag)], max(now_ms - at_ms, 0) / 1000)
        return found

    def _oldest(self, now_ms: int) -> Metric:
        """Of sensors that see a space and have told their level."""
        text = "Since the board of that sensor of a kind was heard that has been silent longest."
        found = GaugeMetricFamily("vrijplek_evidence_oldest_seconds", text, labels=["kind"])
        watch = self.listener.pipeline.estimator.watch
        heard_ms, spoke = watch.heard_ms(), watch.level != SILENT
        for kind in sorted(set(watch.kinds)):
            of_kind = spoke & np.array([one is kind for one in watch.kinds], dtype=bool)
            if of_kind.any():
                age_s = max(now_ms - int(heard_ms[of_kind].min()), 0) / 1000
                found.add_metric([kind.value], age_s)
        return found


def _store(store: Store, now_ms: int) -> Iterator[Metric]:
    oldest_ms = store.oldest_ms()
    age_s = 0.0 if oldest_ms is None else max(now_ms - oldest_ms, 0) / 1000
    yield _gauge("store_up", "1 while the store of history takes rows.", not store.trouble())
    yield _gauge("outbox_rows", "Rows that wait for it.", store.waiting())
    yield _gauge("outbox_age_seconds", "Since the oldest of them was written.", age_s)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"vrijplek_{name}", text, float(value))


def register(
    registry: CollectorRegistry, listener: Listener, depth: DepthGauge, store: Store | None = None
) -> None:
    """Have a registry tell of upkeep, and of the process."""
    registry.register(UpkeepCollector(listener, depth, store))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
