"""The people of the world in motion: one plan after the other, from event to event.

Owns where everybody is. It moves in simulated time only, so a day passes as fast as it is asked
to. Knows no sensor.
"""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from firmware_sim.desks import Corners, Desks, seat_in
from firmware_sim.habits import MINUTE_MS, Habits
from firmware_sim.people import Inhabitant
from firmware_sim.plan import Place, Plan
from firmware_sim.routes import Routes, Spot
from firmware_sim.stay import Change, Doing, Errand, Person, Stay
from firmware_sim.walk import walk_along

MEETINGS = -1
"""Whose turn it is in the agenda when it is nobody's: the rooms are looked at."""


class Crowd:
    """All people of a building."""

    def __init__(
        self,
        plan: Plan,
        inhabitants: Sequence[Inhabitant],
        habits: Habits,
        chance: np.random.Generator,
        skipped: frozenset[str] = frozenset(),
    ) -> None:
        """An empty building; `begin` puts people into it.

        Args:
            plan: The building.
            inhabitants: Who they are.
            habits: What they do when.
            chance: For all choices.
            skipped: Boards that are not simulated.
        """
        self._plan, self._habits, self._chance = plan, habits, chance
        self._routes = Routes(plan)
        self._desks = Desks(plan, skipped)
        self._corners = Corners(plan, self._routes)
        with_desks = {place.parent for place in plan.of_kind("desk")}
        self._rooms = [room for room in plan.of_kind("room") if room.id not in with_desks]
        self._room_free_ms = {room.id: 0 for room in self._rooms}
        outside = Stay(Doing.OUTSIDE, self._routes.entrance, 0)
        paces = chance.normal(1.25, 0.12, len(inhabitants)).clip(0.9, 1.6)
        self.people = [
            Person(i, who.home_zone, float(paces[i]), outside) for i, who in enumerate(inhabitants)
        ]
        self.under_way: dict[int, Person] = {}
        self._agenda: list[tuple[int, int, int]] = []
        self._changes: list[Change] = []

    def begin(self, now_ms: int) -> None:
        """Put everybody where they would be at this time, however they came there."""
        start_ms = self._habits.begins_ms(now_ms)
        for person in self.people:
            self._settle(person, self._habits.first(person.index, start_ms), start_ms)
        if start_ms == now_ms:
            self._open_meetings(now_ms, chance=0.3, at_once=True)
        slot_ms = self._habits.slot_ms
        first_ms = start_ms if start_ms < now_ms else (now_ms // slot_ms + 1) * slot_ms
        heapq.heappush(self._agenda, (first_ms, MEETINGS, 0))
        self.advance(now_ms)
        self._changes.clear()

    def advance(self, until_ms: int) -> list[Change]:
        """Play all that happens before ``until_ms``; who came and went, in order of time."""
        while self._agenda and self._agenda[0][0] < until_ms:
            at_ms, index, turn = heapq.heappop(self._agenda)
            if index == MEETINGS:
                self._open_meetings(at_ms, chance=self._habits.meeting_chance(at_ms))
                heapq.heappush(self._agenda, (at_ms + self._habits.slot_ms, MEETINGS, 0))
            elif self.people[index].turn == turn:
                self._turn(self.people[index], at_ms)
        done, self._changes = self._changes, []
        return done

    def spot(self, person: Person, now_ms: int) -> Spot | None:
        """Where a person is; None when outside the building."""
        if person.walk is not None:
            return person.walk.at(now_ms)
        return None if person.stay.doing is Doing.OUTSIDE else person.stay.spot

    def place(self, person: Person, now_ms: int) -> str | None:
        """Id of the room or zone a person is in; None when outside the building."""
        spot = self.spot(person, now_ms)
        if spot is None:
            return None
        if person.walk is None and person.stay.space is not None:
            area = self._plan.around(person.stay.space, "room", "zone", "floor")
            return None if area is None else area.id
        return self._plan.locate(spot.x, spot.y, spot.floor)

    def _turn(self, person: Person, now_ms: int) -> None:
        """The next thing in a person's life: arriving, or setting out."""
        if person.walk is not None:
            person.walk = None
            del self.under_way[person.index]
            self._stay(person, person.stay, now_ms)
            return
        stay = person.planned
        if stay is None:
            errand = self._habits.following(person.index, person.stay.doing, now_ms)
            stay = self._resolve(person, errand, now_ms)
        person.planned = None
        self._changes.append(
            Change(now_ms, person.index, person.stay, came=False, keeps_desk=bool(person.desk))
        )
        self._set_out(person, stay, now_ms)

    def _set_out(self, person: Person, stay: Stay, now_ms: int) -> None:
        way = self._routes.between(person.stay.spot, stay.spot)
        person.walk = walk_along(way, now_ms, person.pace_m_s)
        person.stay = stay
        self.under_way[person.index] = person
        self._schedule(person, max(person.walk.end_ms, now_ms + 1))

    def _stay(self, person: Person, stay: Stay, now_ms: int) -> None:
        person.stay = stay
        self._changes.append(Change(now_ms, person.index, stay, came=True))
        self._schedule(person, max(stay.until_ms, now_ms + 1000))

    def _settle(self, person: Person, errand: Errand, now_ms: int) -> None:
        """Put a person in place without a walk."""
        self._stay(person, self._resolve(person, errand, now_ms), now_ms)

    def _schedule(self, person: Person, at_ms: int) -> None:
        person.turn += 1
        heapq.heappush(self._agenda, (at_ms, person.index, person.turn))

    def _resolve(self, person: Person, errand: Errand, now_ms: int) -> Stay:
        """Where an errand leads. Who finds no desk goes for a walk and tries again."""
        if person.desk is not None and not errand.keeps_desk:
            self._desks.give_back(person.desk)
            person.desk = None
        if errand.doing is Doing.OUTSIDE:
            return Stay(Doing.OUTSIDE, self._routes.entrance, errand.until_ms)
        if person.desk is None and errand.doing is Doing.DESK:
            person.desk = self._desks.take(person.index, person.home_zone, self._chance)
            if person.desk is None:
                return Stay(Doing.OUTSIDE, self._routes.entrance, now_ms + 10 * MINUTE_MS)
        if errand.doing is Doing.DESK and person.desk is not None:
            return Stay(Doing.DESK, self._desks.spot[person.desk], errand.until_ms, person.desk)
        spot = self._corners.spot(person.stay.spot.floor, self._chance)
        return Stay(Doing.BREAK, spot, errand.until_ms)

    def _open_meetings(self, now_ms: int, *, chance: float, at_once: bool = False) -> None:
        """Fill some of the free rooms."""
        for room in self._rooms:
            if self._room_free_ms[room.id] > now_ms or self._chance.random() >= chance:
                continue
            length_ms = self._habits.meeting_ms()
            if at_once:
                length_ms = round(length_ms * self._chance.random())
            end_ms = now_ms + length_ms
            guests = self._guests(room, now_ms, end_ms)
            if guests:
                self._room_free_ms[room.id] = end_ms + 2 * MINUTE_MS
            for person in guests:
                self._invite(person, room, now_ms, end_ms, at_once=at_once)

    def _guests(self, room: Place, now_ms: int, end_ms: int) -> list[Person]:
        """Who meets: people at their desks, mostly of the same floor."""
        floor = self._plan.floor_index[room.id]
        size = min(room.capacity, 1 + int(self._chance.geometric(0.45)))
        able = list(self._able(now_ms, end_ms))
        weights = np.array([4.0 if person.stay.spot.floor == floor else 1.0 for person in able])
        if len(able) < size:
            return []
        drawn = self._chance.choice(len(able), size, replace=False, p=weights / weights.sum())
        return [able[int(i)] for i in drawn]

    def _able(self, now_ms: int, end_ms: int) -> Iterator[Person]:
        for person in self.people:
            at_desk = person.walk is None and person.stay.doing is Doing.DESK
            free = at_desk and person.planned is None
            if free and self._habits.free_until_ms(person.index, now_ms) >= end_ms:
                yield person

    def _invite(
        self, person: Person, room: Place, now_ms: int, end_ms: int, *, at_once: bool
    ) -> None:
        floor = self._plan.floor_index[room.id]
        seat = seat_in(room, self._plan, floor, self._chance) or Spot(*room.centre, floor)
        leaves_ms = end_ms + round(self._chance.uniform(-45, 75) * 1000)
        stay = Stay(Doing.ROOM, seat, leaves_ms, room.id)
        if at_once:
            self._stay(person, stay, now_ms)
            return
        person.planned = stay
        self._schedule(person, now_ms + 1 + round(self._chance.uniform(0, 150) * 1000))
