"""Belief under any sequence: a distribution, and forgetting as often as one likes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.office import OFFICE, START_MS

from occupancy.belief import Belief, log_odds, probability
from occupancy.rates import Habits, default_habits
from occupancy.watch import Watch, kept

seconds = st.floats(0, 20_000)
half_lives = st.floats(1, 100_000)
nats = st.floats(-50, 50)
rates_per_s = st.floats(1e-5, 0.1)
habits = st.builds(Habits, rates_per_s, rates_per_s, rates_per_s, rates_per_s)
likelihoods = st.tuples(*(st.floats(1e-12, 1e3) for _ in range(3)))
hushes = st.tuples(st.floats(-5, 5), st.floats(-5, 5))
acts = st.one_of(
    st.tuples(st.just("weigh"), likelihoods),
    st.tuples(st.just("advance"), st.tuples(seconds, hushes)),
    st.tuples(st.just("leave"), st.floats(0, 1)),
)


def relaxed(said, *steps):
    """What dead boards said, after some steps of time."""
    watch = Watch(OFFICE)
    watch.said[:] = said
    belief = Belief([default_habits(s.kind) for s in OFFICE.spaces])
    for elapsed_s in steps:
        watch.advance(elapsed_s, watch.alive(START_MS), belief)
    return watch.said


@given(seconds, half_lives)
def test_two_times_once_is_once_twice(elapsed_s, half_life_s):
    """What is kept after 2t is what is kept after t, of what is kept after t."""
    once = kept(elapsed_s, half_life_s)
    assert kept(2 * elapsed_s, half_life_s) == pytest.approx(once * once, rel=1e-9, abs=1e-300)


@given(seconds, half_lives)
def test_evidence_never_grows_by_waiting(elapsed_s, half_life_s):
    """Kept is between nothing and all."""
    assert 0.0 <= kept(elapsed_s, half_life_s) <= 1.0


@given(st.floats(-5, 5), seconds)
def test_what_was_said_relaxes_alike_in_one_step_and_in_two(said, elapsed_s):
    """Over all channels at once."""
    once, twice = relaxed(said, 2 * elapsed_s), relaxed(said, elapsed_s, elapsed_s)
    assert np.allclose(once, twice, rtol=1e-9, atol=1e-12)


@given(st.lists(nats, min_size=1, max_size=9))
def test_probability_is_in_order_and_in_range(values):
    """More nats are never less likely, and log-odds go back in order."""
    ordered = probability(np.array(sorted(values)))
    assert ((ordered >= 0) & (ordered <= 1)).all()
    assert (np.diff(ordered) >= 0).all()
    assert (np.diff(log_odds(ordered)) >= 0).all()


@given(habits, st.lists(acts, max_size=20))
def test_belief_stays_a_distribution(how, sequence):
    """Whatever comes in whatever order, chances sum to one and none is nothing."""
    belief = Belief([how, how])
    for act, what in sequence:
        match act:
            case "weigh":
                belief.weigh(0, np.array(what))
            case "advance":
                elapsed_s, hush = what
                belief.advance(elapsed_s, np.array([[hush[0], 0.0], [hush[1], 0.0]]))
            case "leave":
                belief.leave(np.array([1]), np.array([what]))
        assert np.isfinite(belief.p).all()
        assert belief.p.sum(axis=0) == pytest.approx(1.0)
        assert belief.p.min() > 0
        assert np.isfinite(log_odds(belief.occupied)).all()
