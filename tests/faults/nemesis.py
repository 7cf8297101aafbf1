"""The nemesis: does to a stand what a schedule says, and undoes it in time."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from faults.acts import ACTS
from faults.schedule import Strike
from faults.stand import Stand

from vrijplek.errors import EXIT_PROBLEMS

READY_S = 60.0
HELD = "database is locked"
ENDING = {"kill service", "stop service"}


class Nemesis:
    """Carries out a schedule while the boards speak; starts a service again as systemd would.

    Args:
        stand: Whom it strikes; the service runs.
        strikes: In order of time; written to `schedule.txt` beside the logs.
    """

    def __init__(self, stand: Stand, strikes: Sequence[Strike]) -> None:
        self.stand = stand
        self.done: Counter[str] = Counter()
        self._coming = list(strikes)
        self._going: list[tuple[Strike, AbstractContextManager[None]]] = []
        self._began_s = time.monotonic()
        plan = "".join(f"{s.at_s:9.3f} {s.end_s:9.3f} {s.fault}\n" for s in strikes)
        (stand.folder / "schedule.txt").write_text(plan)

    @property
    def is_over(self) -> bool:
        """Whether all has been done and undone."""
        return not self._coming and not self._going

    def step(self) -> None:
        """Begin and end what is due; see that the service runs."""
        now_s = time.monotonic() - self._began_s
        for strike, holding in [(s, h) for s, h in self._going if s.end_s <= now_s]:
            self._going.remove((strike, holding))
            holding.__exit__(None, None, None)
        while self._coming and self._coming[0].at_s <= now_s:
            strike = self._coming.pop(0)
            self.done[strike.fault] += 1
            holding = ACTS[strike.fault](self.stand)
            holding.__enter__()
            self._going.append((strike, holding))
        if not ENDING & {strike.fault for strike, _ in self._going}:
            self._supervise()

    def _supervise(self) -> None:
        """Start again what could not start on a database that was held; nothing else may end."""
        code = self.stand.process.poll()
        if code is None:
            return
        said = self.stand.log.read_text()[-2000:]
        if code != EXIT_PROBLEMS or HELD not in said:
            raise AssertionError(f"the service ended with {code}: {said} {self.stand.keep_logs()}")
        self.stand.start()


def endure(
    stand: Stand, strikes: Sequence[Strike], also: Callable[[], None] = lambda: None
) -> Nemesis:
    """Let the boards speak through a whole schedule, and until the service is ready after it.

    Args:
        stand: Where the service runs.
        strikes: In order of time.
        also: What else is done at each step.
    """
    nemesis = Nemesis(stand, strikes)
    while not nemesis.is_over:
        stand.step(0.2)
        nemesis.step()
        also()
    stand.wait_answering()
    stand.talk_until(stand.is_ready, "the service is ready", READY_S)
    return nemesis
