"""The stand: broker, service and boards of one test, what is done to them, and the verdict."""

import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from faults.checker import Verdict, check, journalled
from faults.course import courses, strays
from faults.oracle import Final, Foretold, folded_anew, foretold
from faults.outcome import Outcome
from faults.proxy import Proxy
from faults.talker import Talker, known_client
from faults.truth import TruthLog
from support.house import ROOT, House, until
from support.influxd import Influxd

from occupancy.store.sqlite import open_database

BOARDS = 4
STEP_S = 0.02
GOODBYES = 0.01
"""Chance of one at each step: so that states change all the while."""
QUIET_S = 30.0
MUTANT = Path(__file__).with_name("mutant.py")


class Stand(House):
    """A house whose boards keep what they said.

    Args:
        folder: For everything.
        seed: For all that boards do.
        boards: How many.
        influx: Where history goes besides; nowhere where left out.
    """

    def __init__(
        self, folder: Path, seed: int, boards: int = BOARDS, influx: Influxd | None = None
    ) -> None:
        super().__init__(folder)
        self.seed, self.influx = seed, influx
        self.fault = ""
        self.tell: Callable[[Outcome], None] = lambda _: None
        self.proxy = Proxy(self.broker.port)
        self.guests: list[Talker] = []
        self._settle(influx)
        self.truth = TruthLog(folder / "truth.jsonl")
        self.chance = random.Random(seed)
        self.talkers = self._made(boards)

    def _made(self, boards: int) -> list[Talker]:
        """The boards that speak, each with a chance of its own."""
        return [self._talker(f"f0-d{number:02}") for number in range(1, boards + 1)]

    def _talker(self, name: str) -> Talker:
        client = known_client(name, self.passwords[name])
        chance = random.Random(self.chance.randrange(2**32))
        return Talker(name, self.site, self.port, client, self.truth, chance)

    def _settle(self, influx: Influxd | None) -> None:
        """Have the service reach its broker by the proxy, and its store of history."""
        text = self.config.read_text().replace(
            f"port: {self.broker.port}\n", f"port: {self.proxy.port}\n"
        )
        if influx is not None:
            text += f"influx: {{url: {influx.url}, timeout_s: 3}}\n"
        self.config.write_text(text)

    @property
    def port(self) -> int:
        """Where boards connect."""
        return self.proxy.port

    @property
    def is_shipped(self) -> bool:
        """Whether nothing waits for the store of history."""
        connection = open_database(self.database, read_only=True)
        [(rows,)] = connection.execute("SELECT count(*) FROM outbox")
        connection.close()
        return rows == 0

    def is_same_in_influx(self) -> bool:
        """Whether the store of history has exactly the transitions of the embedded one."""
        connection = open_database(self.database, read_only=True)
        kept = connection.execute("SELECT space, event_ms, before, after FROM transitions")
        here = sorted(kept.fetchall())
        connection.close()
        rows = self.influx.ask(
            'SELECT "space", "before", "after" FROM "transition"', "vrijplek-transitions"
        )
        there = sorted((space, at_ms, before, after) for at_ms, space, before, after in rows)
        return here == there

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
        """A moment of all boards; while they chatter, now and then one says goodbye."""
        if chatter and self.chance.random() < GOODBYES:
            self.chance.choice(self.talkers).say_goodbye()
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

    def wipe_broker(self) -> None:
        """Remove what the broker, which does not run, kept on disk."""
        for file in self.broker.folder.glob("*.db"):
            file.unlink()
        shutil.rmtree(self.broker.folder / "persistence", ignore_errors=True)

    def quiesce(self) -> float:
        """Say nothing new until all that was said is durable; seconds it took."""
        self.beat(on=False)
        return self.talk_until(
            lambda: all(talker.is_safe for talker in self.talkers), "all is durable", QUIET_S, 0.0
        )

    def beat(self, *, on: bool) -> None:
        """Have the boards give signs of life, or none."""
        for talker in self.talkers:
            talker.beats = on

    def guest(self, name: str) -> Talker:
        """A client with the account of a board, or of whoever plays back, silent by itself."""
        made = self._talker(name)
        made.is_mute, made.beats = True, False
        until(made.client.is_connected, f"{name} is let in")
        self.guests.append(made)
        return made

    def quiesce_others(self, one: Talker) -> None:
        """The same for all boards but one."""
        others = [talker for talker in self.talkers if talker is not one]
        self.beat(on=False)
        self.talk_until(lambda: all(t.is_safe for t in others), "the others are safe", QUIET_S, 0.0)
        self.beat(on=True)

    def verdict(self) -> Verdict:
        """The four numbers, once all is quiet."""
        return check(self.database, self.truth)

    def report(self, verdict: Verdict, right_s: float, times: int = 1) -> None:
        """Tell what came of the fault to whoever makes the table."""
        said = verdict.messages
        self.tell(Outcome(self.fault, self.seed, times, said, verdict.zeros, right_s))

    def told(self) -> dict[str, Final]:
        """State of each desk that boards of this stand see, as the API says."""
        mine = self._mine()
        desks = self.get("/v1/desks")["desks"]
        return {d["id"]: Final(d["state"], d["probability"]) for d in desks if d["id"] in mine}

    def foretold(self) -> dict[str, Final]:
        """The same as it ought to be now."""
        mine = self._mine()
        finals = self._oracle().finals
        return {space: final for space, final in finals.items() if space in mine}

    def _oracle(self) -> Foretold:
        forfeited = self.truth.forfeited
        without = forfeited - journalled(self.database).keys() if forfeited else frozenset()
        return foretold(self.truth, self.building, int(time.time() * 1000), without)

    def strays(self, slack_ms: int) -> dict[str, tuple]:
        """Desks whose written history is not what it ought to be, with both courses."""
        mine = self._mine()
        connection = open_database(self.database, read_only=True)
        rows = connection.execute("SELECT space, after, event_ms FROM transitions ORDER BY rowid")
        kept = courses(row for row in rows.fetchall() if row[0] in mine)
        connection.close()
        right = courses(move for move in self._oracle().moves if move[0] in mine)
        return strays(kept, right, slack_ms)

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
        for talker in (*self.talkers, *self.guests):
            talker.leave()
        self.truth.close()
        super().close()
        self.proxy.close()
