"""Which desk is whose: a desk is taken by one person at a time.

Owns taking and giving back, and the spots where people sit, pause and meet.
"""

import numpy as np

from firmware_sim.geometry import Outline, centre_of
from firmware_sim.plan import Place, Plan
from firmware_sim.routes import Routes, Spot


class Desks:
    """The desks of a building and who has taken them."""

    def __init__(self, plan: Plan, skipped: frozenset[str]) -> None:
        """Find the desks where simulated people may sit.

        Args:
            plan: The building.
            skipped: Boards that are not simulated. A desk that only they see stays empty.
        """
        seen_by: dict[str, set[str]] = {}
        for channel in plan.channels:
            for space, _ in channel.sees:
                seen_by.setdefault(space, set()).add(channel.board)
        usable = [
            desk
            for desk in plan.of_kind("desk")
            if not (boards := seen_by.get(desk.id)) or boards - skipped
        ]
        self.ids = tuple(desk.id for desk in usable)
        self.spot = {desk.id: Spot(*desk.centre, plan.floor_index[desk.id]) for desk in usable}
        areas = ((desk.id, plan.around(desk.id, "zone", "room", "floor")) for desk in usable)
        self.area = {desk: area.id for desk, area in areas if area is not None}
        self._owner: dict[str, int] = {}

    def take(self, person: int, home_zone: str, chance: np.random.Generator) -> str | None:
        """A free desk, mostly in the home zone, else on any floor; None when all are taken."""
        free = [desk for desk in self.ids if desk not in self._owner]
        home = [desk for desk in free if self.area[desk] == home_zone]
        choice = home if home and chance.random() < 0.75 else free
        if not choice:
            return None
        desk = choice[int(chance.integers(len(choice)))]
        self._owner[desk] = person
        return desk

    def give_back(self, desk: str) -> None:
        """Make a desk free for others."""
        del self._owner[desk]

    def owner(self, desk: str) -> int | None:
        """Who has taken a desk."""
        return self._owner.get(desk)


class Corners:
    """Where people pause: in zones without desks, such as the one with the coffee machine."""

    def __init__(self, plan: Plan, routes: Routes) -> None:
        """Find the zones for pauses on each floor."""
        with_desks = {plan.place[desk.id].parent for desk in plan.of_kind("desk")}
        pausing = [zone for zone in plan.of_kind("zone") if zone.id not in with_desks]
        floors = range(len(plan.floors))
        self._zones = [[z for z in pausing if plan.floor_index[z.id] == i] for i in floors]
        self._plan, self._routes = plan, routes

    def spot(self, floor: int, chance: np.random.Generator) -> Spot:
        """Somewhere to pause on a floor; near the stairs where it has no such zone."""
        stairs = self._routes.stairs(floor)
        if not self._zones[floor]:
            return stairs
        zone = self._zones[floor][int(chance.integers(len(self._zones[floor])))]
        return seat_in(zone, self._plan, floor, chance) or stairs


def seat_in(area: Place, plan: Plan, floor: int, chance: np.random.Generator) -> Spot | None:
    """A random point well inside an area; None when none was found in a few tries."""
    for _ in range(12):
        x, y = _point_within(area.outline, chance)
        if plan.locate(x, y, floor) == area.id:
            return Spot(x, y, floor)
    return None


def _point_within(outline: Outline, chance: np.random.Generator) -> tuple[float, float]:
    xs, ys = zip(*outline, strict=True)
    if len(outline) == 4:
        middle_x, middle_y = centre_of(outline)
        across, along = chance.uniform(-0.35, 0.35, 2)
        return middle_x + across * (max(xs) - min(xs)), middle_y + along * (max(ys) - min(ys))
    return float(chance.uniform(min(xs), max(xs))), float(chance.uniform(min(ys), max(ys)))
