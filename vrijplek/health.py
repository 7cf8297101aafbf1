"""Health: what keeps the service from doing its job, in words, and how each board is doing."""

from dataclasses import dataclass

from api.services import BoardHealth
from ingest.listener import Listener
from occupancy.estimator import Estimator

BEHIND_MS = 15_000
FULL = 0.9


@dataclass
class ServiceHealth:
    """Fulfils `api.services.Health` from the listening half of the process."""

    listener: Listener
    estimator: Estimator

    def troubles(self) -> tuple[str, ...]:
        """What is wrong now; empty when nothing is."""
        return tuple(said for is_wrong, said in self._checks() if is_wrong)

    def _checks(self) -> tuple[tuple[bool, str], ...]:
        listener, mailbox = self.listener, self.listener.mailbox
        as_of_ms = self.estimator.now_ms
        behind_ms = listener.clock.now_ms() - as_of_ms
        behind = behind_ms > BEHIND_MS * max(listener.clock.speed, 1.0)
        return (
            (not listener.is_running, "the pipeline has stopped"),
            (not listener.session.connected, "no connection to the broker"),
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
