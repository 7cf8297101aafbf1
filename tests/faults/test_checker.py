"""The checker notices each broken promise: a service that breaks it on purpose turns it red."""

import pytest
from faults.promises import TICK_MS
from support.house import until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


def heard(stand, name, seconds=4.0):
    """A mutant that has heard the boards for a while."""
    stand.be_mutant(name)
    stand.start()
    until(lambda: stand.said("connected to the broker"), "it listens")
    stand.talk(seconds)


def test_acknowledging_before_the_commit_is_noticed(stand):
    """What was told to be durable and was killed with the process is lost."""
    heard(stand, "acknowledges_before_commit")
    stand.kill()
    assert stand.verdict().lost


def test_a_page_that_was_not_written_is_noticed(stand):
    """It was acknowledged, so it is lost, and in silence too."""
    heard(stand, "drops_a_page")
    verdict = stand.verdict()
    assert verdict.lost
    assert set(verdict.lost) <= set(verdict.silently_lost)


def test_a_duplicate_that_counts_twice_is_noticed(stand):
    """The same message is in the journal twice."""
    stand.be_mutant("counts_a_duplicate_twice")
    stand.start()
    until(lambda: stand.said("connected to the broker"), "it listens")
    first = stand.talkers[0]
    stand.talk(3, also=lambda: first.sent_again(0.1, first.publish))
    stand.talk(1)
    assert stand.verdict().twice


def test_a_gap_that_is_not_written_down_is_noticed(stand):
    """What a board no longer keeps is then lost in silence."""
    heard(stand, "loses_a_gap", 2)
    lose_some(stand)
    stand.quiesce()
    assert stand.verdict().silently_lost


def test_a_gap_that_is_written_down_is_no_silent_loss(stand):
    """The same with a service that keeps its promises: nothing is lost in silence."""
    stand.start()
    until(lambda: stand.said("connected to the broker"), "it listens")
    stand.talk(2)
    lose_some(stand)
    stand.quiesce()
    verdict = stand.verdict()
    assert verdict.zeros == (0, 0, 0, 0)
    assert verdict.gaps == len(stand.talkers)


def lose_some(stand):
    """Boards speak where nobody hears them, and their rings run over."""
    for talker in stand.talkers:
        talker.is_mute = True
    stand.talk(2)
    for talker in stand.talkers:
        talker.drop(3)
        talker.is_mute = False
    stand.talk(2)  # the next beat tells what is no longer kept


def test_a_message_that_nobody_sent_is_noticed(stand):
    """The journal holds what is not in the truth log."""
    heard(stand, "invents")
    assert stand.verdict().phantoms


def test_a_transition_that_was_not_written_is_noticed(stand):
    """The journal holds all, and history is not what follows from it."""
    heard(stand, "forgets_transitions")
    stand.quiesce()
    assert not stand.verdict().lost
    assert stand.strays(stand.truth.waited_ms + TICK_MS)
