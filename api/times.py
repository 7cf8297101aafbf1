"""Times as the API writes and reads them: RFC 3339, UTC, with a Z."""

from datetime import UTC, datetime

MINUTE_MS = 60_000


def iso(at_ms: int | None) -> str | None:
    """A moment in ms UTC as text; a fraction only where there is one.

    >>> iso(0), iso(1_500), iso(None)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500Z', None)
    """
    if at_ms is None:
        return None
    spec = "milliseconds" if at_ms % 1000 else "seconds"
    at = datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)
    return at.isoformat(timespec=spec).replace("+00:00", "Z")


def iso_minute(at_ms: int | None) -> str | None:
    """A moment floored to the minute, as text.

    >>> iso_minute(119_999)
    '1970-01-01T00:01:00Z'
    """
    return None if at_ms is None else iso(at_ms - at_ms % MINUTE_MS)


def parsed(text: str) -> int:
    """The moment that a text with any offset names, ms UTC.

    >>> parsed("1970-01-01T01:00:00+01:00")
    0

    Raises:
        ValueError: If it is no such text, or has no offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no offset")
    return round(at.timestamp() * 1000)
