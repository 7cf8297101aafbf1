"""Stacking: logistic regression, and how far to trust several voices together.

Source: iteratively reweighted least squares with an L2 penalty (McCullagh and Nelder 1989, section
2.5); stacking, Wolpert 1992 (Neural Networks 5(2)), with weights that are not negative, Breiman
1996 (Machine Learning 24).
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats

ROUNDS = 25
NEWTON_MOST = 5.0
"""No weight moves farther in one round."""
LEAST_TRUST = 0.1
"""A voice that would count less is not heard."""
TRUST_PENALTY = 3.0
"""L2, on how far trust is from believing motion in full and nothing else."""

Flags = NDArray[np.bool_]


def fitted(design: Floats, busy: Flags, penalty: Floats, usual: Floats) -> Floats:
    """Weights of a logistic regression.

    Args:
        design: Shape ``(times, inputs)``.
        busy: Shape ``(times,)``.
        penalty: L2 on each weight, shape ``(inputs,)``.
        usual: What each weight is without evidence, shape ``(inputs,)``.
    """
    weight, ridge = usual.copy(), np.diag(penalty)
    for _ in range(ROUNDS):
        p = 0.5 * (1 + np.tanh(0.5 * design @ weight))
        slope = design.T @ (busy - p) - ridge @ (weight - usual)
        bend = (design * (p * (1 - p))[:, None]).T @ design + ridge
        step = np.linalg.solve(bend, slope)
        weight = weight + step * min(1.0, NEWTON_MOST / np.abs(step).max(initial=1e-12))
    return weight


def trusted(motion: Floats, voices: Floats, busy: Flags) -> tuple[float, Floats, float]:
    """How much motion and other voices count together, and what is to be added.

    Voices that speak against what they ought to say are left out, the worst first.

    Args:
        motion: Log-odds of somebody, shape ``(times,)``.
        voices: Log-odds on time that each was not fitted to, shape ``(times, voices)``.
        busy: Shape ``(times,)``.

    Returns:
        Trust in motion, trust in each voice of shape ``(voices,)``, and the bias in nats.
    """
    design = np.column_stack([motion, voices, np.ones(len(busy))])
    usual = np.zeros(design.shape[1])
    usual[0] = 1.0
    heard = np.ones(len(usual), dtype=bool)
    trust = np.zeros(len(usual))
    while True:
        penalty = np.full(int(heard.sum()), TRUST_PENALTY)
        trust[:] = 0.0
        trust[heard] = fitted(design[:, heard], busy, penalty, usual[heard])
        weak = np.where(heard[:-1], trust[:-1], np.inf)
        if weak.min() >= LEAST_TRUST:
            return float(trust[0]), trust[1:-1], float(trust[-1])
        heard[weak.argmin()] = False
