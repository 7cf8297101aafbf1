"""Explanation: what speaks for and against a space being occupied, for people."""

import numpy as np
from numpy.typing import NDArray

from occupancy.evidence import BADGE, Evidence
from occupancy.placement import SensorKind
from occupancy.watch import ON, SILENT, Watch

NAMES = {
    (SensorKind.MOTION, True): "motion",
    (SensorKind.MOTION, False): "stillness",
    (SensorKind.PRESENCE, True): "presence",
    (SensorKind.PRESENCE, False): "absence",
    (SensorKind.COUNT, True): "count",
    (SensorKind.COUNT, False): "count",
}
LEAST_NATS = 0.05


def strongest(watch: Watch, space: int, now_ms: int, limit: int = 5) -> tuple[Evidence, ...]:
    """The evidence about one space, strongest first.

    A channel whose board is silent is named with kind ``silence``, whatever it said before. A badge
    is "a badge": never which, and never when.
    """
    living = watch.liveness.alive(now_ms)
    found = [_of_pair(watch, int(pair), living) for pair in watch.pairs_of_space[space]]
    badge = float(watch.belief.badge[space])
    if badge >= LEAST_NATS:
        found.append(Evidence(BADGE, "badge", round(badge, 2), None))
    prior = float(watch.belief.prior[space])
    found.append(Evidence("prior", "prior", round(prior, 2), None))
    return tuple(sorted(found, key=lambda e: (-abs(e.nats), e.source)))[:limit]


def _of_pair(watch: Watch, pair: int, living: NDArray[np.bool_]) -> Evidence:
    sensor, nats = watch.sensors[pair], round(float(watch.belief.said[pair]), 2)
    board = int(watch.board_of[pair])
    if not living[board] or watch.level[pair] == SILENT:
        heard_ms = int(watch.liveness.heard_ms[board])
        return Evidence(sensor, "silence", nats, heard_ms or None)
    is_for = nats > 0 or watch.level[pair] == ON
    return Evidence(sensor, NAMES[watch.kinds[pair], is_for], nats, int(watch.level_ms[pair]))
