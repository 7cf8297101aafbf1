"""Points and places, and how chances move between them."""

import numpy as np
import pytest

from occupancy.layout import Layout
from occupancy.walking import MOST, Walking

LAYOUT = Layout(("den", "hall"), np.array([0, 0, 0, 1]), np.array([0.5, 0.25, 0.25, 1.0]))
ENTER = np.array([[0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]])
WAY = np.array([[0.0, 1.0], [1.0, 0.0]])
LEAVE_PER_S = np.array([0.1, 0.02])


def walked(walking, p, elapsed_s=1.0, window=None):
    """The chances of one tag after some time, in a window or in the whole."""
    whole = walking.layout.window(np.arange(len(walking.layout.ids)))
    start = np.array([p], dtype=float)
    found = walking.walked(start, np.array([[elapsed_s]]), window or whole)
    assert start.tolist() == [p]
    return found[0]


def test_places_gather_their_points():
    """Sums over the points of each place, along the last axis."""
    assert LAYOUT.starts.tolist() == [0, 3]
    assert LAYOUT.gathered(np.array([[0.1, 0.2, 0.3, 0.4]])) == pytest.approx(
        np.array([[0.6, 0.4]])
    )


def test_who_leaves_arrives_where_the_way_leads():
    """From the den to the hall, from the hall to one corner of the den."""
    still = Walking(LAYOUT, 0.0, LEAVE_PER_S, ENTER, WAY)
    assert walked(still, [1.0, 0.0, 0.0, 0.0]) == pytest.approx([0.9, 0.0, 0.0, 0.1])
    assert walked(still, [0.0, 0.0, 0.0, 1.0]) == pytest.approx([0.0, 0.02, 0.0, 0.98])


def test_who_roams_keeps_to_the_place():
    """Points of one place share, by how much of it they stand for."""
    roaming = Walking(LAYOUT, 0.4, np.zeros(2), ENTER, WAY)
    assert walked(roaming, [1.0, 0.0, 0.0, 0.0]) == pytest.approx([0.8, 0.1, 0.1, 0.0])


def test_who_roams_goes_where_the_matrix_says():
    """Where calibration knows which points lie near each other, place by place."""
    step = np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    roaming = Walking(LAYOUT, 0.4, np.zeros(2), ENTER, WAY, [step, np.ones((1, 1))])
    assert walked(roaming, [1.0, 0.0, 0.0, 0.0]) == pytest.approx([0.6, 0.4, 0.0, 0.0])
    assert walked(roaming, [0.0, 0.0, 0.0, 1.0]) == pytest.approx([0.0, 0.0, 0.0, 1.0])


@pytest.mark.parametrize("elapsed_s", [0.0, 1.0, 7.0, 1e6])
def test_no_chance_is_lost_or_made(elapsed_s):
    """However long it was, chances sum to what they were, and no more than a part has moved."""
    walking = Walking(LAYOUT, 0.3, LEAVE_PER_S, ENTER, WAY)
    after = walked(walking, [0.4, 0.3, 0.2, 0.1], elapsed_s)
    assert after.sum() == pytest.approx(1.0)
    assert after.min() >= 0
    assert walked(walking, [0.0, 0.0, 0.0, 1.0], elapsed_s)[3] >= 1 - MOST


def test_who_enters_anywhere_is_anywhere_in_the_place():
    """By the share of each spot, where no spot is known to be the way in."""
    still = Walking(LAYOUT, 0.0, LEAVE_PER_S, None, WAY)
    assert walked(still, [0.0, 0.0, 0.0, 1.0]) == pytest.approx([0.01, 0.005, 0.005, 0.98])


def test_comers_are_those_who_left_elsewhere():
    """By place, whatever the spot."""
    walking = Walking(LAYOUT, 0.0, LEAVE_PER_S, ENTER, WAY)
    assert walking.comes(np.array([[0.0, 1.0]]), np.array([[2.0]])) == pytest.approx(
        np.array([[0.04, 0.0]])
    )


def test_within_a_window_people_walk_as_in_the_whole():
    """What is left out is lost, all else is the same."""
    layout = Layout(("den", "hall", "attic"), np.array([0, 1, 1, 2]), np.array([1, 0.5, 0.5, 1]))
    way = np.array([[0.0, 0.8, 0.2], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    whole = Walking(layout, 0.1, np.array([0.1, 0.2, 0.3]), None, way)
    window = layout.window(np.array([0, 1]))
    assert (window.points.tolist(), window.layout.ids) == ([0, 1, 2], ("den", "hall"))
    some = walked(whole, [0.5, 0.5, 0.0], window=window)
    assert some == pytest.approx(walked(whole, [0.5, 0.5, 0.0, 0.0])[:3])
    assert some.sum() == pytest.approx(1 - 0.5 * 0.1 * 0.2)
