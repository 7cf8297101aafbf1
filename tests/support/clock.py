"""Time that only a test moves."""

from support.office import START_MS


class ManualClock:
    """A clock that shows what the test says."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        """What it shows, ms UTC."""
        return self.ms

    def wait(self, seconds: float) -> int:
        """Move it forward; what it shows then."""
        self.ms += int(seconds * 1000)
        return self.ms
