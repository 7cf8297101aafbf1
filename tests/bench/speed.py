"""How fast whereabouts are: prints what was measured and the goal, ends with 1 if one is missed.

    python tests/bench/speed.py [TAGS]

Times are of the processor, on one core; other work on the machine counts less that way.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does: helpers are named from tests/
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from bench.hall import Crowd, hall, map_of

from occupancy.ground import ground_of_plan
from occupancy.tracker import Tracker

PLACES, SCANNERS, TAGS = 500, 200, 10_000
START_MS = 1_700_000_000_000
SETTLED, MEASURED = 12, 3
"""Steps until most tags are placed, and those that are measured after."""
GOAL_PER_S = 1.0
START_GOAL_S = 10.0


def steps(ground, building, crowd):
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


def main(tags):
    """Measures all, prints a table; 1 if a goal is missed."""
    building = hall(PLACES, SCANNERS)
    begin_s = time.process_time()
    plan = ground_of_plan(building)
    rows = [(f"{PLACES} places, {SCANNERS} scanners: the plan worked out", START_GOAL_S)]
    found = [time.process_time() - begin_s]
    for name, ground in (("plan", plan), ("map", map_of(plan, 5))):
        found.append(steps(ground, building, Crowd(building, tags)))
        rows.append((f"{tags} tags by {PLACES} places, by the {name}: each second", GOAL_PER_S))
    print("| what | goal, s | measured, s | met |\n|---|---|---|---|")
    for (what, goal_s), took_s in zip(rows, found, strict=True):
        print(f"| {what} | < {goal_s:g} | {took_s:.2f} | {'yes' if took_s < goal_s else 'NO'} |")
    return int(any(took_s >= goal_s for (_, goal_s), took_s in zip(rows, found, strict=True)))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TAGS))
