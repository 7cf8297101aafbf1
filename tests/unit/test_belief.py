"""The arithmetic of belief."""

import msgspec
import numpy as np
import pytest

from occupancy.belief import AT_FIRST, LEAST, MOVING, NOBODY, STILL, Belief, log_odds, probability
from occupancy.rates import DESK, ROOM

QUIET = np.zeros((2, 2))
"""A hush that says nothing."""


@pytest.fixture
def belief():
    """A desk and a room."""
    return Belief([DESK, ROOM])


def test_probability_of_even_odds_is_a_half():
    """Log-odds of 0 are a half, and opposite log-odds add up to one."""
    p = probability(np.array([0.0, 2.0, -2.0]))
    assert p[0] == 0.5
    assert p[1] + p[2] == pytest.approx(1.0)


def test_log_odds_undo_probability_and_are_bounded():
    """There and back is the same, and certainty is finite."""
    nats = np.array([-3.0, 0.0, 3.0])
    assert log_odds(probability(nats)) == pytest.approx(nats)
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


def test_at_first_nobody_is_ruled_out(belief):
    """Before anything was heard somebody is at least so likely, also where few people come."""
    assert belief.p.sum(axis=0) == pytest.approx(1.0)
    assert (belief.occupied >= AT_FIRST - 1e-9).all()


def test_without_evidence_belief_goes_to_the_usual(belief):
    """And stays there: the chances are those of the habits."""
    for _ in range(2_000):
        belief.advance(5.0, QUIET)
    assert belief.p == pytest.approx(belief.usual(), abs=0.01)


def test_a_space_that_is_entered_more_often_is_likelier_in_use():
    """Habits make the prior."""
    often = msgspec.structs.replace(DESK, enter_per_s=5 * DESK.enter_per_s)
    assert Belief([often]).occupied[0] > Belief([DESK]).occupied[0]


def test_evidence_returns_to_the_usual_when_nothing_is_said(belief):
    """What was certain once is doubted more and more while nobody knows."""
    usual = 1.0 - belief.usual()[NOBODY]
    belief.weigh(0, np.array([1e-9, 1.0, 1.0]))
    seen = []
    for _ in range(20):
        seen.append(float(belief.occupied[0]))
        belief.advance(600.0, QUIET)
    assert seen[0] > 0.99
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == pytest.approx(usual[0], abs=0.01)


def test_a_hush_speaks_against_somebody(belief):
    """Nothing that would have happened with somebody there makes nobody likelier."""
    alone = Belief([DESK, ROOM])
    alone.advance(60.0, QUIET)
    belief.advance(60.0, np.array([[-0.1, 0.0], [-0.01, 0.0]]))
    assert belief.occupied[0] < alone.occupied[0]
    assert belief.occupied[1] == pytest.approx(alone.occupied[1])


def test_somebody_still_outlasts_somebody_moving(belief):
    """After a hush that argues against motion, who is left is still."""
    belief.weigh(0, np.array([1e-9, 1.0, 1e-9]))
    belief.advance(30.0, np.array([[-0.1, 0.0], [-0.001, 0.0]]))
    assert belief.p[STILL, 0] > belief.p[MOVING, 0]


def test_nobody_leaves_without_moving():
    """Somebody still leaves later than somebody who moves."""
    moving, still = Belief([DESK]), Belief([DESK])
    moving.weigh(0, np.array([1e-9, 1.0, 1e-9]))
    still.weigh(0, np.array([1e-9, 1e-9, 1.0]))
    for known in (moving, still):
        known.advance(20.0, np.zeros((2, 1)))
    assert still.occupied[0] > moving.occupied[0]


def test_evidence_about_one_space_leaves_the_others(belief):
    """Only its own column moves."""
    before = belief.p[:, 1].copy()
    belief.weigh(0, np.array([1.0, 9.0, 9.0]))
    assert belief.p[:, 1].tolist() == before.tolist()


def test_who_is_seen_to_go_is_gone(belief):
    """What is kept of somebody is a part, and the rest is nobody."""
    belief.weigh(0, np.array([1e-9, 1.0, 1.0]))
    before = float(belief.occupied[0])
    belief.leave(np.array([0]), np.array([0.25]))
    assert belief.occupied[0] == pytest.approx(before / 4, rel=1e-3)
    assert belief.p[:, 0].sum() == pytest.approx(1.0)


def test_no_state_is_ever_impossible(belief):
    """However strong the evidence, some doubt is left, so that it can be overruled."""
    belief.weigh(0, np.array([0.0, 1.0, 0.0]))
    belief.advance(3600.0, np.full((2, 2), -50.0))
    assert belief.p.min() > LEAST / 2
    assert belief.p[NOBODY].max() > 0.99


def test_a_month_is_one_step(belief):
    """A long pause takes a bounded number of steps and ends in a distribution."""
    belief.advance(30 * 86_400.0, np.full((2, 2), -0.05))
    assert belief.p.sum(axis=0) == pytest.approx(1.0)
    assert (belief.occupied < 0.05).all()


def test_a_building_without_spaces_has_no_belief():
    """No space, no error."""
    empty = Belief([])
    empty.advance(1.0, np.zeros((2, 0)))
    assert empty.occupied.shape == (0,)


@pytest.mark.parametrize("hush", [(0.0, 0.0), (-0.03, -0.003), (0.3, 0.2), (-3.0, 0.5)])
def test_all_seconds_ahead_are_those_that_come_one_by_one(belief, hush):
    """To the last of an hour; and looking ahead changes nothing."""
    before = belief.p.copy()
    ahead = belief.ahead(1, 3600, np.array(hush))
    assert (belief.p == before).all()
    for second in range(3600):
        belief.advance(1.0, np.array([[0.0, hush[0]], [0.0, hush[1]]]))
        assert ahead[:, second] == pytest.approx(belief.p[:, 1], rel=1e-3, abs=LEAST)
