"""The simulated building live: its boards connected to a broker, in real time or N times as fast.

Owns the pace: it plays the world a step ahead and lets each reading out at its time.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firmware_sim.board import Temper
from firmware_sim.clock import Clock
from firmware_sim.fleet import Fleet
from firmware_sim.link import Broker, Link
from firmware_sim.pir import Edge
from firmware_sim.plan import Plan
from firmware_sim.radio import Batch
from firmware_sim.ring import RESEND_MS
from firmware_sim.truth import TruthFile
from firmware_sim.world import STEP_MS, Scenario, World

FAST = 10
"""From this speed on boards let readings gather, since one second of theirs is so short."""
PAUSE_S = 0.025
RESEND_S = 3.0
"""Of the wall clock: the service acknowledges once a second at most, whatever the speed."""
TELL_S = 10.0
"""How often at most it is told that boards are not connected."""
STOP_S = 1.7
"""How long the goodbyes may take together."""
FLUSH_S = 5.0
"""How long the last messages may wait for their acknowledgement once time is up."""
STEPS_AT_ONCE = 40
"""How many steps are played before the boards get their turn."""


@dataclass(slots=True)
class Tally:
    """What a run has done."""

    simulated_s: int = 0
    messages: int = 0
    late_ms: int = 0
    """How far the world was behind its clock, at worst."""


class Runner:
    """One live run of a world."""

    def __init__(
        self,
        plan: Plan,
        scenario: Scenario,
        clock: Clock,
        broker: Broker,
        passwords: Mapping[str, str],
        *,
        truth: TruthFile | None = None,
        until_ms: int | None = None,
        tell: Callable[[str], None] = print,
    ) -> None:
        """A world that begins now and boards that are not connected yet.

        Args:
            plan: The building.
            scenario: What happens.
            clock: Simulated time.
            broker: Where the boards connect.
            passwords: By board; none for boards that need none.
            truth: Where the truth is written.
            until_ms: When to stop, in simulated time.
            tell: Takes what an operator should know, a line each.
        """
        self._clock, self._truth, self._until_ms, self._tell = clock, truth, until_ms, tell
        self._told_s = 0.0
        start_ms = clock.now_ms()
        fast = clock.speed >= FAST
        temper = Temper(
            linger_ms=max(5000, round(500 * clock.speed)),
            resend_ms=max(RESEND_MS, round(1000 * RESEND_S * clock.speed)),
        )
        self._world = World(plan, scenario, start_ms)
        self._fleet = Fleet(plan, scenario, start_ms, temper)
        self._waiting: deque[Edge | Batch] = deque()
        self._links = {
            board.id: Link(
                board,
                plan.site,
                broker,
                passwords.get(board.id),
                clock,
                PAUSE_S if fast else 0.0,
            )
            for board in self._fleet.boards.values()
        }
        self._nap_s = min(0.1, max(0.02, STEP_MS / 1000 / clock.speed))
        self.tally = Tally()

    async def run(self, stop: asyncio.Event) -> Tally:
        """Run until told to stop, or until time is up.

        Args:
            stop: Set from outside to end the run.
        """
        self._clock.go()
        if self._truth is not None:
            self._truth.write(self._world.begin())
        tasks = [asyncio.create_task(link.run()) for link in self._links.values()]
        try:
            while not stop.is_set() and not self._is_over():
                self._turn(self._clock.now_ms())
                await asyncio.sleep(self._nap_s)
                self._look_after(tasks)
            if not stop.is_set() and self._until_ms is not None:
                self._turn(self._until_ms)
                await self._flush(stop)
        finally:
            await self._close(tasks)
        self.tally.messages = sum(link.sent for link in self._links.values())
        return self.tally

    def _is_over(self) -> bool:
        return self._until_ms is not None and self._clock.now_ms() >= self._until_ms

    def _turn(self, now_ms: int) -> None:
        """Bring world and boards to this moment, as far as one turn may take."""
        self.tally.late_ms = max(self.tally.late_ms, now_ms - self._world.now_ms)
        last_ms = now_ms if self._until_ms is None else self._until_ms - 1
        for _ in range(STEPS_AT_ONCE):
            if self._world.now_ms > min(now_ms, last_ms):
                break
            step = self._world.step()
            self.tally.simulated_s += STEP_MS // 1000
            self._waiting.extend(sorted(step.readings, key=lambda reading: reading.at_ms))
            if self._truth is not None:
                self._truth.write(step.truths)
        if self._truth is not None:
            self._truth.flush()
        for board_id, board in self._fleet.boards.items():
            was = board.boot if board.on else None
            board.tick(now_ms)
            if board.boot != was or not board.on:
                self._links[board_id].wake()
        while self._waiting and self._waiting[0].at_ms <= now_ms:
            self._fleet.feel([self._waiting.popleft()])
        for board_id, board in self._fleet.boards.items():
            if board.has_work(now_ms):
                self._links[board_id].wake()

    def _look_after(self, tasks: list[asyncio.Task[None]]) -> None:
        """Fail with the first link that failed for a reason of its own, and tell of the others."""
        for task in tasks:
            if task.done():
                task.result()
        away = [link for link in self._links.values() if link.last_error and not link.connected]
        if away and time.monotonic() - self._told_s > TELL_S:
            self._told_s = time.monotonic()
            self._tell(
                f"{len(away)} boards are not connected, the last said: {away[-1].last_error}"
            )

    async def _flush(self, stop: asyncio.Event) -> None:
        """Give the boards a moment to hand over their last messages."""
        for _ in range(round(FLUSH_S / 0.1)):
            boards = self._fleet.boards.values()
            if stop.is_set() or not any(len(board.ring) for board in boards if board.on):
                return
            for link in self._links.values():
                link.wake()
            await asyncio.sleep(0.1)

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        """Say goodbye everywhere, and stop waiting for those who can't."""
        for link in self._links.values():
            link.stop()
        _, stuck = await asyncio.wait(tasks, timeout=STOP_S) if tasks else (set(), set())
        for task in stuck:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
