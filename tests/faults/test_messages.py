"""What is said is wrong, doubled, shuffled, too much or too old."""

import random
import time

import pytest
from faults.malformed import malformed
from faults.promises import assert_kept
from support.house import until

from vrijplek.broker.accounts import REPLAY

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


def test_three_in_ten_messages_come_twice(stand):
    """By the board itself, as bridges do that play back; once is what counts."""
    stand.start_ready()
    stand.talk(3)
    for talker in stand.talkers:
        talker.sent_again(0.3, talker.publish)
    stand.talk(2)
    until(lambda: stand.metric("vrijplek_messages_duplicate_total") > 20, "they are noticed")
    assert_kept(stand)


def test_a_thousand_messages_in_any_order(stand):
    """All that a board has composed in an outage, shuffled: each once, none missing."""
    stand.start_ready()
    stand.talk(1)
    first = stand.talkers[0]
    first.is_mute = True
    for _ in range(500):
        first.step(1.0)
    stand.quiesce_others(first)
    waiting = first.kept()
    random.Random(stand.seed).shuffle(waiting)
    for payload in waiting:
        first.publish(payload)
    first.is_mute = False
    assert_kept(stand, 500)
    assert stand.verdict().gaps == 0


def test_two_thousand_malformed_messages_are_refused_and_nothing_else_suffers(stand):
    """Each is counted with its reason; the flow of the others goes on."""
    stand.start_ready()
    stand.talk(1)
    wrong = malformed(2_000, random.Random(stand.seed))
    broken = stand.guest("f0-d05")
    broken.admit("bad", 0)
    for at in range(0, len(wrong), 100):
        for payload in wrong[at : at + 100]:
            broken.publish(payload)
        stand.step(0.2)
    stand.talk(2)
    assert_kept(stand, times=2_000)
    refused = stand.metric('vrijplek_messages_refused_total{family="vrijplek",reason="malformed"}')
    large = stand.metric('vrijplek_messages_refused_total{family="vrijplek",reason="too_large"}')
    assert refused + large == 2_000


@pytest.mark.thorough
def test_a_board_that_floods_holds_nobody_up(stand):
    """Thousands of messages at once from one; another's motion is an answer soon all the same."""
    stand.start_ready()
    flooder, other = stand.guest("f0-d05"), stand.talkers[1]
    stand.talk(1)
    for _ in range(30):
        for _ in range(100):
            flooder.publish(b"water" * 50)
        stand.step(0.1)
    began_s = time.monotonic()
    seq = other.seq
    other.step(1.0)
    stand.talk_until(lambda: other.is_durable(seq), "the other one is heard", 10, 0.0)
    assert time.monotonic() - began_s < 5
    assert_kept(stand, 30)


@pytest.mark.thorough
def test_twenty_thousand_retained_messages_are_no_news(stand):
    """Readings that the broker kept, of boards that may not even exist, change no state."""
    player = stand.guest(REPLAY)
    for number in range(20_000):
        player.retain(f"vrijplek/v1/{stand.site}/ghost-{number}/readings", b'{"boot":"x"}')
    began_s = time.monotonic()
    stand.start_ready()
    assert time.monotonic() - began_s < 20
    stand.talk(3)
    assert_kept(stand, times=20_000)
    refused = 'vrijplek_messages_refused_total{family="vrijplek",reason="unknown_board"}'
    assert stand.metric(refused) == 20_000 + 1  # and the birth of who retains them


@pytest.mark.thorough
def test_a_board_that_loses_power_begins_anew(stand):
    """What nobody had confirmed is gone with it, and what it says afterwards counts."""
    stand.start_ready()
    for _ in range(3):
        stand.talk(1.5)
        for talker in stand.talkers:
            talker.lose_power()
    stand.talk(2)
    assert_kept(stand, times=3 * len(stand.talkers))
