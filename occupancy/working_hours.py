"""Working hours: when persons may be looked for at all.

Owns the arithmetic of local time. Knows no clock: the moment is an argument.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True)
class WorkingHours:
    """Days and hours of a site, in its own zone, so that both days of clock change come out right.

    >>> WorkingHours("Europe/Amsterdam").open_at(1_700_000_000_000)  # Tuesday, 23:13 there
    False
    """

    zone: str
    days: frozenset[int] = MONDAY_TO_FRIDAY
    """Monday is 0."""
    start: time = time(7)
    """Local, inclusive."""
    end: time = time(19)
    """Local, exclusive; on a day itself, so after `start`."""
    always: bool = False
    """Whether it is open all day, every day, as in demos."""

    def open_at(self, now_ms: int) -> bool:
        """Whether it is open at this moment, ms UTC."""
        if self.always:
            return True
        local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(self.zone))
        return local.weekday() in self.days and self.start <= local.time() < self.end
