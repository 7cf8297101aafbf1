"""The arithmetic of belief."""

import numpy as np
import pytest

from occupancy.belief import Belief, kept, probability


def belief():
    """Two spaces, three pairs: two speak of the first, one of the second."""
    return Belief(np.array([0, 0, 1]), np.array([-1.0, -2.0]))


def test_evidence_halves_in_its_half_life():
    """After one half-life half is left, after two a quarter."""
    assert kept(60, 60) == pytest.approx(0.5)
    assert kept(120, 60) == pytest.approx(0.25)


def test_evidence_from_the_future_is_whole():
    """A negative age does not make evidence stronger."""
    assert kept(-5, 60) == 1.0


@pytest.mark.parametrize("half_life_s", [0.0, -1.0])
def test_a_half_life_is_positive(half_life_s):
    """A half-life of nothing is refused, with what was found."""
    with pytest.raises(ValueError, match=f"positive, found {half_life_s}"):
        kept(1.0, half_life_s)


def test_probability_of_even_odds_is_a_half():
    """Log-odds of 0 are a half, and opposite log-odds add up to one."""
    p = probability(np.array([0.0, 2.0, -2.0]))
    assert p[0] == 0.5
    assert p[1] + p[2] == pytest.approx(1.0)


def test_belief_without_evidence_is_the_prior():
    """Nothing said, nothing added."""
    assert belief().log_odds().tolist() == [-1.0, -2.0]


def test_belief_is_the_sum_of_who_said_what():
    """Prior, channels and badges add up, each in its own space."""
    known = belief()
    known.said[:] = (0.5, 1.5, -1.0)
    known.badge[1] = 2.0
    assert known.log_odds().tolist() == [1.0, -1.0]


def test_one_space_alone_is_the_same_as_in_all():
    """The quick way for one space and the step over all agree."""
    known = belief()
    known.said[:] = (0.5, 1.5, -1.0)
    known.badge[0] = 0.25
    alone = [known.log_odds_of(0, np.array([0, 1])), known.log_odds_of(1, np.array([2]))]
    assert alone == known.log_odds().tolist()


def test_a_space_without_sensors_keeps_its_prior():
    """No pair, no evidence, no error."""
    known = Belief(np.array([], dtype=np.int64), np.array([-1.0]))
    assert known.log_odds().tolist() == [-1.0]
