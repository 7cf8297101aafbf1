"""Rates that are shrunk towards those of their kind."""

import numpy as np
import pytest

from occupancy.pooling import KIND_EVENTS, OWN_EVENTS, alike, pooled

ASSUMED = np.full(3, 0.01)
GROUPS = alike(["desk", "desk", "room"])


def test_without_history_all_is_as_assumed():
    """Nothing counted changes nothing."""
    assert pooled(np.zeros(3), np.zeros(3), ASSUMED, GROUPS) == pytest.approx(ASSUMED)


def test_much_evidence_is_believed():
    """A member that was seen for long has its own rate."""
    found = pooled(np.array([5e5, 0, 0]), np.array([1e6, 0, 0]), ASSUMED, GROUPS)
    assert found[0] == pytest.approx(0.5, rel=0.01)


def test_who_has_no_history_gets_that_of_its_kind():
    """A new desk is as the other desks, and no room learns of desks."""
    found = pooled(np.array([5e5, 0, 0]), np.array([1e6, 0, 0]), ASSUMED, GROUPS)
    assert found[1] == pytest.approx(0.5, rel=0.01)
    assert found[2] == pytest.approx(0.01)


def test_as_much_evidence_as_the_prior_goes_half_way():
    """The prior is worth its number of events."""
    seconds = np.array([0.0, 0.0, KIND_EVENTS / 0.01])
    alike = pooled(np.array([0.0, 0.0, 3 * KIND_EVENTS]), seconds, ASSUMED, GROUPS)[2]
    kind = 0.02
    own = (3 * KIND_EVENTS + OWN_EVENTS) / (KIND_EVENTS / 0.01 + OWN_EVENTS / kind)
    assert alike == pytest.approx(own)


def test_members_differ_from_each_other_as_far_as_they_were_seen():
    """Of two desks the one that starts more often has the higher rate, between own and pooled."""
    found = pooled(np.array([40.0, 10.0, 0.0]), np.full(3, 1000.0), ASSUMED, GROUPS)
    assert 0.01 < found[1] < found[0] < 0.04


def test_every_member_is_with_its_kind():
    """Once, wherever it stands."""
    groups = [mine.tolist() for mine in alike([("pir", 1.0), "door", ("pir", 1.0), ("pir", 0.5)])]
    assert groups == [[0, 2], [1], [3]]
