"""What was heard between two steps."""

import numpy as np

from occupancy.heard import gathered

NEW = [(3, 1, -50.0, 1), (0, 0, -70.0, 5), (3, 1, -54.0, 9), (3, 0, -60.0, 2), (7, 2, -80.0, 3)]


def test_several_sightings_of_one_tag_and_scanner_are_one_mean():
    """With the time of the newest, in the order of tags."""
    heard = gathered(NEW)
    assert heard.rows.tolist() == [0, 3, 3, 7]
    assert heard.scanners.tolist() == [0, 0, 1, 2]
    assert heard.strength_db.tolist() == [-70.0, -60.0, -52.0, -80.0]
    assert heard.event_ms.tolist() == [5, 2, 9, 3]


def test_the_order_of_arrival_makes_no_difference():
    """Sorted or not, the columns are the same."""
    one, other = gathered(NEW), gathered(NEW[::-1])
    assert one.strength_db.tolist() == other.strength_db.tolist()
    assert one.event_ms.tolist() == other.event_ms.tolist()


def test_nothing_heard_is_empty_columns():
    """No sighting, no error."""
    nothing = gathered([])
    assert len(nothing.rows) == len(nothing.strength_db) == 0
    [batch] = nothing.batches(np.array([0, 1]), 5)
    assert (batch.rows.tolist(), batch.at.tolist()) == ([0, 1], [])


def test_batches_follow_the_order_that_is_asked_for():
    """Each holds its tags, and what was heard of them with the number of the tag in it."""
    one, other = gathered(NEW).batches(np.array([7, 5, 3, 0]), 3)
    assert (one.rows.tolist(), other.rows.tolist()) == ([7, 5, 3], [0])
    assert (one.heard.rows.tolist(), one.at.tolist()) == ([7, 3, 3], [0, 2, 2])
    assert (other.heard.scanners.tolist(), other.at.tolist()) == ([0], [0])


def test_dense_strengths_have_holes():
    """A row a tag, a column a scanner, NaN where nothing was heard."""
    [batch] = gathered(NEW).batches(np.array([7, 3, 0]), 3)
    dense = batch.dense(3)
    assert np.isnan(dense).sum() == 5
    assert dense[1].tolist()[:2] == [-60.0, -52.0]
