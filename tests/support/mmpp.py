"""A channel that starts and ends at rates that depend on a hidden state, simulated."""

import numpy as np

from occupancy.learning.bins import BIN_S, BUSY, UNKNOWN, VACANT
from occupancy.learning.expectation import Seen
from occupancy.rates import Habits, Rates


def lived(
    habits: Habits, rates: Rates, seed: int, hours: float = 24.0, *, labelled: bool
) -> tuple[Seen, np.ndarray]:
    """What one channel did in some hours, in bins, and the state in each second.

    The state goes from nobody to moving to still and back, at the rates of the habits.
    """
    rng = np.random.default_rng(seed)
    seconds = int(hours * 3600) // BIN_S * BIN_S
    moves = {
        0: ((1, habits.enter_per_s),),
        1: ((0, habits.leave_per_s), (2, habits.settle_per_s)),
        2: ((1, habits.stir_per_s),),
    }
    state, is_on = 0, False
    states, starts, ends, on = (np.zeros(seconds) for _ in range(4))
    for second, (chance, edge) in enumerate(rng.random((seconds, 2))):
        less = 0.0
        for to, per_s in moves[state]:
            less += per_s
            if chance < less:
                state = to
                break
        states[second], on[second] = state, is_on
        if not is_on and edge < rates.start_per_s[state]:
            is_on, starts[second] = True, 1.0
        elif is_on and edge < rates.end_per_s[state]:
            is_on, ends[second] = False, 1.0
    label = np.full(seconds // BIN_S, UNKNOWN, dtype=np.int8)
    if labelled:
        busy = _binned(states > 0)[:, 0] > BIN_S / 2
        label[:] = np.where(busy, BUSY, VACANT)
    on_s = _binned(on)
    return Seen(_binned(starts), _binned(ends), _binned(ends), BIN_S - on_s, on_s, label), states


def _binned(each_second: np.ndarray) -> np.ndarray:
    return each_second.reshape(-1, BIN_S).sum(axis=1)[:, None].astype(float)


def log_likelihood(rates: Rates, habits: Habits, seen: Seen) -> float:
    """Of all that one channel did, in nats, by the forward algorithm in bins."""
    start, end = np.array(rates.start_per_s), np.array(rates.end_per_s)
    moves = np.zeros((3, 3))
    moves[0, 1], moves[1, 0] = habits.enter_per_s, habits.leave_per_s
    moves[1, 2], moves[2, 1] = habits.settle_per_s, habits.stir_per_s
    step = 1.0 - np.exp(-moves * BIN_S)
    step += np.diag(1.0 - step.sum(axis=1))
    nats = seen.starts * np.log(start) - seen.start_s * start
    nats += seen.ends * np.log(end) - seen.on_s * end
    total, chance = 0.0, np.full(3, 1 / 3)
    for each in np.exp(nats):
        chance = (chance @ step) * each
        total += float(np.log(chance.sum()))
        chance /= chance.sum()
    return total
