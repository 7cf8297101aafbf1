"""What has to hold after every fault."""

from faults.stand import Stand

RIGHT_S = 20.0


def assert_kept(stand: Stand, least: int = 50) -> float:
    """The four zeros, states as they ought to be, one belief by either way; seconds until right."""
    stand.quiesce()
    verdict = stand.verdict()
    assert verdict.zeros == (0, 0, 0, 0), (verdict, stand.keep_logs())
    assert verdict.messages >= least
    stand.beat(on=True)
    took_s = stand.talk_until(stand.agrees, "states are as they ought to be", RIGHT_S, 0.0)
    assert stand.is_deterministic(), stand.keep_logs()
    return took_s
