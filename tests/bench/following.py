"""How fast whereabouts of many tags in a big building are."""

import time

import numpy as np
from bench.figure import Figure
from bench.hall import Crowd, hall, map_of

from occupancy.building import Building
from occupancy.ground import Ground, ground_of_plan
from occupancy.tracker import Tracker

PLACES, SCANNERS = 500, 200
START_MS = 1_700_000_000_000
SETTLED, MEASURED = 12, 3
"""Steps until most tags are placed, and those that are measured after."""
GOAL_S, START_GOAL_S = 1.0, 10.0


def following(tags: int) -> list[Figure]:
    """By the plan and by a map with five points a place: seconds for each second of the day."""
    building = hall(PLACES, SCANNERS)
    begin_s = time.process_time()
    plan = ground_of_plan(building)
    took_s = time.process_time() - begin_s
    what = f"{PLACES} places, {SCANNERS} scanners: the plan worked out"
    found = [Figure(what, START_GOAL_S, took_s, "s")]
    for name, ground in (("plan", plan), ("map", map_of(plan, 5))):
        spent_s = _steps(ground, building, Crowd(building, tags))
        what = f"{tags:,} tags by {PLACES} places, by the {name}: each second"
        found.append(Figure(what, GOAL_S, spent_s, "s"))
    return found


def _steps(ground: Ground, building: Building, crowd: Crowd) -> float:
    """Seconds of the processor for each second of the day, of the last few steps."""
    tracker, now_ms = Tracker(ground), START_MS
    alive = dict.fromkeys(building.board, True)
    took = []
    for _ in range(SETTLED + MEASURED):
        spent_s = 0.0
        for _second in range(ground.step_ms // 1000):
            said = crowd.heard(now_ms)
            begin_s = time.process_time()
            tracker.observe(said)
            spent_s += time.process_time() - begin_s
            now_ms += 1_000
        begin_s = time.process_time()
        for board in building.board:
            tracker.told(board, now_ms)
        tracker.advance(now_ms, alive)
        for ask in (tracker.presence, tracker.anybody, tracker.counts):
            ask(now_ms)
        spent_s += time.process_time() - begin_s
        took.append(spent_s / (ground.step_ms / 1000))
    return float(np.median(took[-MEASURED:]))
