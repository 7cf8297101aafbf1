"""Metrics: what ingest counts, in Prometheus' terms. No label names a desk, a topic or a person."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ingest.listener import Listener
from occupancy.state import State
from occupancy.view import LiveView


class IngestCollector(Collector):
    """Reads the counters of the listening half when it is scraped."""

    def __init__(self, listener: Listener, view: LiveView) -> None:
        self.listener = listener
        self.view = view

    def collect(self) -> Iterable[Metric]:
        """All metrics of ingest and of the live view."""
        yield from self._counters()
        yield from self._gauges()
        spaces = GaugeMetricFamily("vrijplek_spaces", "Spaces by state.", labels=["state"])
        states = [status.state for status in list(self.view.spaces.values())]
        for state in State:
            spaces.add_metric([state.value], states.count(state))
        yield spaces

        drift = GaugeMetricFamily(
            "vrijplek_scanner_drift_db",
            "How much louder a scanner hears than on the calibration walks.",
            labels=["scanner"],
        )
        for scanner, louder_db in self.listener.pipeline.estimator.drifts().items():
            drift.add_metric([scanner], louder_db)
        yield drift
        yield GaugeMetricFamily(
            "vrijplek_sensors_distrusted",
            "Sensors that do what no people do and have lost their vote.",
            len(self.listener.pipeline.estimator.watch.distrusted()),
        )

    def _counters(self) -> Iterator[Metric]:
        counters = self.listener.pipeline.counters
        for name, text, value in (
            ("messages_received", "Messages heard.", counters.received),
            ("messages_accepted", "Messages that became readings.", counters.accepted),
            ("messages_clock_off", "Messages of a board whose clock is off.", counters.clocks_off),
            ("messages_duplicate", "Messages sent again.", counters.duplicates),
            (
                "messages_dropped",
                "QoS 0 messages lost to a full mailbox.",
                self.listener.mailbox.dropped,
            ),
            ("readings", "Readings weighed.", counters.readings),
            ("transitions", "Changes of a state.", counters.transitions),
            ("transitions_late", "Changes by late readings.", counters.late),
            ("gaps", "Stretches of messages that never came.", counters.gaps),
            ("commits", "Transactions on disk.", counters.commits),
            ("broker_connections", "Connections made.", self.listener.session.connections),
            (
                "broker_sessions_lost",
                "Sessions that the broker had lost.",
                self.listener.session.sessions_lost,
            ),
            ("clock_steps", "Steps of the wall clock seen.", self.listener.clock.steps),
            (
                "writes_waited",
                "Times a commit had to wait for a full disk or another program.",
                self.listener.pipeline.patience.waits,
            ),
            (
                "reports_asked",
                "Times boards were asked how they are.",
                self.listener.teller.reports,
            ),
            (
                "resends_asked",
                "Times boards were asked to send again.",
                self.listener.teller.resends,
            ),
        ):
            yield CounterMetricFamily(f"vrijplek_{name}", text, value)
        refused = CounterMetricFamily(
            "vrijplek_messages_refused", "Messages refused.", labels=["family", "reason"]
        )
        for (family, reason), count in list(counters.refused.items()):
            refused.add_metric([family, reason], count)
        yield refused

    def _gauges(self) -> Iterator[Metric]:
        counters = self.listener.pipeline.counters
        for name, text, value in (
            (
                "broker_connected",
                "1 while it hears us and we hear it.",
                float(self.listener.session.connected),
            ),
            (
                "broker_dropped_messages",
                "Messages that the broker says to have dropped since it was started.",
                float(self.listener.session.dropped),
            ),
            ("mailbox_messages", "Messages that wait.", float(len(self.listener.mailbox))),
            (
                "last_received_timestamp_seconds",
                "When a message came last.",
                counters.last_received_ms / 1000,
            ),
            (
                "last_commit_timestamp_seconds",
                "When a commit ended last.",
                counters.last_commit_ms / 1000,
            ),
        ):
            yield GaugeMetricFamily(f"vrijplek_{name}", text, value)


class Met(Protocol):
    """The devices that the service has met."""

    @property
    def unmapped(self) -> int:
        """How many could tell of presence and have no place in the building file."""

    @property
    def forgotten(self) -> int:
        """How many had to go for others."""


class DevicesCollector(Collector):
    """Reads how many devices there are without a place when it is scraped."""

    def __init__(self, met: Met) -> None:
        self.met = met

    def collect(self) -> Iterable[Metric]:
        """All metrics of devices."""
        yield GaugeMetricFamily(
            "vrijplek_devices_unmapped",
            "Devices that could tell of presence and are not in the building file.",
            float(self.met.unmapped),
        )
        yield CounterMetricFamily(
            "vrijplek_devices_forgotten", "Devices that had to go for others.", self.met.forgotten
        )


def registry(listener: Listener, view: LiveView) -> CollectorRegistry:
    """A registry that tells what ingest counts."""
    made = CollectorRegistry()
    made.register(IngestCollector(listener, view))
    return made
