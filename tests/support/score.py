"""Scores of what a service said against what was true, on one grid of time.

Written for the tests alone: it shares nothing with the code that is scored.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

STEP_MS = 5_000


class Truth:
    """What the simulator wrote: who was where, which space was in use."""

    def __init__(self, file):
        self.used = defaultdict(lambda: ([], []))
        self.places = defaultdict(lambda: ([], []))
        for line in file.read_text().splitlines():
            told = json.loads(line)
            if "occupied" in told:
                times, values = self.used[told["space"]]
                values.append(told["occupied"])
            else:
                times, values = self.places[told["person"]]
                values.append(told["place"])
            times.append(told["t_ms"])

    def is_used(self, space, at_ms):
        """Whether somebody was there."""
        return bool(held(*self.used[space], at_ms))

    def place(self, person, at_ms):
        """Room or zone where a person was, or `outside`."""
        return held(*self.places[person], at_ms)


def held(times, values, at_ms):
    """The value in force at a time, None before the first."""
    index = bisect_right(times, at_ms) - 1
    return values[index] if index >= 0 else None


def ms(text):
    """A time of the API in ms UTC."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def states_of(spans):
    """Times and states of a history answer."""
    return [ms(span["from"]) for span in spans], [span["state"] for span in spans]


def occupancy(truth, history, from_ms, to_ms):
    """Scores over spaces.

    Args:
        truth: What was so.
        history: Space to its spans as the API gives them.
        from_ms: Start of the scored time, ms UTC.
        to_ms: Its end.
    """
    hits = false_on = missed = false_free = in_use = unknown = total = 0
    for space, spans in history.items():
        times, states = states_of(spans)
        for at_ms in range(from_ms, to_ms, STEP_MS):
            used, state = truth.is_used(space, at_ms), held(times, states, at_ms)
            hits += used and state == "occupied"
            false_on += not used and state == "occupied"
            missed += used and state != "occupied"
            false_free += used and state == "free"
            in_use += used
            unknown += state in {"unknown", None}
            total += 1
    return {
        "f1": round(2 * hits / (2 * hits + false_on + missed), 4),
        "precision": round(hits / (hits + false_on), 4),
        "recall": round(hits / in_use, 4),
        "false_free_min_per_occupied_h": round(60 * false_free / in_use, 3),
        "unknown": round(unknown / total, 4),
        "occupied_h": round(in_use * STEP_MS / 3_600_000, 1),
    }
