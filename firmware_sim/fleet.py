"""All boards of a building, wired to the sensors of the world.

Owns which reading goes to which board, and the level of each pin.
"""

from collections.abc import Iterable

from firmware_sim.board import Board, Temper
from firmware_sim.people import seeded
from firmware_sim.pir import Edge
from firmware_sim.plan import Plan
from firmware_sim.radio import Batch
from firmware_sim.world import Scenario


class Fleet:
    """The boards by id."""

    def __init__(
        self, plan: Plan, scenario: Scenario, start_ms: int, temper: Temper | None = None
    ) -> None:
        """All boards of the plan that are simulated, about to boot.

        The chance of a board depends on the time at which it starts, so that no two runs of one
        seed have boots of the same name, which a service could not tell apart.
        """
        self._due_ms = 0
        live = [device for device in plan.devices if device.id not in scenario.skipped]
        self._channels = {c.id: c for c in plan.channels if c.board not in scenario.skipped}
        self._levels: dict[str, dict[str, bool]] = {device.id: {} for device in live}
        for channel in self._channels.values():
            if channel.kind == "motion":
                self._levels[channel.board][channel.name] = False
        self.boards = {
            device.id: Board(
                device,
                self._levels[device.id],
                seeded(scenario.seed, plan.site, "board", device.id, str(start_ms)),
                scenario.physics,
                start_ms,
                temper,
            )
            for device in live
        }

    def feel(self, readings: Iterable[Edge | Batch]) -> None:
        """Hand readings to the boards that have the sensors."""
        for reading in readings:
            channel = self._channels[reading.sensor]
            if isinstance(reading, Edge):
                self._levels[channel.board][channel.name] = reading.on
            self.boards[channel.board].feel(reading, channel.name)

    def awake(self, readings: Iterable[Edge | Batch], until_ms: int) -> list[Board]:
        """The boards that have something to do up to a time, given what is felt until then."""
        felt = {self._channels[reading.sensor].board for reading in readings}
        if not felt and until_ms < self._due_ms:
            return []
        due = {board.id: board.due_ms for board in self.boards.values()}
        awake = [
            self.boards[name] for name, at_ms in due.items() if at_ms <= until_ms or name in felt
        ]
        self._due_ms = 0 if awake else min(due.values(), default=0)
        return awake
