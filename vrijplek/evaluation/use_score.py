"""Scores of occupancy: how often right, how late on and off, how restless."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vrijplek.evaluation import calibration_error
from vrijplek.evaluation.events import Mask
from vrijplek.evaluation.grid import Space
from vrijplek.evaluation.runs import MIN_VISIT_S, f1, percentile, runs, share

UNKNOWN, VACANT, BUSY = -1, 0, 1


@dataclass(frozen=True, slots=True)
class UseScore:
    """Over all rooms and sessions together."""

    f1: float
    precision: float
    recall: float
    visits: int
    """Stretches of use of 10 s or more."""
    missed: int
    """Those in which the room was never said to be in use."""
    enter_median_s: float
    """From the start of a visit until use was said."""
    enter_p90_s: float
    vacate_median_s: float
    """From the end of a visit until the room was said to be not in use."""
    vacate_p90_s: float
    drops_per_occupied_hour: float
    """How often use ended in what was said and not in truth."""
    false_on_per_vacant_hour: float
    """How often use began in what was said and not in truth."""
    calibration_error: float
    occupied_h: float
    vacant_h: float
    false_on_h: float
    """How long use was said and not true."""


@dataclass(slots=True)
class _Delays:
    """What happened in the stretches of use, and between them."""

    visits: int = 0
    drops: int = 0
    false_on: int = 0
    enter_s: list[float] = field(default_factory=list)
    vacate_s: list[float] = field(default_factory=list)

    def add(self, space: Space) -> None:
        """Counts the visits and the vacant stretches of one space."""
        states = np.where(space.known, space.busy.astype(np.int64), UNKNOWN)
        stretches = list(runs(states))
        for number, (start, end, state) in enumerate(stretches):
            if state == VACANT:
                self.false_on += _count(~space.said[start:end][:-1] & space.said[start:end][1:])
            elif state == BUSY and (end - start) * space.step_s >= MIN_VISIT_S:
                self.visits += 1
                self._visit(space.said[start:end], space.step_s)
                after = stretches[number + 1] if number + 1 < len(stretches) else None
                if after and after[2] == VACANT and space.said[end - 1]:
                    self.vacate_s.append(_until_free(space.said[end : after[1]], space.step_s))

    def _visit(self, said: Mask, step_s: float) -> None:
        hits = np.flatnonzero(said)
        if hits.size:
            self.enter_s.append(float(hits[0]) * step_s)
            inside = said[hits[0] :]
            self.drops += _count(inside[:-1] & ~inside[1:])


def _count(mask: Mask) -> int:
    return int(mask.sum())


def _until_free(said: Mask, step_s: float) -> float:
    """How long a room is said to be in use; all of the stretch where it never ends."""
    free = np.flatnonzero(~said)
    return float(free[0] if free.size else len(said)) * step_s


def score_uses(spaces: Sequence[Space]) -> UseScore:
    """The scores of some rooms."""
    hit = sum(_count(s.known & s.busy & s.said) for s in spaces)
    told = sum(_count(s.known & s.said) for s in spaces)
    in_use = sum(_count(s.known & s.busy) for s in spaces)
    occupied_h, vacant_h = (
        sum(_hours(s, busy=True) for s in spaces),
        sum(_hours(s, busy=False) for s in spaces),
    )
    delays = _Delays()
    for space in spaces:
        delays.add(space)
    precision, recall = share(hit, told), share(hit, in_use)
    return UseScore(
        f1=f1(precision, recall),
        precision=precision,
        recall=recall,
        visits=delays.visits,
        missed=delays.visits - len(delays.enter_s),
        enter_median_s=percentile(delays.enter_s, 50),
        enter_p90_s=percentile(delays.enter_s, 90),
        vacate_median_s=percentile(delays.vacate_s, 50),
        vacate_p90_s=percentile(delays.vacate_s, 90),
        drops_per_occupied_hour=share(delays.drops, occupied_h),
        false_on_per_vacant_hour=share(delays.false_on, vacant_h),
        calibration_error=calibration_error.of_spaces(spaces),
        occupied_h=occupied_h,
        vacant_h=vacant_h,
        false_on_h=sum(_count(s.known & ~s.busy & s.said) * s.step_s for s in spaces) / 3600,
    )


def _hours(space: Space, *, busy: bool) -> float:
    return _count(space.known & (space.busy == busy)) * space.step_s / 3600
