"""Whereabouts: where a tag is, live only. No history of it exists."""

import msgspec

TIME_TO_LIVE_MS = 15 * 60 * 1000
"""Whereabouts older than this are not told and not kept (docs/privacy.md)."""


class Whereabouts(msgspec.Struct, frozen=True, gc=False):
    """Where one tag is believed to be."""

    place: str | None
    """Id of a room or zone; None where no place is likely enough."""
    probability: float
    """Of that place, 0 to 1."""
    since_ms: int
    """Since when that place is the answer, ms UTC."""
    last_heard_ms: int
    """When a scanner last heard the tag, ms UTC."""
