"""The mailbox between the network thread and the pipeline."""

import threading

import pytest

from ingest.mailbox import Letter, Mailbox
from sensors.message import Message

LONG_S = 30.0
"""Longer than any test may take: who waits so long has failed."""


def letter(number, qos=1):
    return Letter(Message("t", b"", number), number, qos, 1)


def numbers(letters):
    return [one.packet_id for one in letters]


def full(size=2):
    """A mailbox with no place left."""
    mailbox = Mailbox(size)
    for number in range(size):
        mailbox.put(letter(number))
    return mailbox


def thread(target, *args):
    """A thread that runs already."""
    started = threading.Thread(target=target, args=args, daemon=True)
    started.start()
    return started


def test_letters_come_out_in_the_order_in_which_they_came():
    """First in, first out, at most as many as asked for."""
    mailbox = Mailbox()
    for number in range(5):
        mailbox.put(letter(number))
    assert numbers(mailbox.take(3, 0)) == [0, 1, 2]
    assert numbers(mailbox.take(3, 0)) == [3, 4]
    assert len(mailbox) == 0


def test_an_empty_mailbox_gives_nothing_after_its_time():
    """Nobody waits longer than asked for."""
    assert Mailbox().take(3, 0.001) == []


def test_a_letter_is_taken_as_soon_as_it_is_there():
    """Who waits is woken by the letter, not by the end of its time."""
    mailbox, taken = Mailbox(), []
    waiting = thread(lambda: taken.extend(mailbox.take(3, LONG_S)))
    mailbox.put(letter(7))
    waiting.join(5)
    assert numbers(taken) == [7]


def test_a_letter_that_nobody_sends_again_is_dropped_when_full():
    """QoS 0 is dropped and counted, and what was there stays."""
    mailbox = full()
    mailbox.put(letter(9, qos=0))
    assert mailbox.dropped == 1
    assert numbers(mailbox.take(9, 0)) == [0, 1]


def test_large_letters_fill_it_too():
    """By their bytes; an empty one takes any letter, and what was taken makes place."""
    mailbox = Mailbox(size=9, most_bytes=100)
    for number, size in enumerate((150, 10)):
        mailbox.put(Letter(Message("t", bytes(size), number), number, 0, 1))
    assert (len(mailbox), mailbox.dropped) == (1, 1)
    assert numbers(mailbox.take(9, 0)) == [0]
    for number, size in enumerate((60, 40, 1)):
        mailbox.put(Letter(Message("t", bytes(size), number), number, 0, 1))
    assert (numbers(mailbox.take(9, 0)), mailbox.dropped) == ([0, 1], 2)


@pytest.mark.parametrize("qos", [1, 2])
def test_a_letter_that_waits_for_its_acknowledgement_is_never_dropped(qos):
    """It waits until there is a place, and the network thread with it."""
    mailbox = full()
    waiting = thread(mailbox.put, letter(9, qos=qos))
    waiting.join(0.05)
    assert waiting.is_alive()
    assert len(mailbox) == 2
    assert numbers(mailbox.take(1, 0)) == [0]
    waiting.join(5)
    assert not waiting.is_alive()
    assert numbers(mailbox.take(9, 0)) == [1, 9]
    assert mailbox.dropped == 0


def test_closing_lets_everyone_go_on():
    """Neither who waits for a letter nor who waits for a place is left behind."""
    empty, crowded = Mailbox(), full()
    taker, putter = thread(empty.take, 3, LONG_S), thread(crowded.put, letter(9))
    empty.close()
    crowded.close()
    taker.join(5)
    putter.join(5)
    assert not taker.is_alive()
    assert not putter.is_alive()


def test_a_closed_mailbox_still_gives_what_it_has():
    """Closing loses no letter and waits for none."""
    mailbox = full()
    mailbox.close()
    assert numbers(mailbox.take(9, LONG_S)) == [0, 1]
    assert mailbox.take(9, LONG_S) == []
