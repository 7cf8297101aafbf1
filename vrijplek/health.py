"""Health: what keeps the service from doing its job, in words, and how each board is doing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from api.services import BoardHealth
from ingest.listener import Listener
from occupancy.estimator import Estimator

BEHIND_MS = 15_000
FULL = 0.9
LITTLE_BYTES = 200_000_000
"""Of the disk with the state folder; a day of 500 messages a second takes several times as much."""


class Store(Protocol):
    """The store of record for history, where it is another program, and what waits for it."""

    def trouble(self) -> str:
        """Why it takes nothing now, empty while it does."""

    def notices(self) -> tuple[str, ...]:
        """What people should mend although it takes points, in words."""

    def waiting(self) -> int:
        """How many rows of the outbox it has not taken yet."""

    def oldest_ms(self) -> int | None:
        """When the oldest of these was written, ms UTC; None where none waits."""


def _plenty() -> int:
    return LITTLE_BYTES


@dataclass
class ServiceHealth:
    """Fulfils `api.services.Health` from the listening half of the process."""

    listener: Listener
    estimator: Estimator
    free_bytes: Callable[[], int] = _plenty
    """What is left on the disk with the state folder."""
    store: Store | None = None

    def troubles(self) -> tuple[str, ...]:
        """What is wrong now; empty when nothing is."""
        return tuple(said for is_wrong, said in self._checks() if is_wrong)

    def worries(self) -> tuple[str, ...]:
        """What keeps no answer from being right, and has to be mended all the same."""
        worries = []
        if (left := self.free_bytes()) < LITTLE_BYTES:
            worries.append(f"{left // 1_000_000} MB are left on the disk of the state folder")
        if unheard := self.listener.session.following.unheard:
            told = f"the broker refuses to tell us {unheard[0]}, where an announced device speaks"
            worries.append(told + (f", and {len(unheard) - 1} more" if len(unheard) > 1 else ""))
        if self.store is not None and (trouble := self.store.trouble()):
            waiting = self.store.waiting()
            worries.append(f"the store of history takes nothing: {trouble}; {waiting} rows wait")
        if self.store is not None:
            worries += self.store.notices()
        return tuple(worries)

    def _checks(self) -> tuple[tuple[bool, str], ...]:
        listener, mailbox = self.listener, self.listener.mailbox
        unheard = listener.session.unheard
        as_of_ms = self.estimator.now_ms
        behind_ms = listener.clock.now_ms() - as_of_ms
        behind = behind_ms > BEHIND_MS * max(listener.clock.speed, 1.0)
        return (
            (not listener.is_running, "the pipeline has stopped"),
            (not listener.session.connected, "no connection to the broker"),
            (bool(unheard), f"the broker refuses to tell us {' and '.join(unheard)}"),
            (bool(listener.pipeline.patience.trouble), listener.pipeline.patience.trouble),
            (not as_of_ms, "nothing has been weighed yet"),
            (behind and as_of_ms > 0, f"answers are {behind_ms / 1000:.0f} s behind"),
            (len(mailbox) > FULL * mailbox.size, "messages come faster than they are handled"),
        )

    def boards(self) -> tuple[BoardHealth, ...]:
        """Every board of the building, in its order."""
        liveness = self.estimator.watch.liveness
        alive = liveness.alive(self.estimator.now_ms)
        gaps = self.listener.pipeline.counters.gaps_of
        distrusted: dict[str, list[str]] = {}
        for sensor in self.estimator.watch.distrusted():
            distrusted.setdefault(self.estimator.building.sensor[sensor].board, []).append(sensor)
        return tuple(
            BoardHealth(
                board,
                bool(alive[i]),
                int(liveness.heard_ms[i]) or None,
                gaps[board],
                tuple(distrusted.get(board, ())),
            )
            for board, i in liveness.index.items()
        )
