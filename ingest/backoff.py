"""Backoff: how long a sender leaves a store alone that would not have what was sent.

Pure: chance is an argument.

Source: full jitter, AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
"""

SHORTEST_S = 0.5
"""Between two requests when one has failed: never more than two a second."""
FIRST_S = 1.0
LONGEST_S = 60.0
LONGEST_ASKED_S = 900.0
"""No store is left alone for longer, whatever it asked for."""
_MOST_DOUBLINGS = 6


def wait_s(failures: int, chance: float, asked_s: float | None = None) -> float:
    """Seconds until the next request.

    Args:
        failures: In a row, from 1 on.
        chance: From 0 to 1, drawn anew each time.
        asked_s: How long the store asked to be left alone, by Retry-After.

    >>> wait_s(1, 1.0), wait_s(3, 0.5), wait_s(99, 1.0), wait_s(1, 0.0)
    (1.0, 2.0, 60.0, 0.5)
    >>> wait_s(1, 0.5, asked_s=30.0)
    30.5
    """
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    most_s = min(LONGEST_S, FIRST_S * (1 << doublings))
    jitter_s = most_s * chance
    asked_s = min(asked_s or 0.0, LONGEST_ASKED_S)
    return max(SHORTEST_S, asked_s + jitter_s)
