"""How soon all is right again: after a restart, with two thousand boards, with a long backlog."""

import time

import pytest
from faults.promises import assert_kept

pytestmark = [pytest.mark.alone, pytest.mark.broker, pytest.mark.thorough, pytest.mark.timeout(900)]
WAITING = 120
"""Messages of a board: one each half minute of an hour in which nobody listened; 240,000."""
RESTARTED_S, GATHERED_S, DRAINED_S = 5.0, 60.0, 60.0
BACKLOG = 1_000


def test_a_restart_with_a_thousand_messages_waiting(stand):
    """From the start of the process until every state is right: five seconds at most."""
    stand.start_ready()
    stand.talk(1)
    stand.kill()
    said = len(stand.truth.said)
    while len(stand.truth.said) < said + BACKLOG:
        stand.step(1.0)
    stand.beat(on=False)
    began_s = time.monotonic()
    stand.start()
    stand.wait_answering()
    stand.talk_until(stand.agrees, "states are as they ought to be", 30, 0.0)
    took_s = time.monotonic() - began_s
    assert_kept(stand, BACKLOG, right_s=took_s)
    assert took_s < RESTARTED_S


def test_a_restart_of_the_broker_with_two_thousand_boards(crowd):
    """From its start until every state is right, with news from all boards: a minute at most."""
    crowd.start_ready()
    crowd.say_all(1)
    crowd.talk_until(lambda: all(t.is_safe for t in crowd.talkers), "all is durable", 60, 0.0)
    crowd.kill_broker()
    crowd.say_all(1)
    crowd.start_broker()
    seen = crowd.watch(GATHERED_S)
    right = {space: final.state for space, final in crowd.foretold().items()}
    wrong = [at_s for at_s, told in seen if any(t.state != right[s] for s, t in told.items())]
    assert len(wrong) > 1, "the outage was not noticed"
    assert wrong[-1] < seen[-1][0], "states are never right"
    crowd.judge(wrong[-1])


def test_a_backlog_of_an_hour_of_two_thousand_boards(crowd):
    """240,000 messages that wait at the boards are on disk within a minute of the start."""
    crowd.start_ready()
    crowd.stop()
    crowd.say_all(WAITING)
    crowd.start()
    began_s = time.monotonic()
    crowd.wait_answering()
    crowd.talk_until(lambda: all(t.is_safe for t in crowd.talkers), "all is durable", 300, 0.0)
    took_s = time.monotonic() - began_s
    crowd.judge(took_s)
    assert took_s < DRAINED_S
