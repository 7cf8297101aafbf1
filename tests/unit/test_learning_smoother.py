"""The smoother: forward and backward over a whole recording, in blocks."""

import numpy as np
import pytest

from occupancy.learning.smoother import smoothed

STEP = np.array([[0.99, 0.01, 0.0], [0.05, 0.85, 0.1], [0.0, 0.1, 0.9]])


def one_by_one(step, seen):
    """The same, one time after the other."""
    ahead, back = [seen[0] / 3], [np.ones(3)]
    for likelihood in seen[1:]:
        now = ahead[-1] @ step * likelihood
        ahead.append(now / now.sum())
    for likelihood in seen[:0:-1]:
        later = step @ (likelihood * back[-1])
        back.append(later / later.sum())
    back.reverse()
    chance = np.array(ahead) * back
    moves = np.zeros((3, 3))
    for i in range(len(seen) - 1):
        pair = ahead[i][:, None] * step * (seen[i + 1] * back[i + 1])
        moves += pair / pair.sum()
    return chance / chance.sum(axis=1, keepdims=True), moves


@pytest.mark.parametrize("times", [1, 2, 3, 10, 200])
def test_blocks_give_what_one_time_after_the_other_gives(times):
    """However many times there are, and where labels all but forbid states."""
    seen = np.random.default_rng(times).random((times, 3)) ** 8 + 1e-12
    seen[times // 2 :, 0] *= 1e-6
    seen[: times // 3, 1:] *= 1e-6
    chance, moves = smoothed(STEP, seen)
    expected, expected_moves = one_by_one(STEP, seen)
    np.testing.assert_allclose(chance, expected, atol=1e-9)
    np.testing.assert_allclose(moves, expected_moves, atol=1e-9)


def test_evidence_that_shuts_out_all_but_one_state_is_survived():
    """Times that are all but certain one after the other leave finite chances."""
    seen = np.full((1000, 3), np.exp(-50.0))
    seen[np.arange(1000), np.arange(1000) // 7 % 3] = 1.0
    chance, moves = smoothed(STEP, seen)
    assert np.isfinite(chance).all()
    assert moves.sum() == pytest.approx(999)
