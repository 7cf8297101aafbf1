"""A stand with thousands of boards, straight at the broker, in a building that is large enough."""

import random
import time
from pathlib import Path

from bench.block import BENCH, write_block
from faults.lean import LeanClient, Loop
from faults.oracle import Final
from faults.stand import Stand
from faults.talker import Talker
from support.house import until

CONNECTED_S = 60.0
BEAT_S, RESEND_S = 30.0, 10.0
"""As firmware does."""
WINDOW = 20
"""Messages of a board on their way at a time."""
LOOK_S = 0.5


class Crowd(Stand):
    """So many boards of six desks each.

    Args:
        folder: For everything.
        seed: For all that boards do.
        boards: How many.
    """

    def __init__(self, folder: Path, seed: int, boards: int) -> None:
        self.loop = Loop()
        self.file = write_block(folder / "block", boards * BENCH)
        super().__init__(folder, seed, boards)

    def _settle(self, influx: None) -> None:
        """The service too goes straight to the broker."""

    @property
    def port(self) -> int:
        """Where boards connect."""
        return self.broker.port

    def _made(self, boards: int) -> list[Talker]:
        made = [self._talker(f"b{number}") for number in range(boards)]
        for talker in made:
            talker.beat_s, talker.resend_s, talker.window = BEAT_S, RESEND_S, WINDOW
        return made

    def _talker(self, name: str) -> Talker:
        chance = random.Random(self.chance.randrange(2**32))
        client = LeanClient(name, self.loop, chance)
        client.username_pw_set(name, self.passwords[name])
        channels = [f"pir-{seat}" for seat in range(BENCH)]
        return Talker(name, self.site, self.port, client, self.truth, chance, channels=channels)

    def gather(self) -> float:
        """Wait until all are connected; seconds that it took."""
        return until(
            lambda: all(talker.client.is_connected() for talker in self.talkers),
            "all are connected",
            CONNECTED_S,
            every_s=0.1,
        )

    def say_all(self, messages: int) -> None:
        """Each board composes so many, in turn, before any is sent."""
        for _ in range(messages):
            self.truth.add(talker.edge() for talker in self.talkers)

    def watch(self, seconds: float) -> list[tuple[float, dict[str, Final]]]:
        """What the API says each half second while the boards beat, with seconds from now."""
        began_s, seen, next_s = time.monotonic(), [], 0.0
        while (now_s := time.monotonic() - began_s) < seconds:
            self.step()
            if now_s >= next_s:
                seen.append((time.monotonic() - began_s, self.told()))
                next_s = now_s + LOOK_S
        return seen

    def judge(self, right_s: float) -> None:
        """The four zeros, once all is quiet."""
        self.quiesce()
        verdict = self.verdict()
        self.report(verdict, right_s)
        assert verdict.zeros == (0, 0, 0, 0)

    def close(self) -> None:
        """End everything."""
        super().close()
        self.loop.close()
