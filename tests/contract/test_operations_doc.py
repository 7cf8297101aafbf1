"""docs/operations.md names every metric and every exit code of the code."""

import re
from pathlib import Path
from types import SimpleNamespace

from prometheus_client import CollectorRegistry
from support.half import Half
from support.office import OFFICE, START_MS

from api.meters import Meters
from ingest.counters import Counters
from occupancy.estimator import Estimator
from sensors.memory import Memory
from sensors.reading import Motion
from vrijplek import errors
from vrijplek.depth import Depth
from vrijplek.metrics import DevicesCollector, IngestCollector
from vrijplek.publishing.meter import PublisherCollector
from vrijplek.upkeep import UpkeepCollector

WORDS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def told() -> dict[str, tuple[str, set[str]]]:
    """Kind and labels of each metric in the table."""
    rows = re.findall(
        r"^\| `(vrijplek_\w+)` \| (\w+) \| ((?:`\w+`(?:, )?)*) ?\|", WORDS, re.MULTILINE
    )
    return {name: (kind, set(re.findall(r"\w+", labels))) for name, kind, labels in rows}


def counted() -> dict[str, tuple[str, set[str]]]:
    """Kind and labels of each metric in the code."""
    counters = Counters()
    counters.refused["vrijplek", "malformed"] += 1
    parts = SimpleNamespace(
        pipeline=SimpleNamespace(
            counters=counters,
            patience=SimpleNamespace(waits=0),
            estimator=SimpleNamespace(
                drifts=lambda: {"b1/ble": 0.0}, watch=SimpleNamespace(distrusted=lambda: ())
            ),
        ),
        teller=SimpleNamespace(resends=0, reports=0),
        mailbox=type("Mailbox", (), {"dropped": 0, "__len__": lambda _self: 0})(),
        session=SimpleNamespace(connections=0, sessions_lost=0, connected=False, dropped=0),
        clock=SimpleNamespace(steps=0),
    )
    found = {
        metric.name: (metric.type, {label for s in metric.samples for label in s.labels})
        for metric in IngestCollector(parts, SimpleNamespace(spaces={})).collect()
    }
    for metric in (*of_upkeep(), *of_publishing(), *of_devices()):
        found[metric.name] = (metric.type, {label for s in metric.samples for label in s.labels})
    meters = Meters(CollectorRegistry())
    for metric in vars(meters).values():
        for described in getattr(metric, "describe", list)():
            found[described.name] = (described.type, set(getattr(metric, "_labelnames", ())))
    return found


def of_upkeep():
    """All gauges of upkeep, of a service that has heard something and has a store elsewhere."""
    half = Half()
    half.pipeline.memory = Memory()
    half.pipeline.estimator = Estimator(OFFICE)
    half.pipeline.estimator.watch.level[:] = 0
    half.pipeline.counters.newest_ms[Motion] = START_MS
    depth = SimpleNamespace(now=lambda: Depth(0, START_MS, 0, 0), free_bytes=lambda: 0)
    store = SimpleNamespace(trouble=str, waiting=int, oldest_ms=lambda: None)
    return UpkeepCollector(half, depth, store).collect()


def of_publishing():
    """All metrics of what goes out."""
    outlet = SimpleNamespace(refused=0, client=SimpleNamespace(is_connected=lambda: True))
    publisher = SimpleNamespace(published=0, superseded=0, waiting=0, outlet=outlet)
    return PublisherCollector(publisher).collect()


def of_devices():
    """All metrics of devices."""
    return DevicesCollector(SimpleNamespace(unmapped=0, forgotten=0)).collect()


def test_every_metric_is_in_the_table():
    """The table has the metrics of the code with their kind and labels, and no other."""
    assert told() == counted()


def test_every_exit_code_is_in_the_table():
    """The table of exit codes has those of the code, and 0."""
    table = WORDS.partition("| exit code |")[2].partition("\n\n")[0]
    codes = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}

    assert set(map(int, re.findall(r"^\| (\d) \|", table, re.MULTILINE))) == codes | {0}
