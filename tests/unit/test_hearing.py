"""What each scanner says for each point, alone and together."""

import numpy as np
import pytest

from occupancy.ears import DEAF_NATS, Ears
from occupancy.hearing import Errors, Hearing
from occupancy.joint import LEAST_NATS, NATS_PER_S, Joint
from occupancy.radio_map import JointMap

STRENGTH_DB = np.array([[-10.0, -30.0], [-30.0, -10.0]], dtype=np.float32)
HEARD = np.array([[0.9, 0.1], [0.1, 0.9]])
OFFSETS_DB, OFFSET_P = np.array([-5.0, 0.0, 5.0]), np.array([0.2, 0.5, 0.3])
PLAIN = Errors(spread_db=5.0, outlier_nats=4.0)


def hearing(errors=PLAIN, **more):
    """Two scanners, each with a point of its own."""
    parts = {
        "scanners": {"a/ble": 0, "b/ble": 1},
        "boards": ("a", "b"),
        "strength_db": STRENGTH_DB,
        "loudest_db": np.full(2, np.inf),
        "errors": errors,
        "heard_nats_per_s": np.log(HEARD),
        "silent_nats_per_s": np.log(1 - HEARD),
        "silent_after_s": 0.0,
        "silence_nats_per_s": np.log(1 - HEARD),
        "always_listens": True,
        "offsets_db": np.array([0.0]),
        "offset_p": np.array([1.0]),
    }
    return Hearing(**(parts | more))


def says(what, strength_db, before_db=np.nan, age_s=1.0, offset_db=0.0, scanner=0):
    """What one strength at a scanner says of both points."""
    said = what.says(
        np.array([scanner]),
        np.array([strength_db]),
        np.array([before_db]),
        np.array([age_s]),
        np.arange(2),
    )
    return said.nats(np.array([0]), offset_db, np.ones((1, 1)))[0]


def test_a_strength_speaks_for_the_point_where_it_is_expected():
    """And against the other, by how many spreads it is off, down to a bound."""
    assert says(hearing(), -10.0) == pytest.approx([0.0, -4.0])
    assert says(hearing(), -15.0) == pytest.approx([-0.5, -4.0])
    assert says(hearing(), -20.0) == pytest.approx([-2.0, -2.0])


def test_a_stronger_tag_is_expected_stronger():
    """An offset moves all that is expected."""
    assert says(hearing(), 0.0, offset_db=10.0) == pytest.approx(says(hearing(), -10.0))


def test_louder_than_the_loudest_counts_as_that():
    """Where a plan bounds how loud a tag may be, also with an offset."""
    bounded = hearing(loudest_db=np.array([-5.0, -5.0]))
    assert says(bounded, 40.0) == pytest.approx(says(hearing(), -5.0))
    assert says(bounded, 40.0, offset_db=10.0) == pytest.approx(says(hearing(), -5.0))


def test_what_is_said_again_at_once_is_worth_little():
    """Errors that last: the second of two equal strengths says less, after a while as much."""
    lasting = hearing(Errors(5.0, 9.0, memory_s=10.0))
    at_once, later = says(lasting, -20.0, age_s=0.2), says(lasting, -20.0, age_s=100.0)
    assert abs(at_once[0]) < 0.1 * abs(later[0])
    assert later == pytest.approx(says(hearing(Errors(5.0, 9.0)), -20.0), rel=1e-3)


def test_only_what_is_new_in_a_strength_counts():
    """Errors that are alike: a strength that repeats the error before it proves less."""
    alike = hearing(Errors(5.0, 50.0, correlation=0.5))
    first, again = says(alike, -20.0), says(alike, -20.0, before_db=-20.0)
    assert first == pytest.approx([-2.0, -2.0])
    assert again == pytest.approx(first / 3, rel=1e-3)
    assert says(alike, -20.0, before_db=-20.0, age_s=60.0) == pytest.approx(first, rel=1e-3)


