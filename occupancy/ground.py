"""The ground: all that the tracker must know of a building, from its plan or from a radio map."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.completion import completed
from occupancy.geometry import Floats
from occupancy.hearing import Errors, Hearing
from occupancy.joint import Joint
from occupancy.layout import Layout
from occupancy.learning.walks import nearness
from occupancy.places import Places
from occupancy.radio import Radio
from occupancy.radio_map import MotionMap, RadioMap
from occupancy.walking import Walking

OFFSETS_DB = np.array([-10.0, -5.0, 0.0, 5.0, 10.0])
"""How much stronger than the reference a tag may send, carrier and casing included."""
OFFSET_SPREAD_DB = 6.0
PLAN_ERRORS = Errors(spread_db=6.0, outlier_nats=5.0, memory_s=10.0)
"""Of what the plan predicts: mostly wrong in the same way for long."""
NEARER_DB = 10.0
"""So much louder than at any point of the plan a tag may be that is held to a scanner."""
MAP_ERRORS = Errors(spread_db=4.1, outlier_nats=5.4, correlation=0.3, shared=0.1)
"""Of what was measured on a walk."""
SILENT_AFTER_S = 20.0
HEARD_WEIGHT = 0.35
"""So much of the likelihood of hearing or not counts each second: both last."""
PLAN_STEP_MS, MAP_STEP_MS = 2_000, 1_000
"""How often tags that were heard are weighed, with the plan and with a map."""
MAP_ROAM_PER_S = 0.08
NEAREST = 8
"""A tag that a scanner hears may be in so many places where it hears one loudest, however unlikely
each was before."""


@dataclass(frozen=True)
class Ground:
    """Places, how scanners hear them, and how people walk between them."""

    layout: Layout
    hearing: Hearing
    walking: Walking
    step_ms: int
    """How often tags that were heard walk and are settled."""
    motion: MotionMap | None = None
    is_walked: bool = False
    """Whether strengths were measured, so that scanners can be seen to drift from them."""
    sureness: float = 1.0
    """So much of a chance is told."""

    @cached_property
    def near(self) -> NDArray[np.bool_]:
        """The places where each scanner hears a tag loudest, shape ``(scanners, places)``."""
        loudest_db = (
            np.maximum.reduceat(self.hearing.strength_db, self.layout.starts, axis=1)
            if len(self.layout.ids)
            else self.hearing.strength_db
        )
        some = min(NEAREST, loudest_db.shape[1])
        found = np.zeros(loudest_db.shape, dtype=bool)
        if some:
            nearest = np.argsort(-loudest_db, axis=1, kind="stable")[:, :some]
            np.put_along_axis(found, nearest, values=True, axis=1)
        return found

    @cached_property
    def digest(self) -> str:
        """Hash of what gives the arrays of a tag their meaning."""
        told = hashlib.sha256("\n".join((*self.layout.ids, "", *self.hearing.scanners)).encode())
        for table in (self.layout.owner, self.hearing.offsets_db, self.hearing.strength_db):
            told.update(table.tobytes())
        return told.hexdigest()


def _offset_p() -> Floats:
    weight = np.exp(-0.5 * (OFFSETS_DB / OFFSET_SPREAD_DB) ** 2)
    return np.asarray(weight / weight.sum())


def ground_of(building: Building, learned: RadioMap | None) -> Ground:
    """The ground of a building: learned, where somebody has walked it, else from its plan."""
    if learned is None:
        return ground_of_plan(building)
    return ground_of_map(completed(learned, building))


def ground_of_plan(building: Building) -> Ground:
    """What the plan alone tells: path loss through walls, and ways between rooms."""
    places = Places(building)
    radio = Radio(building, places)
    hearing = Hearing(
        scanners=radio.index,
        boards=tuple(radio.boards),
        strength_db=radio.expected_db.astype(np.float32),
        loudest_db=radio.expected_db.max(axis=1, initial=-np.inf) + NEARER_DB,
        errors=PLAN_ERRORS,
        heard_nats_per_s=np.zeros_like(radio.silence),
        silent_nats_per_s=radio.silence / np.float32(SILENT_AFTER_S),
        silent_after_s=SILENT_AFTER_S,
        silence_nats_per_s=radio.silence / np.float32(SILENT_AFTER_S),
        always_listens=False,
        offsets_db=OFFSETS_DB,
        offset_p=_offset_p(),
    )
    return Ground(places.layout, hearing, places.walking(), PLAN_STEP_MS)


def ground_of_map(learned: RadioMap) -> Ground:
    """What a walk with a tag taught; boards are those of the scanners' ids."""
    owner, share = np.array(learned.owner, dtype=np.int64), np.array(learned.share)
    layout = Layout(learned.places, owner, share)
    strength_db = np.array(learned.strength_db, dtype=np.float32)
    heard = np.array(learned.heard)
    hearing = Hearing(
        scanners={scanner: i for i, scanner in enumerate(learned.scanners)},
        boards=tuple(scanner.partition("/")[0] for scanner in learned.scanners),
        strength_db=strength_db,
        loudest_db=np.full(len(strength_db), np.inf),
        errors=MAP_ERRORS,
        heard_nats_per_s=(HEARD_WEIGHT * np.log(heard)).astype(np.float32),
        silent_nats_per_s=(HEARD_WEIGHT * np.log(1 - heard)).astype(np.float32),
        silent_after_s=0.0,
        silence_nats_per_s=np.log(1 - heard).astype(np.float32),
        always_listens=True,
        offsets_db=OFFSETS_DB,
        offset_p=_offset_p(),
        known=frozenset(learned.tags),
        joint=Joint(learned.joint),
    )
    walking = _walking(layout, learned, strength_db)
    return Ground(
        layout,
        hearing,
        walking,
        MAP_STEP_MS,
        learned.motion,
        is_walked=True,
        sureness=learned.sureness,
    )


def _walking(layout: Layout, learned: RadioMap, strength_db: Floats) -> Walking:
    """Ways between the points of a map: people enter a place where it sounds like theirs."""
    owner, share = layout.owner, layout.share.astype(float)
    near = nearness(strength_db.T.astype(float)) * share[None, :]
    places = len(layout.ids)
    into = np.array([share[owner == place] @ near[owner == place] for place in range(places)])
    by_place = np.array([layout.gathered(row) for row in into])
    enter = into / by_place[:, owner] * np.array(learned.goes)[:, owner]
    roam = []
    for place in range(places):
        mine = near[np.ix_(owner == place, owner == place)]
        roam.append((mine / mine.sum(axis=1, keepdims=True)).astype(np.float32))
    return Walking(
        layout,
        MAP_ROAM_PER_S,
        np.array(learned.leave_per_s, dtype=np.float32),
        enter.astype(np.float32),
        np.array(learned.goes, dtype=np.float32),
        roam,
    )
