"""The store of record for history put together: what is posted, shipped and read back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from ingest.outbox import MB, SHED, Outbox
from ingest.shipper import Shipper
from occupancy.aggregate import Aggregate
from occupancy.building import Building
from occupancy.history import HistoryReader, HistoryWriter
from occupancy.point import AGGREGATES, TRANSITIONS, aggregate_point, transition_point
from occupancy.store.influx.history import InfluxHistory
from occupancy.store.influx.server import Address
from occupancy.store.influx.store import InfluxStore, Place
from occupancy.store.joined import JoinedHistory
from occupancy.store.sqlite import SqliteHistory, open_database
from occupancy.transition import Transition
from vrijplek.aggregation import Post, nowhere
from vrijplek.disk import Disk
from vrijplek.settings import InfluxSettings

log = structlog.get_logger(__name__)

DAY_S = 86_400
KEPT_S = {TRANSITIONS: 30 * DAY_S, AGGREGATES: 396 * DAY_S}
"""30 days and 13 months, as docs/privacy.md says."""


@dataclass
class PostedHistory:
    """Fulfils `HistoryWriter`: into the embedded store and into the outbox, in one transaction."""

    kept: HistoryWriter
    outbox: Outbox
    building: Building
    now_ms: Callable[[], int]

    def append(self, transitions: Iterable[Transition]) -> None:
        """Add transitions to both."""
        moved = list(transitions)
        self.kept.append(moved)
        points = [transition_point(one, self.building) for one in moved]
        self.outbox.post(TRANSITIONS, points, self.now_ms())


@dataclass(frozen=True, slots=True)
class Storing:
    """Where history goes beside the embedded store; nowhere without settings."""

    store: InfluxStore | None = None
    shipper: Shipper | None = None
    outbox: Outbox | None = None
    """On the pipeline's connection."""

    @classmethod
    def of(
        cls, settings: InfluxSettings | None, disk: Disk, now_ms: Callable[[], int]
    ) -> "Storing":
        """The store that the settings name, and who ships to it; nothing is asked or started yet.

        Raises:
            OSError: If a file with a secret can't be read.
        """
        if settings is None:
            return cls()
        store = store_of(settings)
        quota_bytes = settings.quota_mb * MB
        shipper = Shipper(
            lambda: Outbox(open_database(disk.database), quota_bytes), store, tuple(KEPT_S), now_ms
        )
        return cls(store, shipper, Outbox(disk.writer, quota_bytes))

    def writer(self, disk: Disk, building: Building, now_ms: Callable[[], int]) -> HistoryWriter:
        """Where the pipeline puts transitions."""
        if self.outbox is None:
            return disk.past
        return PostedHistory(disk.past, self.outbox, building, now_ms)

    def post(self, building: Building) -> Post:
        """Where the pipeline puts aggregates beside the embedded store."""
        outbox = self.outbox
        if outbox is None:
            return nowhere

        def post(told: Sequence[Aggregate], now_ms: int) -> None:
            points = [aggregate_point(one, building) for one in told]
            outbox.post(AGGREGATES, points, now_ms)

        return post

    def reader(self, recent: SqliteHistory, site: str) -> HistoryReader:
        """Where the API reads the past."""
        if self.store is None:
            return recent
        return JoinedHistory(recent, recent.since_ms, InfluxHistory(self.store, site))

    def purge(self, disk: Disk, now_ms: int) -> None:
        """Let go of what no store may keep, and make room where the outbox needs it."""
        outbox = self.outbox
        if outbox is None:
            return
        for stream, kept_s in KEPT_S.items():
            outbox.purge(stream, now_ms - kept_s * 1000)
        if outbox.fill >= SHED and (gone := disk.journal.shed()):
            log.warning("readings made room for the outbox", pages=gone)

    def start(self) -> None:
        """Ship, from now on."""
        if self.shipper is not None:
            self.shipper.start()

    def stop(self) -> None:
        """Ship no more; what waits stays in the outbox."""
        if self.shipper is not None:
            self.shipper.stop()
        if self.store is not None:
            self.store.close()


def store_of(settings: InfluxSettings) -> InfluxStore:
    """The InfluxDB that the settings name; not asked yet.

    Raises:
        OSError: If a file with a secret can't be read.
    """
    address = Address(
        settings.url,
        _secret(settings.token_file),
        settings.username,
        _secret(settings.password_file),
        settings.organisation,
        settings.timeout_s,
    )
    names = {TRANSITIONS: settings.transitions, AGGREGATES: settings.aggregates}
    places = {stream: Place(name, KEPT_S[stream]) for stream, name in names.items()}
    return InfluxStore(address, places)


def _secret(file: Path | None) -> str:
    return file.read_text().strip() if file else ""
