"""The publisher in Prometheus' terms. No label names a desk or a topic."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from vrijplek.publishing.publisher import Publisher


class PublisherCollector(Collector):
    """Reads the publisher's counters when it is scraped."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher

    def collect(self) -> Iterable[Metric]:
        """All metrics of what goes out."""
        publisher, outlet = self.publisher, self.publisher.outlet
        for name, text, value in (
            ("published", "Messages that went out.", publisher.published),
            ("publish_superseded", "News that newer news overtook.", publisher.superseded),
            ("publish_refused", "Messages that the broker did not take.", outlet.refused),
        ):
            yield CounterMetricFamily(f"vrijplek_{name}", text, value)
        for name, text, number in (
            ("publish_waiting", "Spaces with news, and messages, that wait.", publisher.waiting),
            ("publisher_connected", "1 while connected.", outlet.client.is_connected()),
        ):
            yield GaugeMetricFamily(f"vrijplek_{name}", text, float(number))
