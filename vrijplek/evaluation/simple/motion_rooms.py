"""Which room each motion sensor sees, from its triggers while somebody was known to be there.

One sensor a room is what people mount first: rooms are given out one by one, the clearest pair
first, and a second time only when each has a sensor. Names say nothing.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vrijplek.evaluation.events import PIR_ON
from vrijplek.evaluation.grid import SLACK_S
from vrijplek.evaluation.session import Session


def motion_rooms(calibration: Sequence[Session]) -> dict[str, str]:
    """The room of each sensor that ever triggered."""
    seconds, triggers = _used_s(calibration), _triggers(calibration)
    whole_s = sum(seconds.values()) or 1.0
    ratios = {
        (sensor, room): (count[room] + 1) / (count.total() * seconds[room] / whole_s + 1)
        for sensor, count in triggers.items()
        for room in seconds
    }
    best_first = sorted(ratios, key=lambda pair: (-ratios[pair], pair))
    found: dict[str, str] = {}
    while best_first:
        taken: set[str] = set()
        for sensor, room in best_first:
            if sensor not in found and room not in taken:
                found[sensor] = room
                taken.add(room)
        best_first = [(sensor, room) for sensor, room in best_first if sensor not in found]
    return found


def _used_s(calibration: Sequence[Session]) -> Counter[str]:
    """How long each room was in use; 0 of those that never were."""
    seconds: Counter[str] = Counter()
    for session in calibration:
        for use in session.truth.uses:
            seconds[use.room] += (use.t1_s - use.t0_s) * (use.count > 0)  # type: ignore[assignment]
    return seconds


def _triggers(calibration: Sequence[Session]) -> dict[str, Counter[str]]:
    """For each sensor, how often it triggered while each room was in use."""
    counts: dict[str, Counter[str]] = {}
    for session in calibration:
        motion = session.events.of_type(PIR_ON)
        for sensor in np.unique(motion.source):
            times_s = motion.t_s[motion.source == sensor]
            count = counts.setdefault(str(sensor), Counter())
            for use in session.truth.uses:
                inside = (times_s >= use.t0_s - SLACK_S) & (times_s < use.t1_s)
                count[use.room] += int(inside.sum()) * (use.count > 0)
    return counts
