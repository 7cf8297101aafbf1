"""How surely a place is told, by stays that were held out of the walk."""

from dataclasses import replace

import numpy as np
import pytest
from support.office import START_MS
from support.site import ROOMS, walk

from occupancy.answers import Answers
from occupancy.ground import ground_of_map
from occupancy.learning.radio_map import learn_radio_map
from occupancy.learning.recording import Recording
from occupancy.learning.sureness import FOLDS, LEAST, HeldOut, learn_sureness, sureness_of
from occupancy.tracker import Tracker

WRONG, RIGHT = HeldOut(60.0, 0.0), HeldOut(60.0, 60.0)


@pytest.fixture(scope="module")
def recording():
    """A walk through the small site."""
    return walk()


def renamed(recording):
    """The same walk, of which whoever wrote down the later half mixed up two rooms."""
    half_ms = START_MS + (recording.end_ms - START_MS) // 2
    other = {"den": "hall", "hall": "den", "heath": "heath"}
    stays = tuple(
        replace(stay, place=other[stay.place]) if stay.begin_ms >= half_ms else stay
        for stay in recording.stays
    )
    return replace(recording, stays=stays)


def test_nothing_held_out_takes_nothing_away():
    """Nor does one stay alone, however wrong it was."""
    assert sureness_of([]) == 1.0
    assert sureness_of([HeldOut(0.0, 0.0)]) == 1.0
    assert sureness_of([WRONG]) == 1.0


def test_chance_takes_nothing_away():
    """One stay among many is within the error, whichever way; nothing is ever told more surely."""
    assert sureness_of([WRONG, *[RIGHT] * 30]) == 1.0
    assert sureness_of([HeldOut(30.0, 60.0)] * 9) == 1.0


def test_the_more_stays_the_nearer_to_what_was_right():
    """Of 60 s told, 57 s are right each time."""
    stay = HeldOut(60.0, 57.0)
    found = [sureness_of([stay] * stays) for stays in (4, 25, 10_000)]
    assert found == pytest.approx([0.975, 0.96, 0.9505])


def test_no_walk_takes_everything_away():
    """All stays wrong: the walks are strange, the tracker need not be."""
    assert sureness_of([WRONG] * 100) == LEAST


def test_a_walk_that_agrees_with_itself_is_believed(recording):
    """Its stays are told right by maps of the others."""
    assert learn_radio_map([recording]).sureness > 0.99


def test_a_walk_that_contradicts_itself_is_not(recording):
    """Stays that are told wrong by the others make the tracker less sure."""
    assert learn_radio_map([renamed(recording)]).sureness < 0.95


def test_each_part_is_told_by_a_map_of_the_others(recording):
    """All stays are learned in all folds but one, from one walk as from several."""
    seen = []
    learn_sureness([recording], lambda parts: seen.append([s for p in parts for s in p.stays]))
    assert len(seen) == FOLDS
    held_out = [set(recording.stays) - set(stays) for stays in seen]
    assert set.union(*held_out) == set(recording.stays)
    assert sum(map(len, held_out)) == len(recording.stays)
    assert max(map(len, held_out)) <= 3


def test_what_cannot_be_held_out_is_believed(recording):
    """A place that was walked once, and a walk of nothing at all."""
    once = [stay for i, stay in enumerate(recording.stays) if i < len(ROOMS)]
    end_ms = once[-1].end_ms
    entries = tuple(e for e in recording.entries if e.received_ms < end_ms)
    assert learn_radio_map([Recording(START_MS, end_ms, entries, tuple(once))]).sureness == 1.0
    assert learn_sureness([Recording(START_MS, end_ms, ())], lambda _parts: None) == 1.0


def test_sureness_is_told_and_not_kept(recording):
    """A snapshot keeps the chance itself: a new walk may change what is told of it."""
    answers = Answers(ROOMS, sureness=0.9)
    answers.grow(1)
    answers.forget(0, 0)
    answers.settle(np.array([0]), np.array([[0.8, 0.1, 0.1]]), np.array([60.0]), START_MS)
    assert answers.of(0, 0).probability == pytest.approx(0.72)
    assert answers.frozen(0).probability == pytest.approx(0.8)


def test_the_tracker_tells_as_surely_as_its_map(recording):
    """What a map says of itself reaches the answers."""
    radio = learn_radio_map([renamed(recording)])
    assert Tracker(ground_of_map(radio)).answers.sureness == radio.sureness
