"""The network and the broker misbehave: what is lost on the way is sent again."""

import os
import signal

import pytest
from faults.promises import assert_kept
from support.house import until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


def test_connections_that_are_cut_in_the_middle_of_a_packet(stand):
    """After so many bytes, for boards and service alike, again and again."""
    stand.start_ready()
    for cut_after in (700, 1_500, 3_000):
        stand.proxy.weather.cut_after = cut_after
        stand.proxy.cut()
        stand.talk(3)
    stand.proxy.weather.cut_after = 0
    assert stand.proxy.cuts > 3
    assert_kept(stand, times=stand.proxy.cuts)


@pytest.mark.thorough
def test_a_network_that_delays(stand):
    """Each packet by a fifth of a second, in both directions."""
    stand.start_ready()
    stand.proxy.weather.delay_s = 0.2
    stand.talk(5)
    stand.proxy.weather.delay_s = 0.0
    assert_kept(stand)


@pytest.mark.thorough
def test_a_network_that_is_slow(stand):
    """Two thousand bytes a second on each connection, less than the boards have to say."""
    stand.start_ready()
    stand.proxy.weather.bytes_per_s = 2_000
    stand.talk(5)
    stand.proxy.weather.bytes_per_s = 0
    assert_kept(stand)


@pytest.mark.thorough
def test_a_network_that_takes_everything_and_passes_nothing_on(stand):
    """Half open: nobody is told that the other side is gone."""
    stand.start_ready()
    stand.talk(1)
    stand.proxy.weather.swallows = True
    stand.talk(8)
    stand.proxy.weather.swallows = False
    stand.proxy.cut()
    assert_kept(stand)


@pytest.mark.thorough
def test_a_link_that_flaps(stand):
    """Down and up each half second: one session, and nothing lost."""
    stand.start_ready()
    for _ in range(6):
        stand.proxy.weather.refuses = True
        stand.proxy.cut()
        stand.talk(0.5)
        stand.proxy.weather.refuses = False
        stand.talk(0.5)
    until(stand.is_ready, "the service is connected")
    assert_kept(stand, times=6)


def test_a_broker_that_is_killed_and_starts_again(stand):
    """In the middle of the stream; its memory is gone with it, sessions and all."""
    stand.start_ready()
    for _ in range(2):
        stand.talk(1.5)
        stand.kill_broker()
        stand.talk(1.0)
        stand.start_broker()
    stand.talk_until(stand.is_ready, "the service is connected", 40)
    assert_kept(stand, times=2)
    assert stand.metric("vrijplek_broker_sessions_lost_total") >= 1


@pytest.mark.thorough
def test_a_broker_whose_queue_is_too_short(stand):
    """It drops in silence what it acknowledged while the service was away; boards send again."""
    conf = stand.broker.folder / "mosquitto.conf"
    lines = conf.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("max_queued_messages")]
    stand.kill_broker()
    conf.write_text("\n".join([*kept, "max_queued_messages 20"]) + "\n")
    stand.start_broker()
    stand.start_ready()
    stand.talk(1)
    stand.kill()
    stand.talk(6, 0.5)
    stand.start_ready()
    assert_kept(stand, 300)


@pytest.mark.thorough
def test_a_broker_that_is_frozen(stand):
    """It answers nothing for a while, then everything at once."""
    stand.start_ready()
    stand.talk(1)
    os.kill(stand.broker_child.process.pid, signal.SIGSTOP)
    stand.talk(6)
    os.kill(stand.broker_child.process.pid, signal.SIGCONT)
    stand.talk(1)
    assert_kept(stand)


@pytest.mark.thorough
def test_a_service_that_is_frozen(stand):
    """Stopped and continued: what came meanwhile waits at the broker."""
    stand.start_ready()
    stand.talk(1)
    stand.process.send_signal(signal.SIGSTOP)
    stand.talk(6)
    stand.process.send_signal(signal.SIGCONT)
    stand.talk(1)
    assert_kept(stand)


@pytest.mark.thorough
def test_a_broker_whose_files_are_wiped(stand):
    """Killed, its folder of state removed, started: everyone comes again, and is heard."""
    stand.start_ready()
    stand.talk(1)
    stand.kill_broker()
    stand.wipe_broker()
    stand.talk(1)
    stand.start_broker()
    stand.talk_until(stand.is_ready, "the service is connected", 40)
    assert_kept(stand)
