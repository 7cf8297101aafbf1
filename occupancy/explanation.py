"""Explanation: what speaks for and against a space being occupied, for people."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from occupancy.evidence import BADGE, COMPANY, NEXT_DOOR, Evidence
from occupancy.opinion import Opinion
from occupancy.placement import SensorKind
from occupancy.voices import Voices
from occupancy.watch import ON, SILENT, Watch

NAMES = {
    (SensorKind.MOTION, True): "motion",
    (SensorKind.MOTION, False): "stillness",
    (SensorKind.PRESENCE, True): "presence",
    (SensorKind.PRESENCE, False): "absence",
    (SensorKind.COUNT, True): "count",
    (SensorKind.COUNT, False): "count",
    (SensorKind.CONTACT, True): "contact",
    (SensorKind.CONTACT, False): "contact",
}
LEAST_NATS = 0.05


def strongest(opinion: Opinion, space: int, now_ms: int, limit: int = 5) -> tuple[Evidence, ...]:
    """The evidence about one space, strongest first; the nats add up to the log-odds.

    A channel whose board is silent is named with kind ``silence``, whatever it said before. A badge
    is "a badge": never which, and never when; that somebody came "next door" and may have left here
    is told without who and where. What no sensor said is the prior: how the space is used, and what
    time has left of older evidence.
    """
    watch = opinion.watch
    living = watch.liveness.alive(now_ms)
    found = [_of_pair(watch, int(pair), living) for pair in watch.pairs_of_space[space]]
    found += _of_levels(opinion, space, now_ms)
    badge = opinion.badge_nats(space)
    if badge >= LEAST_NATS:
        found.append(Evidence(BADGE, "badge", round(badge, 2), None))
    company = float(opinion.company.nats[space])
    if abs(company) >= LEAST_NATS:
        found.append(Evidence(COMPANY, "company", round(company, 2), None))
    exits = float(opinion.leavings.nats[space])
    if abs(exits) >= LEAST_NATS:
        found.append(Evidence(NEXT_DOOR, "exits", round(exits, 2), None))
    rest = opinion.log_odds_of(space) - sum(evidence.nats for evidence in found)
    found.append(Evidence("prior", "prior", round(rest, 2), None))
    return tuple(sorted(found, key=lambda e: (-abs(e.nats), e.source)))[:limit]


def _of_pair(watch: Watch, pair: int, living: NDArray[np.bool_]) -> Evidence:
    sensor, nats = watch.sensors[pair], round(float(watch.said[pair]), 2)
    board = int(watch.board_of[pair])
    if not watch.trusted[pair]:
        return Evidence(sensor, "distrust", nats, int(watch.level_ms[pair]) or None)
    if not living[board] or watch.level[pair] == SILENT:
        heard_ms = int(watch.liveness.heard_ms[board])
        return Evidence(sensor, "silence", nats, heard_ms or None)
    is_for = nats > 0 or watch.level[pair] == ON
    return Evidence(sensor, NAMES[watch.kinds[pair], is_for], nats, int(watch.level_ms[pair]))


def _of_levels(opinion: Opinion, space: int, now_ms: int) -> list[Evidence]:
    """What each measured quantity adds, while all that its model needs are fresh."""
    levels = opinion.levels
    model = levels.models.get(space)
    if model is None:
        return list(_of_voices(opinion.voices, space))
    if levels.of(model, now_ms) is None:
        return []
    return [
        Evidence(each.sensor, each.quantity, round(nats, 2), at_ms)
        for each, nats, at_ms in levels.parts(model)
    ]


def _of_voices(voices: Voices, space: int) -> Iterator[Evidence]:
    """What each level adds that was learned from history and is trusted."""
    meters, said = voices.meters, voices.trust * voices.said()
    for row in np.flatnonzero((meters.space_of == space) & (said != 0)).tolist():
        sensor, quantity = meters.sensors[row], meters.quantities[row]
        yield Evidence(sensor, quantity, round(float(said[row]), 2), int(meters.at_ms[row]))
