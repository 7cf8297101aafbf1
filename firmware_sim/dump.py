"""A day of messages as fast as the machine allows, as `mosquitto_sub -F '%J'` would print it.

Owns the order and the format of the lines. There is no broker: each message arrives at once and is
taken as acknowledged.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from firmware_sim.board import Board
from firmware_sim.fleet import Fleet
from firmware_sim.pir import Edge
from firmware_sim.plan import Plan
from firmware_sim.radio import Batch
from firmware_sim.truth import Truth
from firmware_sim.world import STEP_MS, Scenario, World

TICK_MS = 250
"""How often the boards look whether something is due."""


class Line(msgspec.Struct, frozen=True):
    """One message as the broker passed it on."""

    tst: str
    topic: str
    qos: int
    retain: int
    payloadlen: int
    payload: msgspec.Raw


def lines(
    plan: Plan, scenario: Scenario, start_ms: int, until_ms: int
) -> Iterator[tuple[bytes, list[Truth]]]:
    """The lines of each step with what was true in it; the first pair has truths only.

    Args:
        plan: The building.
        scenario: What happens.
        start_ms: When it begins.
        until_ms: When it ends.
    """
    world, fleet = World(plan, scenario, start_ms), Fleet(plan, scenario, start_ms)
    printer = _Printer(plan.site)
    waiting: deque[Edge | Batch] = deque()
    yield b"", world.begin()
    while world.now_ms < until_ms:
        step = world.step()
        waiting.extend(sorted(step.readings, key=lambda reading: reading.at_ms))
        awake = fleet.awake(waiting, world.now_ms)
        text = b""
        for now_ms in range(world.now_ms - STEP_MS + TICK_MS, world.now_ms + 1, TICK_MS):
            while waiting and waiting[0].at_ms < now_ms:
                fleet.feel([waiting.popleft()])
            for board in awake:
                board.tick(now_ms)
                text += printer.spoken(board, now_ms)
        yield text, step.truths


class _Printer:
    """Prints what boards say, and notices births and deaths."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._encoder = msgspec.json.Encoder()
        self._alive: dict[str, bytes] = {}

    def spoken(self, board: Board, now_ms: int) -> bytes:
        """All that a board says now, a line each."""
        text = b""
        if not board.on:
            will = self._alive.pop(board.id, None)
            return b"" if will is None else self._line(board.id, "status", will, now_ms)
        if board.id not in self._alive:
            self._alive[board.id] = board.farewell()
            text += self._line(board.id, "status", board.birth(now_ms), now_ms)
        while board.has_work(now_ms) and (message := board.next_message(now_ms)) is not None:
            board.ring.acknowledge(message.seq)
            text += self._line(board.id, "readings", message.payload, now_ms)
        return text

    def _line(self, board: str, kind: str, payload: bytes, now_ms: int) -> bytes:
        moment = datetime.fromtimestamp(now_ms / 1000, UTC)
        when = moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "+0000"
        topic = f"vrijplek/v1/{self._site}/{board}/{kind}"
        retain = int(kind == "status")
        line = Line(when, topic, 1, retain, len(payload), msgspec.Raw(payload))
        return self._encoder.encode(line) + b"\n"
