"""From a distribution to a place that is told."""

import numpy as np
import pytest
from support.office import START_MS

from occupancy.answers import BACK_MS, LATELY_S, LEAD, LIKELY, STAYED_MS, Answer, Answers

PLACES = ("den", "hall", "heath")
ROW = np.array([0])
LONG_S = np.array([100 * LATELY_S])


@pytest.fixture
def answers():
    """Room for one tag of which nothing is told."""
    made = Answers(PLACES)
    made.grow(1)
    made.forget(0, 0)
    return made


def settle(answers, *chance, at_ms=START_MS):
    """A distribution is weighed that has lasted for long; the place that is told then."""
    answers.settle(ROW, np.array([chance]), LONG_S, at_ms)
    return answers.of(0, at_ms).place


def test_nothing_is_told_of_what_is_unlikely(answers):
    """At first a place must be likely enough."""
    assert settle(answers, LIKELY - 0.01, 0.3, 0.3) is None
    assert answers.of(0, START_MS).probability == 0.0
    assert settle(answers, LIKELY, 0.3, 0.3) == "den"


def test_what_is_told_follows_the_chance_and_the_time(answers):
    """Probability is that of the place told, and since is when it was told first."""
    settle(answers, 0.8, 0.1, 0.1)
    settle(answers, 0.6, 0.3, 0.1, at_ms=START_MS + 5_000)
    told = answers.of(0, 77)
    assert (told.place, told.since_ms, told.last_heard_ms) == ("den", START_MS, 77)
    assert told.probability == pytest.approx(0.6)


def test_another_place_must_lead(answers):
    """A little likelier is not enough, clearly likelier is."""
    settle(answers, 0.8, 0.1, 0.1)
    later_ms = START_MS + BACK_MS
    assert settle(answers, 0.5 - LEAD / 2 + 0.01, 0.5 + LEAD / 2 - 0.01, 0.0, at_ms=later_ms) == (
        "den"
    )
    assert settle(answers, 0.4 - LEAD / 2, 0.4 + LEAD / 2 + 0.01, 0.2, at_ms=later_ms) == "hall"


def test_right_after_a_change_it_takes_more(answers):
    """What flaps is not followed, and what is sure is."""
    settle(answers, 0.8, 0.1, 0.1)
    assert settle(answers, 0.2, 0.8, 0.0, at_ms=START_MS + 1_000) == "den"
    assert settle(answers, 0.0, 1.0, 0.0, at_ms=START_MS + 1_000) == "hall"


def test_who_has_just_come_is_told_with_less(answers):
    """As sure as half of now and half of the last seconds, until these are over."""
    settle(answers, 1.0, 0.0, 0.0)
    step_s = np.array([LATELY_S * np.log(2)])
    answers.settle(ROW, np.array([[0.0, 1.0, 0.0]]), step_s, START_MS + BACK_MS)
    told = answers.of(0, 0)
    assert (told.place, told.probability) == ("hall", pytest.approx(0.75))
    assert settle(answers, 0.0, 1.0, 0.0, at_ms=START_MS + 2 * BACK_MS) == "hall"
    assert answers.of(0, 0).probability == pytest.approx(1.0)


def test_tags_are_settled_apart(answers):
    """Only the rows that are named move."""
    answers.grow(3)
    chance = np.array([[0.9, 0.1, 0.0], [0.0, 0.1, 0.9]])
    answers.settle(np.array([1, 2]), chance, np.repeat(LONG_S, 2), START_MS)
    assert [answers.of(row, 0).place for row in range(3)] == [None, "den", "heath"]


def test_an_answer_is_kept_by_name(answers):
    """What was told can be told again, unless the place is gone."""
    settle(answers, 0.8, 0.1, 0.1)
    kept = answers.frozen(0)
    assert (kept.place, kept.since_ms) == ("den", START_MS)
    assert kept.probability == pytest.approx(0.8)
    other = Answers(("hall", "den"))
    other.grow(1)
    other.wake(0, kept)
    assert other.of(0, 0).place == "den"
    other.wake(0, Answer("gone", 0.8, START_MS))
    assert other.of(0, 0).place is None


def test_who_leaves_after_a_stay_is_counted(answers):
    """By the place that was left; who was there for a moment only passed."""
    settle(answers, 0.9, 0.1, 0.0)
    settle(answers, 0.0, 1.0, 0.0, at_ms=START_MS + STAYED_MS - 1)
    assert answers.left.tolist() == [0.0, 0.0, 0.0]
    settle(answers, 0.0, 0.0, 1.0, at_ms=START_MS + 2 * STAYED_MS)
    assert answers.left.tolist() == [0.0, 1.0, 0.0]


def test_nothing_told_is_nothing_to_keep(answers):
    """Also after what was told is forgotten."""
    assert answers.frozen(0) is None
    settle(answers, 0.8, 0.1, 0.1)
    answers.forget(0, START_MS)
    assert answers.frozen(0) is None
