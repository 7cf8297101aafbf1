"""How fast a backlog becomes answers that are on disk: decode, journal, belief, history."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from support.clock import ManualClock
from support.office import START_MS, around
from support.service import Ingest

from ingest.listener import BATCH
from ingest.mailbox import Letter
from occupancy.building import Building
from sensors.message import Message

HOUR, PER_S = 3_600, 4_000
"""240,000 messages within a minute, as 2,000 boards have said in an hour that nobody listened."""
EVERY_S = 30


def draining(building: Building, folder: Path) -> list[Figure]:
    """An hour of heartbeats and motion of all boards, taken as fast as it goes."""
    letters = list(_backlog(building))
    clock = ManualClock(START_MS + HOUR * 1000)
    ingest = Ingest(folder / "draining.sqlite", clock, building)
    ingest.connection.execute("PRAGMA synchronous=FULL")
    ingest.pipeline.around = around(building)
    begin_s = time.monotonic()
    for first in range(0, len(letters), BATCH):
        ingest.pipeline.round(letters[first : first + BATCH], clock.now_ms())
    took_s = time.monotonic() - begin_s
    counters = ingest.pipeline.counters
    if counters.accepted != len(letters):
        raise ValueError(f"found {counters.accepted} accepted, expected {len(letters)}")
    ingest.connection.close()
    what = f"a backlog of {len(letters):,} messages drained, on disk"
    return [Figure(what, PER_S, len(letters) / took_s, "a second", True)]


def _backlog(building: Building) -> Iterator[Letter]:
    """Each board in its turn every half minute: a beat with its levels, or an edge."""
    channels: dict[str, list[str]] = {}
    for sensor in building.sensors:
        channels.setdefault(sensor.board, []).append(sensor.id.partition("/")[2])
    received_ms = START_MS + HOUR * 1000
    for seq in range(HOUR // EVERY_S):
        for board, names in channels.items():
            body = {"boot": "b1", "seq": seq, "oldest": 0, "up": seq * EVERY_S * 1000}
            edge = {"kind": "motion", "sensor": names[seq % len(names)], "on": seq % 4 == 1}
            beat = {"kind": "heartbeat", "every_s": EVERY_S, "on": dict.fromkeys(names, False)}
            said = body | {"readings": [edge if seq % 2 else beat]}
            topic = f"vrijplek/v1/{building.site}/{board}/readings"
            yield Letter(Message(topic, json.dumps(said).encode(), received_ms), 1, 1, 1)
