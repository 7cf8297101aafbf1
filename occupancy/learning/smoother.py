"""The smoother: how likely each state was in each step of a whole recording.

Owns the forward-backward algorithm; knows no sensor and no space. Steps are taken in blocks side by
side, so that a day of bins takes some hundred array operations.

Source: Rabiner 1989 (Proc. IEEE 77(2)), section III; the blocks, a parallel prefix of products of
matrices, Blelloch 1990 (Prefix Sums and Their Applications).
"""

import numpy as np

from occupancy.geometry import Floats


def smoothed(step: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Chance of each state at each time, given all times, and the moves expected in total.

    Args:
        step: Chance to go from state to state, shape ``(states, states)``.
        seen: Likelihood of what was seen at each time by state, shape ``(times, states)``.

    Returns:
        Chances, shape ``(times, states)``, and moves, shape ``(states, states)``.

    >>> chance, moves = smoothed(np.eye(2), np.array([[0.5, 0.5], [0.9, 0.1]]))
    >>> chance.round(3).tolist(), moves.round(3).tolist()
    ([[0.9, 0.1], [0.9, 0.1]], [[0.9, 0.0], [0.0, 0.1]])
    """
    states = seen.shape[1]
    first = seen[0] / states
    ahead = _walked(first / first.sum(), step[None] * seen[1:, None, :])
    back = _walked(np.ones(states) / states, (step[None] * seen[1:, None, :]).mT[::-1])[::-1]
    chance = ahead * back
    chance /= chance.sum(axis=1, keepdims=True)
    pairs = ahead[:-1, :, None] * step[None] * (seen[1:] * back[1:])[:, None, :]
    pairs /= pairs.sum(axis=(1, 2), keepdims=True)
    return chance, np.asarray(pairs.sum(axis=0))


def _walked(first: Floats, moves: Floats) -> Floats:
    """Chances before the first move and after each, up to a factor at each time.

    Args:
        first: Shape ``(states,)``.
        moves: Shape ``(times, states, states)``.

    Returns:
        Shape ``(times + 1, states)``.
    """
    times, states = moves.shape[:2]
    size = max(int(np.ceil(np.sqrt(times))), 1)
    blocks = -(-times // size)
    padded = np.broadcast_to(np.eye(states), (blocks * size, states, states)).copy()
    padded[:times] = moves
    within = padded.reshape(blocks, size, states, states)
    for i in range(1, size):
        within[:, i] = _scaled(within[:, i - 1] @ within[:, i])
    begins = np.empty((blocks, states))
    now = first
    for block in range(blocks):
        begins[block] = now
        now = now @ within[block, -1]
        now = now / now.sum()
    after = np.einsum("bi,bsij->bsj", begins, within).reshape(-1, states)[:times]
    found = np.vstack([first[None], after])
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _scaled(products: Floats) -> Floats:
    return np.asarray(products / products.max(axis=(1, 2), keepdims=True))
