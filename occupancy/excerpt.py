"""The excerpt: an estimator of one space alone, cut out of a whole one.

It believes of that space what the whole one does, and may be carried on and tried out while the
whole one stays as it is. It follows no tag: what badges say stays said.
"""

from dataclasses import replace

import msgspec
import numpy as np

from occupancy.building import Building
from occupancy.estimator import Estimator

ONLY = 0
"""Position of its space."""


def excerpt(estimator: Estimator, space_id: str) -> Estimator:
    """A new estimator that believes of one space what another does.

    Args:
        estimator: The whole one; not changed.
        space_id: Which space.

    Raises:
        KeyError: If there is no such space.
    """
    at = estimator.building.index[space_id]
    learned = msgspec.structs.replace(estimator.learned, radio=None, exits=None)
    part = _part(estimator.building, space_id)
    one = Estimator(part, learned, estimator.decision.thresholds)
    one.now_ms = estimator.now_ms
    _copy_watch(estimator, one, at)
    _copy_decision(estimator, one, at)
    _copy_opinion(estimator, one, at)
    return one


def _part(building: Building, space_id: str) -> Building:
    """One space, what sees it, and nothing around; it has no outline, so no tag can be there."""
    space = replace(building.space(space_id), parent=None, outline=())
    sensors = tuple(
        replace(sensor, sees=sees)
        for sensor in building.sensors
        if (sees := tuple(place for place in sensor.sees if place.space == space_id))
    )
    seeing = {sensor.board for sensor in sensors}
    boards = tuple(board for board in building.boards if board.id in seeing)
    return Building(building.site, building.name, building.time_zone, (space,), boards, sensors)


def _copy_watch(whole: Estimator, one: Estimator, at: int) -> None:
    pairs = whole.watch.pairs_of_space[at]
    for name in ("level", "level_ms", "said"):
        setattr(one.watch, name, getattr(whole.watch, name)[pairs])
    one.watch.trusted = whole.watch.trusted[pairs]
    one.watch.assume(whole.watch.start_per_s[pairs], whole.watch.end_per_s[pairs])
    living, mine = whole.watch.liveness, one.watch.liveness
    for board, i in mine.index.items():
        j = living.index[board]
        mine.heard_ms[i], mine.every_ms[i] = living.heard_ms[j], living.every_ms[j]
        mine.offline[i] = living.offline[j]


def _copy_decision(whole: Estimator, one: Estimator, at: int) -> None:
    for name in ("state", "since_ms", "low_ms"):
        setattr(one.decision, name, getattr(whole.decision, name)[[at]])


def _copy_opinion(whole: Estimator, one: Estimator, at: int) -> None:
    said, mine = whole.opinion, one.opinion
    mine.belief.p = said.belief.p[:, [at]]
    mine.belief.assume(np.stack(said.belief.rates())[:, [at]])
    mine.levels.gauges = dict(said.levels.gauges)
    nats, trust_motion, is_fresh = said.levels.told(at)
    mine.levels.tell(ONLY, nats, trust_motion, is_fresh=is_fresh)
    mine.badges.there[ONLY] = said.badges.there[at]
    mine.badges.nobody_else_nats = said.badges.nobody_else_nats
    mine.company.nats[ONLY] = said.company.nats[at]
    if said.doors is not None and one.watch.alive(one.now_ms).any():
        mine.belief.leave_per_s *= said.doors.unseen[at]
