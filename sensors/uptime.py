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
    minute: int = -1
    """That of the last message."""
    best_then_ms: int = 0
    """The smallest difference of the hour up to then, so that it is sought once a minute."""

    def observe(self, *, received_ms: int, up_ms: int) -> None:
        """Take one message into account."""
        minute, difference_ms = received_ms // BUCKET_MS, received_ms - up_ms
        smallest_ms = self.smallest.get(minute, difference_ms + 1)
        if minute == self.minute and difference_ms >= smallest_ms:
            return
        self.best_then_ms = self.best_ms(received_ms=received_ms, up_ms=up_ms)
        self.minute, self.smallest[minute] = minute, min(smallest_ms, difference_ms)
        if len(self.smallest) > BUCKETS:
            for old in [m for m in self.smallest if m <= minute - BUCKETS]:
                del self.smallest[old]

    def best_ms(self, *, received_ms: int, up_ms: int) -> int:
        """When the board booted, ms UTC, given what came before and this message itself."""
        minute, difference_ms = received_ms // BUCKET_MS, received_ms - up_ms
        if minute == self.minute:
            return min(self.best_then_ms, difference_ms)
        recent = (d for m, d in self.smallest.items() if m > minute - BUCKETS)
        return min((difference_ms, *recent))
