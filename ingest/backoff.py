"""Backoff: how long to wait before asking again somebody who failed."""

from dataclasses import dataclass

FIRST_S, LONGEST_S = 1.0, 60.0
SHORTEST_S = 0.5
"""Never more than two requests a second to somebody who fails."""
MOST_ASKED_S = 3600.0
"""A longer Retry-After is not believed."""


@dataclass
class Backoff:
    """Waits that grow, drawn by lot so that many who wait do not come back at once.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog 2015, full jitter.
    """

    failures: int = 0

    def wait_s(self, chance: float, retry_after_s: float | None = None) -> float:
        """How long to wait after one more failure.

        Args:
            chance: From 0 to 1, drawn anew each time.
            retry_after_s: What the other side asked for, which goes first.

        >>> backoff = Backoff()
        >>> [backoff.wait_s(1.0) for _ in range(8)]
        [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
        >>> backoff.wait_s(0.0), backoff.wait_s(0.0, retry_after_s=7.0)
        (0.5, 7.0)
        """
        ceiling_s = min(LONGEST_S, FIRST_S * 2.0 ** min(self.failures, 16))
        self.failures += 1
        if retry_after_s is not None:
            return min(max(retry_after_s, SHORTEST_S), MOST_ASKED_S)
        return max(ceiling_s * chance, SHORTEST_S)

    def succeed(self) -> None:
        """Begin anew at the next failure."""
        self.failures = 0
