"""The stand: broker, service and boards of one test, what is done to them, and the verdict."""

import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from faults.checker import Verdict, check
from faults.oracle import Final, folded_anew, foretold
from faults.talker import Talker
from faults.truth import TruthLog
from support.house import ROOT, House, until

BOARDS = 4
STEP_S = 0.02
QUIET_S = 30.0
MUTANT = Path(__file__).with_name("mutant.py")


class Stand(House):
    """A house whose boards keep what they said.

    Args:
        folder: For everything.
        seed: For all that boards do.
        boards: How many.
    """

    def __init__(self, folder: Path, seed: int, boards: int = BOARDS) -> None:
        super().__init__(folder)
        self.seed = seed
        self.truth = TruthLog(folder / "truth.jsonl")
        chance = random.Random(seed)
        self.talkers = [
            Talker(
                f"f0-d{number:02}",
                self.site,
                self.port,
                self.passwords[f"f0-d{number:02}"],
                self.truth,
                random.Random(chance.randrange(2**32)),
            )
            for number in range(1, boards + 1)
        ]

    @property
    def port(self) -> int:
        """Where boards connect."""
        return self.broker.port

    def be_mutant(self, name: str) -> None:
        """Have the service be one that breaks a promise, from the next start on."""
        self.command = (sys.executable, str(MUTANT), name)

    def talk(self, seconds: float, chatter: float = 0.2, also: Callable[[], None] = lambda: None):
        """Let the boards speak for a while, doing something else at each step."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.step(chatter)
            also()

    def step(self, chatter: float = 0.0) -> None:
        """A moment of all boards."""
        for talker in self.talkers:
            talker.step(chatter)
        time.sleep(STEP_S)

    def talk_until(
        self, is_so: Callable[[], bool], what: str, within_s: float, chatter=0.2
    ) -> float:
        """Let the boards speak until something is so; seconds that it took."""

        def stepped() -> bool:
            self.step(chatter)
            return is_so()

        return until(stepped, f"{what} (seed {self.seed})", within_s, every_s=0)

    def has_crashed(self) -> bool:
        """Whether the service has ended."""
        return self.process.poll() is not None

    def kill(self) -> None:
        """End the service as a power cut would."""
        if not self.has_crashed():
            self.stop(signal.SIGKILL)

    def quiesce(self) -> float:
        """No more chatter, only beats, until all that was said is durable; seconds it took."""
        return self.talk_until(
            lambda: all(talker.is_safe for talker in self.talkers), "all is durable", QUIET_S, 0.0
        )

    def verdict(self) -> Verdict:
        """The four numbers, once all is quiet."""
        return check(self.database, self.truth)

    def told(self) -> dict[str, Final]:
        """State of each desk that boards of this stand see, as the API says."""
        mine = self._mine()
        desks = self.get("/v1/desks")["desks"]
        return {d["id"]: Final(d["state"], d["probability"]) for d in desks if d["id"] in mine}

    def foretold(self) -> dict[str, Final]:
        """The same as it ought to be now."""
        mine = self._mine()
        found = foretold(self.truth, self.building, int(time.time() * 1000))
        return {space: final for space, final in found.items() if space in mine}

    def agrees(self) -> bool:
        """Whether the API says what it ought to say."""
        told, right = self.told(), self.foretold()
        return told.keys() == right.keys() and all(told[s].agrees(right[s]) for s in told)

    def is_deterministic(self) -> bool:
        """Whether snapshot and journal alone lead to the same belief; of a copy of the database."""
        copy = self.folder / "copy.sqlite"
        copy.unlink(missing_ok=True)
        source, target = sqlite3.connect(self.database), sqlite3.connect(copy)
        source.backup(target)
        source.close()
        target.close()
        by_snapshot, by_journal = folded_anew(copy, self.building)
        return by_snapshot == by_journal

    def _mine(self) -> set[str]:
        names = {talker.name for talker in self.talkers}
        return {
            place.space
            for sensor in self.building.sensors
            if sensor.board in names
            for place in sensor.sees
            if place.space.startswith("desk-")
        }

    def keep_logs(self) -> Path:
        """A copy of all files, for whoever looks into a failure."""
        kept = ROOT / ".faults" / f"{self.folder.name}-{self.seed}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept, ignore=shutil.ignore_patterns("*.sock"))
        return kept

    def close(self) -> None:
        """End everything."""
        for talker in self.talkers:
            talker.leave()
        self.truth.close()
        super().close()
