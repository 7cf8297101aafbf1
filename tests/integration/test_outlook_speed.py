"""An outlook is quick enough to be asked for by a page."""

import statistics
import time
from pathlib import Path

from support.office import START_MS

import vrijplek
from occupancy.estimator import Estimator
from occupancy.outlook import outlook
from occupancy.rollup import WATCHED
from sensors.entry import Entry
from sensors.reading import Motion
from vrijplek.building.loader import load_building

MOST_MS = 50.0


def test_the_outlook_of_a_space_of_the_demo_building_takes_less_than_50_ms():
    """Each desk and room once, where everything has just moved."""
    building = load_building(Path(vrijplek.__file__).parent / "buildings" / "demo-office.yaml")
    estimator = Estimator(building)
    for sensor in building.sensors:
        if sensor.kind == "motion":
            estimator.fold([Entry(sensor.board, START_MS, (Motion(sensor.id, START_MS, True),))])
    estimator.tick(START_MS + 1000)
    took_ms = []
    for space in building.spaces:
        if space.kind in WATCHED:
            begin = time.perf_counter()
            assert outlook(estimator, space.id)
            took_ms.append((time.perf_counter() - begin) * 1000)
    print(f"{len(took_ms)} spaces, median {statistics.median(took_ms):.1f} ms")
    print(f"slowest {max(took_ms):.1f} ms")
    assert statistics.median(took_ms) < MOST_MS
