"""Learning: what is simulated is found again, and names are no evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.mmpp import lived
from support.site import ROOMS, WALKER, building, entries, walk

from occupancy.estimator import Estimator
from occupancy.learning.expectation import learned
from occupancy.learning.learn import learn
from occupancy.rates import MOTION, ROOM, Habits, Rates

TRUE = Rates((0.0005, 0.06, 0.004), (0.12, 0.09, 0.12))
OFFICE_DAY = Habits(1 / 1200, 1 / 300, 1 / 60, 1 / 240)
seeds = st.integers(0, 10_000)


@settings(max_examples=4)
@given(seeds)
def test_labels_bring_out_the_rates(seed):
    """From a labelled day and a half, each rate is found within a factor of three."""
    seen, _ = lived(OFFICE_DAY, TRUE, seed, hours=36, labelled=True)
    [found], habits = learned([seen], [MOTION], ROOM)
    assert ratio(found.start_per_s, TRUE.start_per_s) < 3
    assert ratio(found.end_per_s, TRUE.end_per_s) < 2
    assert ratio(habits_of(habits), habits_of(OFFICE_DAY)) < 3


@settings(max_examples=4)
@given(seeds)
def test_states_keep_their_roles_without_any_label(seed):
    """Nobody starts a channel less than somebody still, and they less than somebody moving."""
    seen, _ = lived(OFFICE_DAY, TRUE, seed, hours=24, labelled=False)
    [found], _ = learned([seen], [MOTION], ROOM)
    nobody, moving, still = found.start_per_s
    assert moving > 2 * still
    assert still > nobody
    assert ratio([moving], [TRUE.start_per_s[1]]) < 3


@settings(max_examples=4)
@given(seeds)
def test_learning_ends_in_numbers_that_can_be_used(seed):
    """Above zero and finite, also from an hour in which hardly anything happened."""
    seen, _ = lived(OFFICE_DAY, TRUE, seed, hours=1, labelled=bool(seed % 2))
    [found], habits = learned([seen], [MOTION], ROOM)
    values = np.array([*found.start_per_s, *found.end_per_s, *habits_of(habits)])
    assert np.isfinite(values).all()
    assert (values > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_names_of_sources_change_no_answer(seed):
    """With all boards renamed, so that they sort the other way, the same is said."""
    told = [said(seed, rename) for rename in (str, {"b1": "z", "b2": "m", "b3": "a"}.get)]
    for one, other in zip(*told, strict=True):
        assert one[0] == other[0]
        assert one[1] == pytest.approx(other[1], abs=1e-3)


def said(seed, rename):
    """Place of the walker and chances of all spaces, second by second."""
    learned_site = learn([walk(seed, rename=rename)])
    estimator = Estimator(building(learned_site, rename), learned_site)
    told = []
    for entry in entries(("den", "hall", "heath", "hall"), seed + 50, rename):
        estimator.tick(entry.received_ms)
        estimator.fold([entry])
        found = estimator.whereabouts().get(WALKER)
        chances = estimator.opinion.occupied().tolist()
        told.append((found.place if found else None, chances))
    assert {place for place, _ in told} >= set(ROOMS)
    return told


def ratio(found, true):
    """The largest factor by which two lists of numbers differ."""
    return float(np.exp(np.abs(np.log(np.array(found) / np.array(true))).max()))


def habits_of(habits):
    """As a list."""
    return [habits.enter_per_s, habits.leave_per_s, habits.settle_per_s, habits.stir_per_s]
