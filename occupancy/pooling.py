"""Pooling: rates and habits from expected counts, each shrunk towards those of its kind.

Owns the arithmetic of gamma priors in two layers: what is assumed, then the building's channels or
spaces of one kind, then each by itself.

Source: empirical Bayes of Poisson rates with gamma priors, Gelman et al. 2013 (Bayesian Data
Analysis, 3rd edition, section 2.7); the numbers are our choice, decision 0015.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats

KIND_EVENTS = 10.0
"""What is assumed of a kind counts as much as so many events."""
OWN_EVENTS = 20.0
"""What is known of its kind counts for each channel or space as much as so many events."""


Groups = list[NDArray[np.int64]]
"""Positions of the members of each kind."""


def alike(kinds: Sequence[Hashable]) -> Groups:
    """The members of each kind, kinds in the order in which they first come.

    Args:
        kinds: Of each member; members of a kind are assumed to be alike.

    >>> [mine.tolist() for mine in alike(["desk", "room", "desk"])]
    [[0, 2], [1]]
    """
    found: dict[Hashable, list[int]] = {}
    for member, kind in enumerate(kinds):
        found.setdefault(kind, []).append(member)
    return [np.array(mine, dtype=np.int64) for mine in found.values()]


def pooled(events: Floats, seconds: Floats, assumed: Floats, groups: Groups) -> Floats:
    """Rates a second of each member.

    Args:
        events: Expected events, shape ``(..., members)``.
        seconds: In which they might have come, the same shape.
        assumed: Rates without any history, the same shape, above zero.
        groups: Members that are assumed to be alike; each member is in one.

    Returns:
        The same shape.

    >>> one = np.array([[50.0, 0.0]])
    >>> pooled(one, np.array([[500.0, 0.0]]), np.array([[0.1, 0.1]]), alike("aa")).tolist()
    [[0.1, 0.1]]
    """
    found = np.empty_like(assumed)
    for mine in groups:
        usual = assumed[..., mine].mean(axis=-1)
        alike = _rate(events[..., mine].sum(-1), seconds[..., mine].sum(-1), usual, KIND_EVENTS)
        scale = (alike / usual)[..., None] * assumed[..., mine]
        found[..., mine] = _rate(events[..., mine], seconds[..., mine], scale, OWN_EVENTS)
    return found


def _rate(events: Floats, seconds: Floats, assumed: Floats, weight: float) -> Floats:
    return np.asarray((events + weight) / (seconds + weight / assumed))
