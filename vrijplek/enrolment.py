"""Enrolment at the door: an address becomes a tag here, or nothing.

Strangers and everyone outside working hours end here, before anything is stored.
"""

from collections.abc import Callable

from sensors.tag import Tag, tag_of

REMEMBERED = 50_000
MINUTE_MS = 60_000


class Enrolment:
    """The tag of an address at an event time.

    Hashes are remembered in memory, since each address is heard many times a minute.

    Args:
        site_key: Secret of the site.
        is_enrolled: Whether somebody who opted in owns a tag.
        open_at: Whether it is working hours at a time in ms UTC.
    """

    def __init__(
        self,
        site_key: bytes,
        is_enrolled: Callable[[Tag], bool],
        open_at: Callable[[int], bool],
    ) -> None:
        self._site_key = site_key
        self._is_enrolled = is_enrolled
        self._open_at = open_at
        self._tags: dict[str, Tag] = {}
        self._open: tuple[int, bool] = (-1, False)

    def __call__(self, address: str, event_ms: int) -> Tag | None:
        """The tag, None for a stranger or outside working hours."""
        minute = event_ms // MINUTE_MS
        if self._open[0] != minute:
            self._open = (minute, self._open_at(event_ms))
        if not self._open[1]:
            return None
        tag = self._tags.get(address)
        if tag is None:
            if len(self._tags) >= REMEMBERED:
                self._tags.clear()
            tag = self._tags[address] = tag_of(address, self._site_key)
        return tag if self._is_enrolled(tag) else None
