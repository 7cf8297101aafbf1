"""Completion: a radio map with the places that nobody has walked yet, as the plan expects them.

A walk through half of the rooms must not make the others impossible.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.places import Places
from occupancy.radio import Radio
from occupancy.radio_map import JointMap, MotionMap, RadioMap

LEAST_HEARD = 0.02
TO_UNWALKED = 0.1
"""Part of those leaving a walked place who go to one that was not walked."""


@dataclass(frozen=True)
class Plan:
    """What the plan says of the scanners of a map, with each scanner's own error taken off."""

    places: Places
    expected_db: Floats
    """Shape ``(scanners, points)``."""
    heard: Floats
    """Shape ``(scanners, points)``."""


def completed(learned: RadioMap, building: Building) -> RadioMap:
    """The map and the other places of the building; the map itself where there are none.

    Scanners that the building no longer has keep what they were heard to say, and tell nothing of
    the other places.
    """
    places = Places(building)
    missing = [place for place in places.ids if place not in learned.places]
    if not missing:
        return learned
    plan = _plan(learned, building, places)
    of = [np.flatnonzero(places.owner == places.index[place]) for place in missing]
    points = np.concatenate(of)
    strength_db = np.hstack([np.array(learned.strength_db), plan.expected_db[:, points]])
    leave_per_s = places.walking().leave_per_s[: len(missing)].tolist()
    first = len(learned.places)
    owner = [*learned.owner, *(first + i for i, mine in enumerate(of) for _ in mine)]
    share = [*learned.share, *(1 / len(mine) for mine in of for _ in mine)]
    return RadioMap(
        places=[*learned.places, *missing],
        scanners=learned.scanners,
        owner=owner,
        share=share,
        strength_db=strength_db.tolist(),
        heard=np.hstack([np.array(learned.heard), plan.heard[:, points]]).tolist(),
        leave_per_s=[*learned.leave_per_s, *leave_per_s],
        goes=_goes(learned, places, missing),
        joint=_joint(learned.joint, plan.expected_db, of),
        motion=_motion(learned.motion, len(missing)),
        tags=learned.tags,
        sureness=learned.sureness,
    )


def _plan(learned: RadioMap, building: Building, places: Places) -> Plan:
    radio = Radio(building, places)
    shape = (len(learned.scanners), len(places.points))
    expected_db, heard = np.zeros(shape), np.full(shape, LEAST_HEARD)
    walked = {place: i for i, place in enumerate(learned.places)}
    mean_db = np.array(learned.joint.mean_db)
    for row, scanner in enumerate(learned.scanners):
        if scanner not in radio.index:
            expected_db[row] = np.array(learned.strength_db)[row].min()
            continue
        predicted = radio.expected_db[radio.index[scanner]]
        of_place = {p: predicted[places.owner == places.index[p]].mean() for p in places.ids}
        off_db = [mean_db[i, row] - of_place[p] for p, i in walked.items() if p in of_place]
        expected_db[row] = predicted + (float(np.median(off_db)) if off_db else 0.0)
        heard[row] = 1 - np.exp(radio.silence[radio.index[scanner]])
    return Plan(places, expected_db, np.clip(heard, LEAST_HEARD, 1 - LEAST_HEARD))


def _goes(learned: RadioMap, places: Places, missing: list[str]) -> list[list[float]]:
    """Ways from and to the other places by the plan, rows summing to 1."""
    ids = [*learned.places, *missing]
    by_plan = np.full((len(ids), len(ids)), 1e-6)
    known = [i for i, place in enumerate(ids) if place in places.index]
    rows = [places.index[ids[i]] for i in known]
    by_plan[np.ix_(known, known)] += places.goes()[np.ix_(rows, rows)]
    np.fill_diagonal(by_plan, 0.0)
    first = len(learned.places)
    to_missing = by_plan[:first, first:]
    to_missing = TO_UNWALKED * to_missing / to_missing.sum(axis=1, keepdims=True)
    walked = np.array(learned.goes)
    walked = walked * np.where(walked.sum(axis=1, keepdims=True) > 0, 1 - TO_UNWALKED, 0.0)
    goes = np.vstack([np.hstack([walked, to_missing]), by_plan[first:]])
    summed: list[list[float]] = (goes / goes.sum(axis=1, keepdims=True)).tolist()
    return summed


def _joint(joint: JointMap, expected_db: Floats, of: list[NDArray[np.intp]]) -> JointMap:
    means = [expected_db[:, mine].mean(axis=1).tolist() for mine in of]
    return JointMap([*joint.mean_db, *means], joint.covariance_db2, joint.floor_db)


def _motion(motion: MotionMap | None, missing: int) -> MotionMap | None:
    """No channel is known to see the other places: they have the mean of all."""
    if motion is None:
        return None
    usual = [[*row, *[float(np.mean(row))] * missing] for row in motion.starts_per_s]
    return MotionMap(motion.channels, usual)
