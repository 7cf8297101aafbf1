"""Stretches of equal values on a grid, and percentiles of delays."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from vrijplek.evaluation.events import Mask
from vrijplek.evaluation.grid import Codes

MIN_VISIT_S = 10.0
"""Shorter stays are not counted as visits."""


def changes(values: Codes | Mask) -> Codes:
    """Steps at which the value differs from that of the step before.

    >>> changes(np.array([1, 1, 2, 1])).tolist()
    [2, 3]
    """
    return np.flatnonzero(values[1:] != values[:-1]) + 1


def runs(values: Codes) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each stretch of equal values.

    >>> list(runs(np.array([1, 1, 2])))
    [(0, 2, 1), (2, 3, 2)]
    """
    if len(values):
        edges = [0, *changes(values).tolist(), len(values)]
        for start, end in pairwise(edges):
            yield start, end, int(values[start])


def percentile(values: Sequence[float], q: float) -> float:
    """A percentile; NaN of nothing."""
    return float(np.percentile(values, q)) if values else float("nan")


def share(part: float, whole: float) -> float:
    """Part of a whole; 0 of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of precision and recall."""
    return share(2 * precision * recall, precision + recall)
