"""Points to InfluxDB: 2 and 3 by its client, 1 by `/write`, all in line protocol.

Owns the places that points go to and how long they are kept there. The client's own batching is not
used: it drops what it could not send five times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import influxdb_client.client.write.point as client_point
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from occupancy.point import NotAllowedError, Point, PointsRefusedError, StoreError
from occupancy.store.influx.server import Address, Server, check
from occupancy.store.influx.upkeep import keep_1, keep_2, keep_3

PAST_RETENTION = ("beyond retention policy", "outside retention", "outside the bucket's retention")
"""How the three say that a point is so old that it would be gone already."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database of InfluxDB 1 and 3, or a bucket of 2."""

    name: str
    kept_s: int
    """How long it keeps points."""


def line(point: Point) -> str:
    r"""A point in line protocol, with its time in ms.

    >>> line(Point("transition", {"space": "desk 1"}, {"after": 'fr"ee', "late": True}, 1000))
    'transition,space=desk\\ 1 after="fr\\"ee",late=true 1000'
    """
    made = client_point.Point(point.measurement)
    for tag, text in point.tags.items():
        made.tag(tag, text)
    for name, value in point.fields.items():
        made.field(name, value)
    return str(made.time(point.at_ms, WritePrecision.MS).to_line_protocol())


@dataclass
class InfluxStore:
    """Fulfils `occupancy.point.PointStore`."""

    address: Address
    places: Mapping[str, Place]
    """Where each stream goes."""
    server: Server = field(init=False)
    _version: int = 0
    """0 until it is known."""
    _client: InfluxDBClient | None = None
    _is_ready: bool = False
    _notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.server = Server(self.address)

    def version(self) -> int:
        """1, 2 or 3.

        Raises:
            StoreError: If that can't be told now.
        """
        self._version = self._version or self.server.version()
        return self._version

    def notices(self) -> tuple[str, ...]:
        """That we may not set how long points are kept, where that is so."""
        return self._notices

    def send(self, stream: str, points: Sequence[Point]) -> None:
        """Have points stored; returns only once they are, or once they are too old to be kept.

        Raises:
            StoreError: As `occupancy.point.PointStore` tells.
        """
        try:
            if not self._is_ready:
                self._make_ready()
            if points:
                self._send(self.places[stream].name, "\n".join(map(line, points)).encode())
        except NotAllowedError:
            self._is_ready = False
            raise
        except PointsRefusedError as error:
            if not any(words in error.why for words in PAST_RETENTION):
                raise

    def close(self) -> None:
        """Close its connections."""
        self.server.close()
        if self._client is not None:
            self._client.close()
            self._client = None

    def _make_ready(self) -> None:
        """Make the places where they are not, and have them keep points as long as they should."""
        self._version = 0
        keep = {1: keep_1, 2: keep_2, 3: keep_3}[self.version()]
        try:
            for place in self.places.values():
                keep(self.server, place.name, place.kept_s)
            self._notices = ()
        except (NotAllowedError, PointsRefusedError) as error:
            # an account that may write and no more is a good one
            self._notices = (f"the retention of history can't be set: {error.why}",)
        self._is_ready = True

    def _send(self, name: str, body: bytes) -> None:
        if self.version() == 1:
            query = {"db": name, "precision": "ms"}
            answer = self.server.ask("POST", "/write", query=query, body=body)
            check(answer.status, answer.data, answer.headers)
        else:
            self._send_by_client(name, body)

    def _send_by_client(self, bucket: str, body: bytes) -> None:
        writer = self._client_of().write_api(write_options=SYNCHRONOUS)
        try:
            writer.write(
                bucket,
                self.address.organisation or "-",
                body,
                write_precision=WritePrecision.MS,  # type: ignore[arg-type] # it is text
            )
        except ApiException as error:
            check(error.status or 0, error.body, error.headers)
            raise StoreError(f"status {error.status}") from error
        except HTTPError as error:
            raise StoreError(f"{self.address.url} can't be reached: {error}") from error
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise StoreError(f"{self.address.url}: an answer that makes no sense") from error

    def _client_of(self) -> InfluxDBClient:
        if self._client is None:
            known = self.address
            self._client = InfluxDBClient(
                known.url,
                known.token,
                timeout=int(known.timeout_s * 1000),
                org=known.organisation,
            )
        return self._client
