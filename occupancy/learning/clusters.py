"""Clusters: a room's windows of strengths split until each part is about one spot."""

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats

Labels = NDArray[np.int64]
ROUNDS = 20


def clusters(vectors: Floats, radius_db: float, most: int) -> Labels:
    """Which cluster each window belongs to, shape ``(windows,)``.

    Divisive: the widest cluster is cut in two along its longest axis until all are narrow.

    Args:
        vectors: Strengths in dB, shape ``(windows, scanners)``.
        radius_db: A cluster with a smaller root-mean-square distance a scanner stays whole.
        most: So many clusters at most.

    Source: principal direction divisive partitioning, Boley 1998 (Data Mining and Knowledge
    Discovery 2(4)), refined by 2-means.

    >>> clusters(np.array([[-50.0], [-51.0], [-49.0], [-80.0], [-81.0], [-79.0]]), 3.0, 9).tolist()
    [1, 1, 1, 0, 0, 0]
    """
    label = np.zeros(len(vectors), dtype=np.int64)
    whole: set[int] = set()
    while len(found := np.unique(label)) < most:
        wide = [
            (width, -c) for c in found if c not in whole if (width := _width(vectors, label, c))
        ]
        if not wide or max(wide)[0] < radius_db:
            break
        widest = -max(wide)[1]
        rows = np.flatnonzero(label == widest)
        upper = _halves(vectors[rows])
        if upper.all() or not upper.any():
            whole.add(widest)
            continue
        label[rows[upper]] = found.max() + 1
    return label


def _width(vectors: Floats, label: Labels, cluster: int) -> float:
    """Root-mean-square distance to the mean, dB a scanner; 0 for what is too few to cut."""
    mine = vectors[label == cluster]
    return float(np.sqrt(((mine - mine.mean(axis=0)) ** 2).mean())) if len(mine) >= 4 else 0.0


def _halves(vectors: Floats) -> NDArray[np.bool_]:
    """Two halves along the longest axis, then by the nearer mean, shape ``(windows,)``."""
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along = centred @ (axes[0] * np.sign(axes[0][np.abs(axes[0]).argmax()]))
    upper = along > np.median(along)
    for _ in range(ROUNDS):
        if upper.all() or not upper.any():
            break
        high, low = vectors[upper].mean(axis=0), vectors[~upper].mean(axis=0)
        nearer = ((vectors - high) ** 2).sum(axis=1) < ((vectors - low) ** 2).sum(axis=1)
        if (nearer == upper).all():
            break
        upper = nearer
    return np.asarray(upper)
