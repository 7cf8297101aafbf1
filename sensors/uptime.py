"""Event time from uptime, for boards that have no clock.

The smallest `received - up` of the last hour is the best guess of when the board booted: every
delay only makes it larger. The window forgets slowly, so that crystal drift can't add up.

Source: minimum-delay filter as in NTP's clock filter (RFC 5905, section 10), over an hour.
"""

import msgspec

BUCKET_MS = 60_000
BUCKETS = 60


class UptimeOffset(msgspec.Struct):
    """Smallest `received - up` of each of the last sixty minutes that heard the boot.

    >>> offset = UptimeOffset()
    >>> offset.observe(received_ms=10_500, up_ms=10_000)
    >>> offset.best_ms(received_ms=20_900, up_ms=20_000)
    500
    """

    smallest: dict[int, int] = {}
    """Minute of receiving to the smallest difference in ms."""

    def observe(self, *, received_ms: int, up_ms: int) -> None:
        """Take one message into account."""
        minute = received_ms // BUCKET_MS
        difference = received_ms - up_ms
        self.smallest[minute] = min(difference, self.smallest.get(minute, difference))
        if len(self.smallest) > BUCKETS:
            for old in [m for m in self.smallest if m <= minute - BUCKETS]:
                del self.smallest[old]

    def best_ms(self, *, received_ms: int, up_ms: int) -> int:
        """When the board booted, ms UTC, given what came before and this message itself."""
        oldest_minute = received_ms // BUCKET_MS - BUCKETS
        best_ms = received_ms - up_ms
        for minute, difference_ms in self.smallest.items():
            if difference_ms < best_ms and minute > oldest_minute:
                best_ms = difference_ms
        return best_ms
