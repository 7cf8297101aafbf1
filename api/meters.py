"""Meters: what the answering process counts of itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Meters:
    """The counters, registered once per application.

    Args:
        registry: Where they register.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.answers = Counter(
            "vrijplek_api_answers",
            "Answers by route, method and status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "vrijplek_api_answer_seconds",
            "Time until an answer started.",
            buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
            registry=registry,
        )
        self.watchers = Gauge(
            "vrijplek_api_stream_watchers", "Streams of changes open now.", registry=registry
        )
        self.dropped = Counter(
            "vrijplek_api_stream_dropped",
            "Streams closed because they took changes too slowly.",
            registry=registry,
        )
        self.tasks = Gauge(
            "vrijplek_api_tasks",
            "Tasks of the event loop: requests, streams and those that always run.",
            registry=registry,
        )
        self.lookups = Counter(
            "vrijplek_api_lookups",
            "Look-ups of persons by kind of answer, or `refused` where they could not be written.",
            ("answer",),
            registry=registry,
        )
