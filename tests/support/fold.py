"""An estimator that listens: readings at times, ticks between them."""

from support.office import BADGE, OFFICE, START_MS

from occupancy.building import Building
from occupancy.estimator import Estimator, Outcome
from occupancy.learned import Learned
from occupancy.state import State
from occupancy.view import Status
from sensors.entry import Entry
from sensors.reading import AnyReading, Heartbeat, Motion, Offline, Presence, Sighting


class Believer:
    """An estimator with a clock; all it ever said is kept.

    Its times are seconds since `START_MS`.
    """

    def __init__(self, building: Building = OFFICE, learned: Learned | None = None) -> None:
        self.estimator = Estimator(building, learned)
        self.now_s = 0.0
        self.transitions = []
        self.statuses: dict[str, Status] = {}
        self.wait(0)

    @property
    def now_ms(self) -> int:
        """Its time, ms UTC."""
        return START_MS + int(self.now_s * 1000)

    def _keep(self, outcome: Outcome) -> Outcome:
        self.transitions += outcome.transitions
        self.statuses |= {status.space: status for status in outcome.changed}
        return outcome

    def hear(self, board: str, *readings: AnyReading) -> Outcome:
        """A board says something now."""
        return self._keep(self.estimator.fold([Entry(board, self.now_ms, readings)]))

    def wait(self, seconds: float) -> None:
        """Let time pass with a tick each second."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(self.now_s + 1.0, end_s)
            self._keep(self.estimator.tick(self.now_ms))
        self._keep(self.estimator.tick(self.now_ms))

    def live(self, seconds: float, *boards: str) -> None:
        """Let time pass while these boards beat every 20 s."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            for board in boards:
                self.hear(board, Heartbeat(board, self.now_ms, 30.0))
            self.wait(min(20.0, end_s - self.now_s))

    def motion(self, sensor: str, *, on: bool, ago_s: float = 0.0) -> Outcome:
        """A PIR tells an edge."""
        event_ms = self.now_ms - int(ago_s * 1000)
        return self.hear(sensor.partition("/")[0], Motion(sensor, event_ms, on))

    def presence(self, sensor: str, *, present: bool) -> Outcome:
        """A radar tells whether it sees somebody."""
        return self.hear(sensor.partition("/")[0], Presence(sensor, self.now_ms, present))

    def goodbye(self, board: str) -> Outcome:
        """A last will arrives."""
        return self.hear(board, Offline(board, self.now_ms))

    def sight(self, sensor: str, rssi_dbm: float, tag=BADGE) -> Outcome:
        """A scanner hears a tag."""
        sighting = Sighting(sensor, self.now_ms, tag, rssi_dbm)
        return self.hear(sensor.partition("/")[0], sighting)

    def state(self, space: str) -> State:
        """The state of a space as it was last told."""
        return self.statuses[space].state

    def place(self, tag=BADGE) -> str | None:
        """Where a tag is."""
        found = self.estimator.whereabouts().get(tag)
        return found.place if found else None


def badged(office: Believer, seconds: int = 60) -> Believer:
    """A badge is heard in room A for a while; the same office."""
    for _ in range(seconds):
        office.sight("r1/ble", -60.0)
        office.sight("s1/ble", -85.0)
        office.wait(1)
    return office
