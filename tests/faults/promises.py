"""What has to hold after every fault."""

import math

from faults.stand import Stand

RIGHT_S = 20.0
TICK_MS = 1_000
"""Stillness is weighed once a second; and an event is dated by the fastest message of its boot so
far, so by no more too late than the slowest message came late."""


def assert_kept(
    stand: Stand, least: int = 50, times: int = 1, right_s: float | None = None
) -> float:
    """The four zeros, states and history as they ought to be, one belief by either way.

    Args:
        stand: After the fault.
        least: How many messages have to have been said, so that something is proved.
        times: How often the fault was injected.
        right_s: When states were right, where the test has measured that itself.

    Returns:
        Seconds from now until all was durable and all states were right.
    """
    took_s, quiet_s = math.inf, stand.quiesce()
    verdict = stand.verdict()
    try:
        assert verdict.zeros == (0, 0, 0, 0), (verdict, stand.keep_logs())
        assert verdict.messages >= least
        stand.beat(on=True)
        what = "states are as they ought to be"
        took_s = quiet_s + stand.talk_until(stand.agrees, what, RIGHT_S, 0.0)
        assert stand.is_deterministic(), stand.keep_logs()
        strays = stand.strays(stand.truth.waited_ms + TICK_MS)
        assert not strays, (strays, stand.keep_logs())
    finally:
        stand.report(verdict, took_s if right_s is None else right_s, times)
    return took_s
