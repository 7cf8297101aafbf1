"""The simulated world: a building full of people, seen by sensors, second by second.

Owns the step. A step plays one second ahead and gives its readings exact times, so it is all the
same to the boards whether time runs once or three hundred times as fast.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from firmware_sim.crowd import Crowd
from firmware_sim.habits import BusyHabits, DayHabits, Habits
from firmware_sim.movement import Movements
from firmware_sim.people import Inhabitant, roster, seeded
from firmware_sim.physics import Physics
from firmware_sim.pir import Edge, PirBank
from firmware_sim.plan import Plan
from firmware_sim.radio import Air, Batch
from firmware_sim.stay import Change
from firmware_sim.strangers import Strangers
from firmware_sim.truth import Ledger, Truth

STEP_MS = 1000
SWIVEL = 40
"""Somebody who sits turns about once in so many seconds."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What makes one world differ from another."""

    seed: int = 1
    people: int = 110
    schedule: str = "day"
    """`day` or `always`."""
    skipped: frozenset[str] = frozenset()
    physics: Physics = field(default_factory=Physics)

    def roster(self, plan: Plan) -> tuple[Inhabitant, ...]:
        """The people of this scenario in a building."""
        return roster(plan, self.seed, self.people, self.physics.ble_tag_share)


@dataclass(frozen=True, slots=True)
class Step:
    """What one second brought: readings in order of time, and what was true."""

    readings: list[Edge | Batch]
    truths: list[Truth]


class World:
    """Everything simulated but the boards."""

    def __init__(self, plan: Plan, scenario: Scenario, start_ms: int) -> None:
        """A world that begins at a time, with everybody where they would be then.

        Args:
            plan: The building.
            scenario: What happens in it.
            start_ms: When it begins.
        """
        self.now_ms = start_ms
        self.people: tuple[Inhabitant, ...] = scenario.roster(plan)

        def chance(purpose: str) -> np.random.Generator:
            return seeded(scenario.seed, plan.site, purpose)

        live = [c for c in plan.channels if c.board not in scenario.skipped]
        motion = [channel for channel in live if channel.kind == "motion"]
        scanners = [channel for channel in live if channel.kind == "scanner"]
        habits = _habits(plan, scenario, chance("habits"))
        self._crowd = Crowd(plan, self.people, habits, chance("crowd"), scenario.skipped)
        self._crowd.begin(start_ms)
        physics, count = scenario.physics, len(self.people)
        self._movements = Movements(plan, motion, physics, count, chance("motion"))
        self._movements.begin(self._crowd, start_ms)
        self._pirs = PirBank(motion, physics.pir_dead_s)
        self._strangers = Strangers(plan, max(2, count // 12), chance("strangers"))
        rows = count + len(self._strangers.addresses)
        self._air = Air(plan, scanners, physics, rows, chance("air"))
        self._swivel = chance("swivel")
        self._ledger = Ledger(plan, self._crowd, (who.id for who in self.people))
        self._place_people(range(count), start_ms)
        self._turn, self._listens = 0, bool(scanners)
        self._carried = np.array([who.address is not None for who in self.people], dtype=bool)

    def begin(self) -> list[Truth]:
        """What is true at the beginning."""
        return list(self._ledger.begin(self.now_ms))

    def step(self) -> Step:
        """Play the next second."""
        start_ms, end_ms = self.now_ms, self.now_ms + STEP_MS
        changes = self._crowd.advance(end_ms)
        triggers = self._movements.triggers(self._crowd, changes, start_ms, end_ms)
        readings: list[Edge | Batch] = list(self._pirs.play(triggers, end_ms))
        readings += self._radio(changes, start_ms, end_ms)
        self.now_ms, self._turn = end_ms, self._turn + 1
        return Step(readings, list(self._ledger.step(changes, end_ms)))

    def _radio(self, changes: Iterable[Change], start_ms: int, end_ms: int) -> Iterator[Batch]:
        """What scanners report at the end of a step; nothing at all without scanners."""
        if not self._listens:
            return
        self._move_tags([change.person for change in changes], end_ms)
        lively = np.concatenate([self._carried, self._strangers.lively()])
        self._air.hear(start_ms, end_ms, lively)
        yield from self._air.report(self._turn, end_ms - 1, self._addresses())

    def _addresses(self) -> Sequence[str]:
        return [*(who.address or "" for who in self.people), *self._strangers.addresses]

    def _move_tags(self, changed: Iterable[int], now_ms: int) -> None:
        """Let the radio know who is somewhere else now, or turned in the chair."""
        count = len(self.people)
        turning = self._swivel.integers(0, max(count, 1), max(1, count // SWIVEL)).tolist()
        moved = sorted({*changed, *self._crowd.under_way, *(turning if count else ())})
        self._place_people(moved, now_ms)
        for i, where in self._strangers.step():
            row = np.array([count + i])
            if where is None:
                self._air.remove(row)
            else:
                x, y, floor = where
                self._air.place(row, np.array([[x, y]]), np.array([floor]))

    def _place_people(self, moved: Iterable[int], now_ms: int) -> None:
        spots = [(i, self._crowd.spot(self._crowd.people[i], now_ms)) for i in moved]
        here = [(i, spot) for i, spot in spots if spot is not None]
        gone = [i for i, spot in spots if spot is None]
        if gone:
            self._air.remove(np.array(gone))
        if here:
            xy = np.array([(spot.x, spot.y) for _, spot in here])
            floors = np.array([spot.floor for _, spot in here])
            self._air.place(np.array([i for i, _ in here]), xy, floors)


def _habits(plan: Plan, scenario: Scenario, chance: np.random.Generator) -> Habits:
    if scenario.schedule == "always":
        return BusyHabits(chance)
    return DayHabits(chance, scenario.seed, plan.site, plan.time_zone)
