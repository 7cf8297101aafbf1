"""Trials: what would come of a space if something happened, each tried out on an excerpt."""

from collections.abc import Callable

import msgspec
import numpy as np

from occupancy import evidence
from occupancy.badges import MOST
from occupancy.course import Course, Step, course
from occupancy.decision import CODES
from occupancy.estimator import Estimator
from occupancy.evidence import BADGE
from occupancy.excerpt import ONLY, excerpt
from occupancy.placement import SensorKind
from occupancy.prospect import (
    BACK,
    BADGE_COMES,
    BADGE_LEAVES,
    NEXT_DOOR,
    QUIET,
    SILENCE,
    STALE,
    Prospect,
)
from occupancy.watch import OFF, ON, Binary
from sensors.entry import Entry
from sensors.reading import Contact, Count, Heartbeat, Motion, Presence

NOTICED = 0.1
"""A chance that moves by less is no change worth telling."""
SOONER = 2.0
"""Nor is a state that comes less than so many times as soon or as late."""
Act = Callable[[Estimator], object]
SAID: dict[SensorKind, tuple[Callable[[str, int, bool], Binary], str, str]] = {
    SensorKind.MOTION: (Motion, "stillness", "motion"),
    SensorKind.PRESENCE: (Presence, "absence", "presence"),
    SensorKind.COUNT: (lambda sensor, at_ms, on: Count(sensor, at_ms, int(on)), "nobody", "people"),
    SensorKind.CONTACT: (Contact, "closed", "open"),
}
"""What a channel may say, and how that is called when it is off and when it is on."""


class Trials:
    """Of one space.

    Args:
        estimator: Whose; not changed.
        space_id: Which space.
    """

    def __init__(self, estimator: Estimator, space_id: str) -> None:
        self._space_id = space_id
        tracker = estimator.tracker
        self._has_badges = bool(tracker.rows.of) and space_id in tracker.places.index
        self._may_have_left = estimator.opinion.may_have_left(space_id)
        self._now = excerpt(estimator, space_id)
        self._state = CODES[self._now.decision.state[ONLY]]
        self._quiet = course(self._excerpt())

    def _excerpt(self) -> Estimator:
        """A copy to try something out on; all trials start from the same moment."""
        return excerpt(self._now, self._space_id)

    def quiet(self) -> list[Prospect]:
        """What follows while nothing is heard but heartbeats, first to last."""
        steps = self._quiet.steps or (self._stays(self._quiet),)
        return [_told(QUIET, None, step) for step in steps]

    def readings(self) -> list[Prospect]:
        """What one reading of each channel would do now, strongest first."""
        found = [
            told
            for pair in range(len(self._now.watch.sensors))
            for is_on in (False, True)
            if (told := self._read(pair, is_on=is_on)) is not None
        ]
        return sorted(found, key=lambda told: -abs(told.probability - self._quiet.chances[0]))

    def _read(self, pair: int, *, is_on: bool) -> Prospect | None:
        """What a reading would do; None where the channel says that already."""
        watch = self._now.watch
        if watch.level[pair] == (ON if is_on else OFF):
            return None
        make, *names = SAID[watch.kinds[pair]]
        sensor, at_ms = watch.sensors[pair], max(self._now.now_ms, int(watch.level_ms[pair]))
        said = Entry(sensor.partition("/")[0], at_ms, (make(sensor, at_ms, is_on),))
        return self._tried(names[is_on], sensor, lambda one: one.fold([said]))

    def boards(self) -> list[Prospect]:
        """What the silence of each living board would do, and a silent one that is back."""
        liveness, now_ms = self._now.watch.liveness, self._now.now_ms
        living = liveness.alive(now_ms)
        found = [
            self._silent(board) if living[i] else self._back(board, float(liveness.every_ms[i]))
            for board, i in liveness.index.items()
        ]
        return [told for told in found if told is not None]

    def _silent(self, board: str) -> Prospect | None:
        told = self._tried(SILENCE, board, lambda one: one.watch.liveness.lose(board))
        return told and self._later(told, self._now.watch.liveness.ends_ms(board))

    def _back(self, board: str, every_ms: float) -> Prospect | None:
        now_ms = self._now.now_ms
        beat = Entry(board, now_ms, (Heartbeat(board, now_ms, every_ms / 1000),))
        return self._tried(BACK, board, lambda one: one.fold([beat]))

    def badges(self) -> list[Prospect]:
        """What a badge would do that comes or leaves, where any is followed and may be there."""
        if not self._has_badges:
            return []
        comes = self._now.opinion.badges.there[ONLY] < MOST / 2
        told = self._tried(
            BADGE_COMES if comes else BADGE_LEAVES,
            BADGE,
            lambda one: one.opinion.badges.there.fill(MOST if comes else 0.0),
        )
        return [told] if told else []

    def next_door(self) -> list[Prospect]:
        """What it would do if somebody surely came now where who has just left here would go."""
        part = np.array([self._may_have_left])
        told = self._tried(
            NEXT_DOOR,
            evidence.NEXT_DOOR,
            lambda one: one.opinion.leavings.charge(np.array([ONLY]), part),
        )
        return [told] if told else []

    def levels(self) -> list[Prospect]:
        """What it would do if what is measured went stale."""
        levels = self._now.opinion.levels
        first = min(levels.ends_ms(ONLY), default=None)
        if first is None or not levels.fresh()[ONLY]:
            return []
        ends_ms, sensor = first
        told = self._tried(
            STALE, sensor, lambda one: one.opinion.levels.tell(ONLY, 0.0, 1.0, is_fresh=False)
        )
        return [self._later(told, ends_ms)] if told else []

    def _tried(self, cause: str, source: str, act: Act) -> Prospect | None:
        """What comes of an act; None where it is hardly anything."""
        one = self._excerpt()
        act(one)
        state, p = CODES[one.decision.state[ONLY]], one.opinion.occupied_of(ONLY)
        then = course(one)
        at_once = (Step(0, state, p),) if state != self._state else ()
        first = next(iter(at_once + then.steps), None)
        moved = abs(then.chances[0] - self._quiet.chances[0]) >= NOTICED
        if not moved and not _differ(first, next(iter(self._quiet.steps), None)):
            return None
        return _told(cause, source, first or self._stays(then))

    def _stays(self, way: Course) -> Step:
        """No step: the state that it is in, for as long as is looked ahead."""
        return Step(None, self._state, float(way.chances[0]))

    def _later(self, told: Prospect, from_ms: int) -> Prospect:
        """The same of an act that comes after a time."""
        wait_s = max((from_ms - self._now.now_ms) // 1000, 0)
        if told.after_s is None:
            return told
        after_s = told.after_s + wait_s
        at = min(after_s, len(self._quiet.chances)) - 1
        p = round(float(self._quiet.chances[at]), 2)
        return msgspec.structs.replace(told, after_s=after_s, probability=p)


def _told(cause: str, source: str | None, step: Step) -> Prospect:
    return Prospect(cause, source, step.after_s, step.state, round(step.probability, 2))


def _differ(first: Step | None, second: Step | None) -> bool:
    """Whether two next steps are worth telling apart."""
    if first is None or second is None or first.state != second.state:
        return first is not second
    times = sorted(((first.after_s or 0) + 1, (second.after_s or 0) + 1))
    return times[1] >= SOONER * times[0]
