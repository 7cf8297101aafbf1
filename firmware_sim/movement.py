"""Which movement triggers which motion sensor.

Owns the field of view of each sensor: what it sees, what spills over from the desks beside it, who
passes, and what it imagines.
"""

import heapq
import math
from collections.abc import Sequence

import numpy as np

from firmware_sim.crowd import Crowd
from firmware_sim.physics import Physics
from firmware_sim.pir import Fidget, Stillness
from firmware_sim.plan import Channel, Place, Plan
from firmware_sim.stay import Change, Doing, Stay

PASSING_M = 1.0
AREA_SHARE = {"room": 0.9, "zone": 0.5, "floor": 0.3}
"""How likely a sensor for a whole area sees one movement in it: our choice."""
MEETING_PACE = 2.0
"""People who meet move more than people who read."""

View = tuple[tuple[int, float], ...]
Trigger = tuple[int, int]


class Movements:
    """Turns what people do into triggers of sensors."""

    def __init__(
        self,
        plan: Plan,
        sensors: Sequence[Channel],
        physics: Physics,
        people: int,
        chance: np.random.Generator,
    ) -> None:
        """Work out who sees what.

        Args:
            plan: The building.
            sensors: The motion sensors; their order is that of all indices.
            physics: The figures.
            people: How many there are.
            chance: For all triggers.
        """
        self._plan, self._physics, self._chance = plan, physics, chance
        self._sensors = len(sensors)
        stillness = Stillness.of(physics.pir_gap_mean_s, physics.pir_gap_p95_s)
        self._fidgets = [Fidget(stillness) for _ in range(people)]
        self._turn = [0] * people
        self._next: list[tuple[float, int, int]] = []
        self._views: list[View] = [()] * people
        self._paces = [1.0] * people
        self._seen_by: dict[str, list[tuple[int, float]]] = {}
        for i, sensor in enumerate(sensors):
            for space, weight in sensor.sees:
                self._seen_by.setdefault(space, []).append((i, weight))
        desks = [desk for desk in plan.of_kind("desk") if desk.id in self._seen_by]
        self._desks = [self._desks_on(desks, floor) for floor in range(len(plan.floors))]
        self._desk_view = {desk.id: self._view_of_desk(desk, desks) for desk in desks}

    def begin(self, crowd: Crowd, now_ms: int) -> None:
        """Let everybody who is somewhere already move from now on."""
        for person in crowd.people:
            if person.walk is None and person.stay.doing is not Doing.OUTSIDE:
                self._came(person.index, person.stay, now_ms)

    def triggers(
        self, crowd: Crowd, changes: Sequence[Change], start_ms: int, end_ms: int
    ) -> list[Trigger]:
        """Time and sensor of all triggers of one step, in order of time."""
        found: list[Trigger] = []
        for change in changes:
            found += self._changed(change)
        while self._next and self._next[0][0] < end_ms:
            at_ms, person, turn = heapq.heappop(self._next)
            if self._turn[person] == turn:
                found += self._seen(self._views[person], max(start_ms, round(at_ms)))
                self._again(person, at_ms)
        found += self._passed(crowd, start_ms, end_ms)
        found += self._imagined(start_ms, end_ms)
        return sorted(found)

    def _changed(self, change: Change) -> list[Trigger]:
        """Sitting down and standing up are movements that no sensor misses."""
        if change.stay.doing is Doing.OUTSIDE:
            return []
        view = self._view(change.stay)
        if change.came:
            self._came(change.person, change.stay, change.at_ms)
        else:
            self._turn[change.person] += 1
        return [(change.at_ms, sensor) for sensor, share in view if share >= 0.5]

    def _came(self, person: int, stay: Stay, now_ms: int) -> None:
        self._views[person] = self._view(stay)
        self._paces[person] = MEETING_PACE if stay.doing is Doing.ROOM else 1.0
        self._fidgets[person].lively = True
        self._again(person, now_ms)

    def _again(self, person: int, now_ms: float) -> None:
        """Plan a person's next movement; who is seen by no sensor needs none."""
        self._turn[person] += 1
        if self._views[person]:
            gap_ms = self._fidgets[person].gap_ms(self._chance, self._paces[person])
            heapq.heappush(self._next, (now_ms + gap_ms, person, self._turn[person]))

    def _seen(self, view: View, at_ms: int) -> list[Trigger]:
        return [(at_ms, sensor) for sensor, share in view if self._chance.random() < share]

    def _view(self, stay: Stay) -> View:
        if stay.doing is Doing.DESK and stay.space in self._desk_view:
            return self._desk_view[stay.space]
        area = stay.space or self._plan.locate(stay.spot.x, stay.spot.y, stay.spot.floor)
        return self._view_of_area(self._plan.place[area])

    def _view_of_area(self, area: Place) -> View:
        share = AREA_SHARE.get(area.kind, 1.0)
        return tuple((i, weight * share) for i, weight in self._seen_by.get(area.id, ()))

    def _view_of_desk(self, desk: Place, desks: Sequence[Place]) -> View:
        """Sensors that see a desk, those of the desks beside it, and those of its areas."""
        view = dict(self._seen_by[desk.id])
        floor = self._plan.floor_index[desk.id]
        for other in desks:
            away_m = math.dist(desk.centre, other.centre)
            near = away_m < self._physics.pir_spill_m
            if other is not desk and near and self._plan.floor_index[other.id] == floor:
                share = self._physics.pir_spill * (1 - away_m / self._physics.pir_spill_m)
                for i, weight in self._seen_by[other.id]:
                    view.setdefault(i, weight * share)
        for area in self._plan.upward(desk.parent or desk.id):
            for i, share in self._view_of_area(area):
                view.setdefault(i, share)
        return tuple(view.items())

    def _desks_on(
        self, desks: Sequence[Place], floor: int
    ) -> list[tuple[float, float, tuple[int, ...]]]:
        """Centre of each desk on a floor, and the sensors that see it."""
        here = [desk for desk in desks if self._plan.floor_index[desk.id] == floor]
        return [(*desk.centre, tuple(i for i, _ in self._seen_by[desk.id])) for desk in here]

    def _passed(self, crowd: Crowd, start_ms: int, end_ms: int) -> list[Trigger]:
        """Triggers by those who walk."""
        found: list[Trigger] = []
        step_s = (end_ms - start_ms) / 1000
        for person in crowd.under_way.values():
            spot = crowd.spot(person, start_ms)
            if spot is None:
                continue
            at_ms = start_ms + int(self._chance.integers(end_ms - start_ms))
            area = self._plan.place[self._plan.locate(spot.x, spot.y, spot.floor)]
            found += self._seen(self._view_of_area(area), at_ms)
            for x, y, sensors in self._desks[spot.floor]:
                if abs(x - spot.x) < PASSING_M and abs(y - spot.y) < PASSING_M:
                    near = [(i, self._physics.pir_passing * step_s) for i in sensors]
                    found += self._seen(tuple(near), at_ms)
        return found

    def _imagined(self, start_ms: int, end_ms: int) -> list[Trigger]:
        hours = (end_ms - start_ms) / 3_600_000
        rate = self._physics.pir_false_per_h * self._sensors * hours
        count = int(self._chance.poisson(rate))
        return [
            (
                start_ms + int(self._chance.integers(end_ms - start_ms)),
                int(self._chance.integers(self._sensors)),
            )
            for _ in range(count)
        ]
