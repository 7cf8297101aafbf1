"""Trust: how much voices count together, by how much each has helped.

Owns the arithmetic of two layers of priors: no voice counts, then each counts as its kind.

Source: Laplace's approximation of logistic regression, Bishop 2006 (Pattern Recognition and Machine
Learning, section 4.5); weights that are not negative, Breiman 1996 (Machine Learning 24).
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats

KIND_PENALTY = 3.0
"""L2, on how far a kind is from not being heard."""
OWN_PENALTY = 3.0
"""L2, on how far a voice is from its kind."""
LEAST = 0.1
"""A voice that would count less is not heard."""
Whole = NDArray[np.int64]


def trusts(helped: Floats, bend: Floats, beside: Whole, space_of: Whole, kinds: Whole) -> Floats:
    """Trust in each voice, from 0 to 1, shape ``(voices,)``.

    Args:
        helped: Slope of the log-likelihood at no trust, shape ``(voices,)``.
        bend: Its curvature, of each pair of voices of a space, shape ``(pairs,)``.
        beside: These pairs, shape ``(pairs, 2)``.
        space_of: Of each voice.
        kinds: Of each voice, from 0.

    >>> both, alone = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.zeros(2, dtype=np.int64)
    >>> trusts(np.array([9.0, -1.0]), np.array([6.0, 0.0, 0.0, 6.0]), both, alone, alone).round(2)
    array([1., 0.])
    """
    found = np.zeros(len(helped))
    usual = _of_kinds(helped, bend, beside, space_of, kinds)
    matrix: dict[int, list[int]] = {}
    for row, space in enumerate(space_of.tolist()):
        matrix.setdefault(space, []).append(row)
    of_pair = space_of[beside[:, 0]] if len(beside) else np.zeros(0, dtype=np.int64)
    for space, rows in matrix.items():
        curve = bend[of_pair == space].reshape(len(rows), len(rows))
        if curve.any():
            found[rows] = _solved(helped[rows], curve, usual[rows])
    return np.minimum(found, 1.0)


def _of_kinds(helped: Floats, bend: Floats, beside: Whole, space_of: Whole, kinds: Whole) -> Floats:
    """Trust in each voice as in its kind, shared by the voices of that kind in a space."""
    if not len(helped):
        return helped
    count = int(kinds.max()) + 1
    speaks = np.zeros(len(helped))
    speaks[beside[(beside[:, 0] == beside[:, 1]) & (bend > 0), 0]] = 1.0
    alike = space_of * count + kinds
    share = speaks / np.maximum(np.bincount(alike, speaks)[alike], 1.0)
    a, b = beside.T
    curve = np.zeros((count, count))
    np.add.at(curve, (kinds[a], kinds[b]), bend * share[a] * share[b])
    slope = np.bincount(kinds, helped * share, count)
    of_kind = np.linalg.solve(curve + KIND_PENALTY * np.eye(count), slope)
    return np.asarray(np.clip(of_kind, 0.0, 1.0)[kinds] * share)


def _solved(helped: Floats, curve: Floats, usual: Floats) -> Floats:
    """Trust in the voices of one space; who would count too little is left out, the worst first."""
    heard, trust = np.diag(curve) > 0, np.zeros(len(helped))
    while heard.any():
        bent = curve[np.ix_(heard, heard)] + OWN_PENALTY * np.eye(int(heard.sum()))
        trust[:] = 0.0
        trust[heard] = np.linalg.solve(bent, (helped + OWN_PENALTY * usual)[heard])
        weak = np.where(heard, trust, np.inf)
        if weak.min() >= LEAST:
            break
        heard[weak.argmin()] = False
        trust[:] = 0.0
    return trust
