"""Strengths averaged over the last few seconds."""

import numpy as np
import pytest

from occupancy.smoothing import FORGOTTEN, TIME_S, Smoothing

ROWS = np.array([0])


def taken(smoothing, *strength_db, elapsed_s=1.0):
    """The means after one more step."""
    smoothing.take(ROWS, np.array([strength_db]), elapsed_s)
    return smoothing.mean_db(ROWS)[0]


def test_the_first_strength_is_the_mean():
    """And what was not heard has none."""
    mean = taken(Smoothing(1, 2), -50.0, np.nan)
    assert mean[0] == -50.0
    assert np.isnan(mean[1])


def test_newer_strengths_count_more():
    """The mean lies nearer to the last one."""
    smoothing = Smoothing(1, 1)
    taken(smoothing, -50.0)
    [mean] = taken(smoothing, -60.0)
    assert -60.0 < mean < -55.0


def test_silence_keeps_the_mean_for_a_while_and_no_longer():
    """Nothing new does not change a mean, until it is forgotten."""
    smoothing = Smoothing(1, 1)
    taken(smoothing, -50.0)
    assert taken(smoothing, np.nan, elapsed_s=TIME_S) == pytest.approx(-50.0)
    assert np.isnan(taken(smoothing, np.nan, elapsed_s=-TIME_S * np.log(FORGOTTEN)))


def test_two_short_steps_are_one_long_one():
    """How often time is looked at makes no difference."""
    once, twice = Smoothing(1, 1), Smoothing(1, 1)
    for smoothing in (once, twice):
        taken(smoothing, -50.0)
    taken(twice, np.nan, elapsed_s=1.0)
    [a] = taken(once, -70.0, elapsed_s=2.0)
    [b] = taken(twice, -70.0, elapsed_s=1.0)
    assert a == pytest.approx(b, rel=1e-5)


def test_only_the_tags_that_are_named_grow_older():
    """Other rows stay as they were."""
    smoothing = Smoothing(2, 1)
    smoothing.take(np.array([0, 1]), np.array([[-50.0], [-60.0]]), 1.0)
    before = smoothing.weight[1].copy()
    taken(smoothing, np.nan)
    assert smoothing.weight[1] == before
