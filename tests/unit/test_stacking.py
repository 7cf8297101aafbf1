"""How far to trust several voices together."""

import numpy as np
import pytest

from occupancy.learning.stacking import LEAST_TRUST, fitted, trusted

TIMES = 4000


@pytest.fixture
def chance():
    """The same dice each time."""
    return np.random.default_rng(5)


def voice(chance, busy, nats):
    """Log-odds that are right: normal, with the likelihood ratio that they tell."""
    return np.where(busy, nats, -nats) / 2 + np.sqrt(nats) * chance.normal(size=len(busy))


def test_a_regression_finds_its_weights(chance):
    """Weights and bias that made the labels are found again."""
    design = np.column_stack([chance.normal(size=(TIMES, 2)), np.ones(TIMES)])
    true = np.array([1.5, -0.5, 0.3])
    busy = chance.random(TIMES) < 1 / (1 + np.exp(-design @ true))
    found = fitted(design, busy, np.full(3, 1e-6), np.zeros(3))
    assert found == pytest.approx(true, abs=0.15)


def test_independent_voices_that_are_right_are_believed(chance):
    """Log-odds add up, so each counts about in full."""
    busy = chance.random(TIMES) < 0.5
    motion, light = voice(chance, busy, 2.0), voice(chance, busy, 4.0)
    trust_motion, [trust], bias = trusted(motion, light[:, None], busy)
    assert trust_motion == pytest.approx(1.0, abs=0.15)
    assert trust == pytest.approx(1.0, abs=0.15)
    assert bias == pytest.approx(0.0, abs=0.2)


def test_what_misleads_is_left_out(chance):
    """A voice that says the opposite and one that says nothing get no trust, a good one keeps."""
    busy = chance.random(TIMES) < 0.5
    motion, light = voice(chance, busy, 2.0), voice(chance, busy, 4.0)
    voices = np.column_stack([-0.5 * light, light, chance.normal(size=TIMES)])
    _, trust, _ = trusted(motion, voices, busy)
    assert trust[0] == trust[2] == 0.0
    assert trust[1] > LEAST_TRUST


def test_motion_that_misleads_is_left_out_too(chance):
    """A PIR that follows a fan says nothing beside a light that follows people."""
    busy = chance.random(TIMES) < 0.5
    light = voice(chance, busy, 4.0)
    trust_motion, [trust], _ = trusted(-light, light[:, None], busy)
    assert trust_motion == 0.0
    assert trust > LEAST_TRUST


def test_without_evidence_motion_is_believed():
    """A minute of labels moves trust little from motion in full and nothing else."""
    busy = np.array([True, False] * 3)
    trust_motion, [trust], bias = trusted(np.zeros(6), np.zeros((6, 1)), busy)
    assert (trust_motion, trust) == (1.0, 0.0)
    assert bias == pytest.approx(0.0, abs=1e-6)
