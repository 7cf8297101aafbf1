"""Times that devices of others tell, and whether they are to be believed."""

import re
from datetime import UTC, datetime

EARLIEST_MS = 1_577_836_800_000
"""2020-01-01: a clock that tells less has not been set since it booted."""
AHEAD_MS = 60_000
_FRACTION = re.compile(r"(\.\d{6})\d+")


def believable(event_ms: float | None, received_ms: int) -> int | None:
    """A time as ms UTC if it can be true; else None, and the receive time stands for it.

    Args:
        event_ms: What the device told, ms UTC.
        received_ms: When it came; 0 where that is not known, as in a recording.

    Source:
        Not before 2020 and at most a minute ahead: our choice, decision 0022.

    >>> believable(1_661_517_385_440, 1_661_517_385_900), believable(1_610, 1_661_517_385_900)
    (1661517385440, None)
    """
    if event_ms is None or event_ms < EARLIEST_MS or event_ms > 4_102_444_800_000:
        return None
    if received_ms and event_ms > received_ms + AHEAD_MS:
        return None
    return round(event_ms)


def instant_ms(told: object) -> int | None:
    """A text such as RFC 3339 tells, with or without nanoseconds; None without an offset.

    >>> instant_ms("2022-07-18T09:34:15.775023242+00:00"), instant_ms("2024-09-07T15:54:41.147Z")
    (1658136855775, 1725724481147)
    >>> instant_ms("2021-01-01T00:00:00"), instant_ms("yesterday"), instant_ms(7)
    (None, None, None)
    """
    if not isinstance(told, str) or len(told) > 64:
        return None
    try:
        when = datetime.fromisoformat(_FRACTION.sub(r"\1", told))
        return None if when.tzinfo is None else round(when.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
