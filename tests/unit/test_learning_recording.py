"""Recordings: labels and readings in steps of a second."""

import numpy as np
import pytest
from support.office import START_MS

from occupancy.learning.recording import (
    NOWHERE,
    Recording,
    Stay,
    Use,
    channels_in,
    scanners_in,
)
from sensors.entry import Entry
from sensors.reading import Motion, Sighting
from sensors.tag import Tag

ONE, TWO = Tag("one"), Tag("two")


def at(second):
    """A time of the recording, ms UTC."""
    return START_MS + int(1000 * second)


def heard(second, tag=ONE, rssi_dbm=-69.0, sensor="a/ble"):
    return Entry("a", at(second), (Sighting(sensor, at(second), tag, rssi_dbm),))


def moved(second, on=True, sensor="a/pir"):
    return Entry("a", at(second), (Motion(sensor, at(second), on),))


ENTRIES = (heard(0.5), heard(0.9, rssi_dbm=-73.0), moved(1.5), heard(2.0, TWO), moved(3.0, False))
RECORDING = Recording(
    at(0),
    at(5),
    ENTRIES,
    (Stay(ONE, "den", at(0), at(2)), Stay(ONE, "hall", at(3), at(9)), Stay(TWO, "x", at(0), at(1))),
    (Use("den", at(0), at(2), 1.0), Use("den", at(2), at(4), 0.0)),
)


@pytest.mark.parametrize(
    ("second", "step"), [(-5, 0), (0, 0), (0.001, 1), (1, 1), (1.2, 2), (5, 5), (99, 5)]
)
def test_a_moment_belongs_to_the_step_that_ends_after_it(second, step):
    """What is outside belongs to the first or the last."""
    assert RECORDING.step_of(at(second)) == step
    assert RECORDING.steps == 6


def test_a_place_is_known_within_stays():
    """From the first moment of a stay to before its last; places not asked for are nowhere."""
    index = {"den": 0, "hall": 1}
    assert RECORDING.places_of(ONE, index).tolist() == [0, 0, NOWHERE, 1, 1, 1]
    assert RECORDING.places_of(TWO, index).tolist() == [NOWHERE] * 6
    assert RECORDING.tags == (ONE, TWO)


def test_a_count_is_known_where_somebody_says():
    """And unknown elsewhere, which is not nobody."""
    assert RECORDING.counts_of("den")[:4].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert np.isnan(RECORDING.counts_of("den")[4:]).all()
    assert np.isnan(RECORDING.counts_of("hall")).all()


def test_strengths_are_means_of_a_second():
    """Of one tag, relative to one metre, with holes where it was not heard."""
    strengths = RECORDING.strengths(ONE, {"a/ble": 0, "b/ble": 1})
    assert strengths[1].tolist()[0] == pytest.approx(-12.0)
    assert np.isnan(strengths).sum() == 11


def test_a_trigger_is_a_start_and_no_end():
    """An edge to off does not count."""
    assert RECORDING.triggers({"a/pir": 0})[:, 0].tolist() == [False, False, True] + [False] * 3


def test_columns_are_sorted_by_name():
    """Scanners that heard anybody and channels that ever started."""
    both = [
        RECORDING,
        Recording(at(0), at(1), (heard(0, sensor="0/ble"), moved(0, False, "b/pir"))),
    ]
    assert scanners_in(both) == {"0/ble": 0, "a/ble": 1}
    assert channels_in(both) == {"a/pir": 0}
