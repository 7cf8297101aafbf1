"""Forgetting does not depend on how often it is looked at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.office import OFFICE, START_MS

from occupancy.belief import kept, probability
from occupancy.likelihood import Likelihood
from occupancy.watch import Watch

seconds = st.floats(0, 20_000)
half_lives = st.floats(1, 100_000)
nats = st.floats(-50, 50)


def relaxed(said, *steps):
    """What dead boards said, after some steps of time."""
    watch = Watch(OFFICE, Likelihood())
    watch.belief.said[~watch.is_motion] = said
    for elapsed_s in steps:
        watch.advance(elapsed_s, START_MS)
    return watch.belief.said


@given(seconds, half_lives)
def test_two_times_once_is_once_twice(elapsed_s, half_life_s):
    """What is kept after 2t is what is kept after t, of what is kept after t."""
    once = kept(elapsed_s, half_life_s)
    assert kept(2 * elapsed_s, half_life_s) == pytest.approx(once * once, rel=1e-9, abs=1e-300)


@given(seconds, half_lives)
def test_evidence_never_grows_by_waiting(elapsed_s, half_life_s):
    """Kept is between nothing and all."""
    assert 0.0 <= kept(elapsed_s, half_life_s) <= 1.0


@given(nats, seconds)
def test_belief_relaxes_alike_in_one_step_and_in_two(said, elapsed_s):
    """Over all spaces at once."""
    once, twice = relaxed(said, 2 * elapsed_s), relaxed(said, elapsed_s, elapsed_s)
    assert np.allclose(once, twice, rtol=1e-9, atol=1e-12)


@given(st.lists(nats, min_size=1, max_size=9))
def test_probability_is_in_order_and_in_range(values):
    """More nats are never less likely."""
    ordered = probability(np.array(sorted(values)))
    assert ((ordered >= 0) & (ordered <= 1)).all()
    assert (np.diff(ordered) >= 0).all()
