"""Times as people read them, in the zone of the site.

Owns the wording of a moment. The moment now is an argument.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

NOTHING = "\N{EN DASH}"
MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@dataclass(frozen=True, slots=True)
class Moments:
    """Says moments in one language and one zone.

    >>> from datetime import UTC
    >>> moments = Moments("nl", UTC, now_ms=90_000_000)
    >>> moments.said(90_000_000), moments.said(0)
    ('01:00', '1 jan 00:00')
    """

    language: str
    zone: tzinfo
    now_ms: int

    def said(self, at_ms: int | None) -> str:
        """The time of day, with the date before it where that is not today; a dash for None."""
        if at_ms is None:
            return NOTHING
        at, now = (datetime.fromtimestamp(ms / 1000, self.zone) for ms in (at_ms, self.now_ms))
        clock = f"{at:%H:%M}"
        if at.date() == now.date():
            return clock
        return f"{at.day} {MONTHS[self.language][at.month - 1]} {clock}"
