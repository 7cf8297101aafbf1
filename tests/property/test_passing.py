"""Comings next door only take, no more than themselves, and never from who moves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.fold import Believer
from support.office import OFFICE

from occupancy.belief import LEAST, Belief
from occupancy.leavings import Leavings
from occupancy.neighbours import floors
from occupancy.passing import Passing
from occupancy.rates import default_habits

SPACES = len(OFFICE.spaces)
[FLOOR] = floors(OFFICE)
weights = st.lists(st.floats(0.01, 1.0), min_size=3 * SPACES, max_size=3 * SPACES)
parts = st.lists(st.floats(0.0, 1.0), min_size=SPACES, max_size=SPACES)


def passing_of(chances, left):
    """A belief with these chances, of which a part has just left."""
    belief = Belief([default_habits(space.kind) for space in OFFICE.spaces])
    belief.p = np.array(chances).reshape(3, SPACES)
    belief.p /= belief.p.sum(axis=0)
    passing = Passing(OFFICE, Leavings(belief))
    passing.left[:] = np.array(left) * belief.p[0]
    passing.came[:] = 0.5 * belief.p[1]
    return belief, passing


@given(weights, parts, st.sampled_from(FLOOR.spaces.tolist()), st.floats(1.0, 200.0))
def test_a_coming_takes_no_more_than_itself(chances, left, space, likelihood):
    """No chance rises, all that go are at most the gain, and other spaces stay as they are."""
    belief, passing = passing_of(chances, left)
    was = belief.p[:, space].copy()
    belief.weigh(space, np.array([1.0, likelihood, 0.1 * likelihood]))
    before, came = belief.occupied, passing.came[space]
    passing.weigh(space, was)
    fell = before - belief.occupied
    assert fell.min() >= -2 * LEAST
    assert fell.sum() <= max(passing.came[space] - came, 0.0) + 2 * LEAST * SPACES
    others = np.setdiff1d(np.arange(SPACES), FLOOR.spaces)
    assert not fell[[space, *others]].any()
    assert (passing._leavings.nats <= 0.0).all()


@given(st.lists(st.sampled_from(["r1/pir", "d1/pir-2", "d2/pir"]), min_size=1, max_size=30))
def test_a_desk_that_keeps_moving_stays_occupied(comings):
    """However many come elsewhere."""
    office = Believer()
    office.motion("d1/pir-1", on=True)
    for sensor in comings:
        office.motion(sensor, on=True)
        office.live(5, "d1", "d2", "r1")
        for name in (sensor, "d1/pir-1"):
            office.motion(name, on=False)
        office.motion("d1/pir-1", on=True)
        office.live(5, "d1", "d2", "r1")
    assert office.estimator.opinion.belief.occupied[OFFICE.index["desk-1"]] > 0.9