def test_offsets_turn_into_their_neighbours_and_keep_to_the_prior():
    """Nothing is lost, nothing jumps, and what is as likely as at first stays so."""
    turning = hearing(offsets_db=OFFSETS_DB, offset_p=OFFSET_P).turning
    assert turning.sum(axis=1) == pytest.approx(0.0, abs=1e-9)
    assert turning[0, 2] == 0.0 < turning[0, 1]
    assert OFFSET_P @ turning == pytest.approx(0.0, abs=1e-9)


def test_a_hearing_knows_its_boards():
    """Scanners of each board, and whether to be heard says anything."""
    assert hearing().scanners_of == {"a": [0], "b": [1]}
    assert hearing().minds_hearing
    assert not hearing(heard_nats_per_s=np.zeros((2, 2))).minds_hearing


def test_a_scanner_that_was_never_heard_does_not_work():
    """Where nobody tells how far it has listened; and a dead board's does not either."""
    ears = Ears(hearing())
    alive = {"a": True, "b": True}
    assert ears.working(alive).tolist() == [False, False]
    ears.hear(0, 5_000)
    assert ears.working(alive).tolist() == [True, False]
    assert ears.working({"b": True}).tolist() == [False, False]
    assert ears.listened_ms(9_000).tolist() == [9_000, 9_000]


def test_a_scanner_that_tells_has_listened_up_to_then():
    """Older news does not bring it back."""
    ears = Ears(hearing(always_listens=False))
    ears.tell(0, 5_000)
    ears.tell(0, 4_000)
    assert ears.listened_ms(9_000).tolist() == [5_000, 0]
    assert ears.working({"a": True, "b": True}).tolist() == [True, True]


def test_a_scanner_that_hears_nobody_near_it_is_deaf_until_it_hears():
    """Its silence about tags that are believed to be right there is too unlikely."""
    ears = Ears(hearing())
    ears.hear(0, 1)
    ears.hear(1, 1)
    seconds = 0
    while ears.working({"a": True, "b": True})[0]:
        ears.wonder(np.array([1.0, 0.0]), 1.0)
        seconds += 1
    assert seconds == pytest.approx(DEAF_NATS / np.log(9), abs=1.0)
    assert ears.working({"a": True, "b": True}).tolist() == [False, True]
    ears.hear(0, 60_000)
    assert ears.working({"a": True, "b": True}).tolist() == [True, True]


JOINT = Joint(
    JointMap([[-10.0, -30.0], [-30.0, -10.0]], [[25.0, 0.0], [0.0, 25.0]], [-60.0, -60.0])
)
BOTH = np.array([True, True])


def test_scanners_together_name_the_place_that_sounds_so():
    """The likeliest place has nothing against it, the other no more than a bound a second."""
    nats = JOINT.says(np.array([[-10.0, -30.0], [-20.0, -20.0]]), BOTH)
    assert nats[0, 0] == 0.0
    assert nats[0, 1] == pytest.approx(NATS_PER_S * LEAST_NATS)
    assert nats[1] == pytest.approx([0.0, 0.0])


def test_a_scanner_that_does_not_work_is_left_out():
    """Its silence would name the wrong place."""
    seen = np.array([[np.nan, -18.0]])
    assert JOINT.says(seen, BOTH)[0].argmax() == 1
    without = JOINT.says(np.array([[-18.0, np.nan]]), np.array([True, False]))[0]
    assert without.argmax() == 0
    assert JOINT.says(seen, np.array([False, False]))[0].tolist() == [0.0, 0.0]


def test_errors_that_go_together_are_known():
    """A body in the way weakens all scanners, which then says nothing of the place."""
    tied = Joint(
        JointMap([[-10.0, -10.0], [-20.0, -12.0]], [[50.0, 49.0], [49.0, 50.0]], [-60.0] * 2)
    )
    assert tied.says(np.array([[-20.0, -20.0]]), BOTH)[0].argmax() == 0
    loose = Joint(
        JointMap([[-10.0, -10.0], [-20.0, -12.0]], [[50.0, 0.0], [0.0, 50.0]], [-60.0] * 2)
    )
    assert loose.says(np.array([[-20.0, -20.0]]), BOTH)[0].argmax() == 1
