"""How fast messages are decoded, and how fast what they say is believed."""

import json
import time

from bench.figure import Figure
from support.office import OFFICE, START_MS, around

from occupancy.building import Building
from occupancy.estimator import Estimator
from sensors.decoder import decode
from sensors.entry import Entry
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import Motion

MESSAGES, READINGS = 100_000, 20_000
OWN_PER_S, ESPRESENSE_PER_S, FOLDED_PER_S, TICK_S = 200_000, 100_000, 45_000, 0.1
"""The last: a tenth of the second between two ticks, our choice."""


def decoding() -> list[Figure]:
    """Our own format with one motion each, and what ESPresense says of one enrolled device."""
    said = {"boot": "b1", "oldest": 0, "readings": [{"kind": "motion", "sensor": "pir-1"}]}
    own = [
        Message(
            "vrijplek/v1/hq/d1/readings",
            _json(said | {"seq": i, "up": i, "readings": [_motion(on=i % 2 == 0)]}),
            START_MS + i,
        )
        for i in range(MESSAGES)
    ]
    heard = _json({"id": "watch:invented", "rssi@1m": -59, "rssi": -79.25, "distance": 5.1})
    topic = "espresense/devices/watch:invented/master"
    foreign = [Message(topic, heard, START_MS + i) for i in range(MESSAGES)]
    return [
        Figure("messages of our own format decoded", OWN_PER_S, _rate(own), "a second", True),
        Figure(
            "messages of ESPresense decoded", ESPRESENSE_PER_S, _rate(foreign), "a second", True
        ),
    ]


def _json(what: object) -> bytes:
    return json.dumps(what).encode()


def _motion(*, on: bool) -> dict[str, object]:
    return {"kind": "motion", "sensor": "pir-1", "on": on}


def _rate(messages: list[Message]) -> float:
    """Messages a second of the processor, each decoded and remembered."""
    memory, known = Memory(), around(OFFICE, lambda address, _ms: address)
    begin_s = time.process_time()
    for message in messages:
        entry = decode(message, memory, known).entry
        if entry is None or not entry.readings:
            raise ValueError(message.topic)
        memory.take(entry)
    return len(messages) / (time.process_time() - begin_s)


def folding(building: Building) -> list[Figure]:
    """Motion at the desks of a big building one after the other, and one tick over all of them."""
    estimator = Estimator(building)
    estimator.tick(START_MS)
    sensors = building.sensors
    entries = [
        Entry(sensor.board, START_MS + i, (Motion(sensor.id, START_MS + i, i < len(sensors)),))
        for i in range(READINGS)
        for sensor in (sensors[i % len(sensors)],)
    ]
    begin_s = time.process_time()
    estimator.fold(entries)
    folded_s = time.process_time() - begin_s
    ticks_s = []
    for second in range(20, 31):
        begin_s = time.process_time()
        estimator.tick(START_MS + second * 1000)
        ticks_s.append(time.process_time() - begin_s)
    desks = f"{len(sensors):,} desks"
    rate, tick_s = READINGS / folded_s, sorted(ticks_s)[5]
    return [
        Figure(f"{desks}: edges of motion believed", FOLDED_PER_S, rate, "a second", True),
        Figure(f"{desks}: a tick", TICK_S, tick_s, "s"),
    ]
