"""Which messages of a board have come, and which are lost."""

import pytest

from sensors.entry import Stamp
from sensors.ledger import AHEAD_LIMIT, PAST_BOOTS, Gap, Ledger

LAST_SEQ = 2**32 - 1


def stamp(seq, oldest=0, boot="a"):
    return Stamp(boot, seq, oldest, 1_000)


def ledger_of(*seqs, boot="a"):
    """A ledger that took these messages in this order."""
    ledger = Ledger()
    for seq in seqs:
        ledger.take("d1", stamp(seq, boot=boot), 5)
    return ledger


def test_messages_in_order_are_durable_one_by_one():
    """Without a hole, the last message taken is durable."""
    ledger = ledger_of(0, 1, 2)
    assert (ledger.durable, ledger.ahead, ledger.hole) == (2, set(), None)


def test_a_hole_holds_durable_back_until_it_is_filled():
    """What comes behind a hole waits, and counts as soon as the hole is filled."""
    ledger = ledger_of(0, 2, 3)
    assert (ledger.durable, ledger.hole) == (0, 1)
    ledger.take("d1", stamp(1), 5)
    assert (ledger.durable, ledger.ahead) == (3, set())


@pytest.mark.parametrize(("seq", "known"), [(0, True), (1, False), (2, True), (3, False)])
def test_known_is_what_came_and_nothing_else(seq, known):
    """A message behind a hole is known, the hole itself is not."""
    assert ledger_of(0, 2).knows(stamp(seq)) is known


def test_the_same_number_of_another_boot_is_another_message():
    """`seq` counts within one boot."""
    assert not ledger_of(0, 1).knows(stamp(1, boot="b"))


def test_a_message_given_up_by_the_board_is_a_gap():
    """What lies below `oldest` and never came is written down once."""
    ledger = ledger_of(0)
    assert ledger.take("d1", stamp(5, oldest=3), 77) == Gap("d1", "a", 1, 2, 77)
    assert (ledger.durable, ledger.hole) == (2, 3)
    assert ledger.take("d1", stamp(6, oldest=3), 78) is None


def test_a_gap_ends_with_a_message_that_never_came():
    """What came behind the hole, just below `oldest`, is no part of the gap."""
    ledger = ledger_of(0, 3, 4)
    assert ledger.take("d1", stamp(7, oldest=5), 9) == Gap("d1", "a", 1, 2, 9)


def test_oldest_that_moves_over_what_came_is_no_gap():
    """A board may forget what has come."""
    assert ledger_of(0, 1, 2).take("d1", stamp(3, oldest=3), 9) is None


def test_the_first_boot_ever_heard_begins_where_the_board_is():
    """What a board sent before anyone listened is no gap."""
    ledger = Ledger()
    assert ledger.take("d1", stamp(112, oldest=110), 1) is None
    assert (ledger.durable, ledger.hole) == (109, 110)


def test_a_later_boot_that_lost_its_beginning_has_a_gap():
    """The service was there, so what lies below `oldest` is lost."""
    ledger = ledger_of(0)
    assert ledger.take("d1", stamp(4, oldest=4, boot="b"), 1) == Gap("d1", "b", 0, 3, 1)
    assert ledger.durable == 4


def test_a_new_boot_supersedes_the_old_one():
    """A message of an earlier boot is recognised, one of the present boot is not."""
    ledger = ledger_of(0)
    ledger.take("d1", stamp(0, boot="b"), 1)
    assert ledger.is_superseded(stamp(1, boot="a"))
    assert not ledger.is_superseded(stamp(1, boot="b"))


def test_a_message_of_a_boot_long_ago_replaces_no_later_one():
    """A bridge may play back days of a board that is started again each hour."""
    ledger = Ledger()
    for boot in range(72):
        ledger.take("d1", stamp(0, boot=str(boot)), 5)
    assert ledger.is_superseded(stamp(0, boot="0"))


def test_earlier_boots_are_remembered_up_to_a_limit():
    """Only the last few boots are kept, the oldest go."""
    ledger = Ledger()
    for boot in range(PAST_BOOTS + 3):
        ledger.take("d1", stamp(0, boot=f"b{boot}"), 1)
    assert len(ledger.past) == PAST_BOOTS
    assert ledger.past[0] == "b2"


def test_too_many_behind_a_hole_end_the_hole():
    """A ledger gives a hole up, as a gap, rather than grow without end."""
    ledger = ledger_of(*range(2, AHEAD_LIMIT + 2))
    assert (ledger.durable, len(ledger.ahead)) == (-1, AHEAD_LIMIT)
    assert ledger.take("d1", stamp(AHEAD_LIMIT + 2), 8) == Gap("d1", "a", 0, 1, 8)
    assert (ledger.durable, ledger.ahead) == (AHEAD_LIMIT + 2, set())


def test_the_last_seq_of_all_is_taken():
    """The largest `seq` of the format works like any other."""
    ledger = Ledger()
    ledger.take("d1", stamp(LAST_SEQ - 1, oldest=LAST_SEQ - 1), 1)
    ledger.take("d1", stamp(LAST_SEQ, oldest=LAST_SEQ - 1), 1)
    assert (ledger.durable, ledger.hole) == (LAST_SEQ, None)


def test_two_ledgers_share_nothing():
    """What one board sent is not in the ledger of another."""
    ledger_of(0, 2)
    assert (Ledger().ahead, Ledger().past) == (set(), [])
