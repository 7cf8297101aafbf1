"""The firmware of a simulated board, driven by hand."""

import json

import numpy as np
import pytest

from firmware_sim.board import Board, Temper
from firmware_sim.physics import Physics
from firmware_sim.pir import Edge
from firmware_sim.plan import Device
from firmware_sim.radio import Batch
from firmware_sim.wire import MOST_BYTES

START_MS = 1_764_000_000_000
QUIET = Physics(reboots_per_week=0.0, clock_share=0.0)


def board(physics=QUIET, seed=1, **levels):
    made = Board(
        Device("b-1", 30.0), levels, np.random.default_rng(seed), physics, START_MS, Temper()
    )
    made.tick(START_MS + 2000)
    return made


def said(some, now_ms):
    messages = []
    while (kept := some.next_message(now_ms)) is not None:
        messages.append(json.loads(kept.payload))
    return messages


def test_the_first_message_after_boot_tells_all_levels():
    """A board that booted beats at once, with the level of each of its pins."""
    (first,) = said(board(pir=True), START_MS + 2000)
    assert (first["seq"], first["oldest"]) == (0, 0)
    beat = {"kind": "heartbeat", "every_s": 30, "on": {"pir": True}}
    assert beat.items() <= first["readings"][0].items()
    assert "t" not in first


def test_an_edge_is_told_with_its_own_time():
    """Time since boot of the edge and of the message are in one frame."""
    some = board()
    said(some, START_MS + 2000)
    some.feel(Edge(START_MS + 5_000, "b-1/pir", on=True), "pir")
    (message,) = said(some, START_MS + 5_500)
    assert message["up"] - message["readings"][0]["up"] == 500
    assert message["readings"][0]["kind"] == "motion"


def test_a_reading_from_before_boot_is_lost():
    """A board that is off feels nothing."""
    some = board()
    said(some, START_MS + 2000)
    some.cut_power(START_MS + 3000, 5000)
    some.feel(Edge(START_MS + 4000, "b-1/pir", on=True), "pir")
    some.tick(START_MS + 9000)
    (message,) = said(some, START_MS + 9000)
    assert [reading["kind"] for reading in message["readings"]] == ["heartbeat"]


def test_a_reboot_starts_a_new_boot_and_counts_anew():
    """After a loss of power the name of the boot is another one, and `seq` and `up` begin at 0."""
    some = board()
    before = some.boot
    said(some, START_MS + 2000)
    some.cut_power(START_MS + 60_000, 5000)
    assert not some.on
    some.tick(START_MS + 65_000)
    (message,) = said(some, START_MS + 65_200)
    assert some.boot not in {before, ""}
    assert (message["seq"], message["up"]) == (0, 200)


def test_readings_gather_while_they_cannot_be_sent():
    """Offline, readings wait for company, then go into the ring in few messages."""
    some = board()
    said(some, START_MS + 2000)
    for i in range(40):
        some.feel(Edge(START_MS + 3000 + 50 * i, "b-1/pir", on=i % 2 == 0), "pir")
    some.tick(START_MS + 9000)
    assert some.has_work(START_MS + 9000)
    messages = said(some, START_MS + 9000)
    assert len(messages[-1]["readings"]) == 40


@pytest.mark.parametrize("batches", [1, 2, 9])
def test_a_message_holds_at_most_64_sightings_and_fits(batches):
    """However much was heard, each message keeps to the limits of the format."""
    some = board()
    said(some, START_MS + 2000)
    heard = tuple((f"c3:00:00:00:00:{i:02x}", -90, START_MS + 2900) for i in range(30))
    for _ in range(batches):
        some.feel(Batch(START_MS + 3000, "b-1/ble", heard), "ble")
    messages = said(some, START_MS + 3000)
    counts = [sum(len(r["heard"]) for r in message["readings"]) for message in messages]
    assert sum(counts) == 30 * batches
    assert max(counts) <= 64
    assert all(len(json.dumps(message, separators=(",", ":"))) < MOST_BYTES for message in messages)


def test_heartbeats_come_within_their_period():
    """The next beat always comes a little before it is due."""
    some, beats = board(), []
    for now_ms in range(START_MS + 2000, START_MS + 400_000, 250):
        some.tick(now_ms)
        beats += [now_ms for message in said(some, now_ms) if message["seq"] == len(beats)]
        some.ring.acknowledge(len(beats))
    gaps_ms = np.diff(beats)
    assert len(gaps_ms) > 12
    assert (gaps_ms <= 30_000).all()
    assert (gaps_ms >= 26_500).all()


def test_an_acknowledgement_of_another_boot_counts_for_nothing():
    """Only an acknowledgement of this boot lets go of messages; nonsense is counted."""
    some = board()
    said(some, START_MS + 2000)
    some.acknowledged(b'{"boot":"other","durable":9}')
    some.acknowledged(b"nonsense")
    assert (len(some.ring), some.refused) == (1, 1)
    some.acknowledged(json.dumps({"boot": some.boot, "durable": 0}).encode())
    assert len(some.ring) == 0


def test_report_sends_a_heartbeat_at_once():
    """The command to report is answered with the present levels."""
    some = board(pir=True)
    said(some, START_MS + 2000)
    assert some.command(b'{"command":"report"}', START_MS + 3000) is None
    (message,) = said(some, START_MS + 3000)
    assert message["readings"][0]["on"] == {"pir": True}


def test_resend_is_for_this_boot_only():
    """The command to resend repeats messages unchanged, and only those of the boot it names."""
    some = board()
    (first,) = said(some, START_MS + 2000)
    some.command(b'{"command":"resend","boot":"other","from":0}', START_MS + 3000)
    assert said(some, START_MS + 3000) == []
    text = json.dumps({"command": "resend", "boot": some.boot, "from": 0})
    some.command(text.encode(), START_MS + 3000)
    assert said(some, START_MS + 3000) == [first]


def test_halt_cuts_the_power_for_its_time():
    """A drill takes the board away for so long and no longer."""
    some = board()
    some.command(b'{"command":"halt","for_s":120}', START_MS + 10_000)
    some.tick(START_MS + 129_000)
    assert not some.on
    some.tick(START_MS + 130_000)
    assert some.on


@pytest.mark.parametrize("text", [b"x", b"{}", b'{"command":"dance"}', b'{"command":"halt"}'])
def test_wrong_commands_change_nothing(text):
    """A command that is malformed, unknown or out of range is ignored."""
    some = board()
    assert some.command(text, START_MS + 10_000) is None
    assert some.on


def test_boards_crash_about_as_often_as_asked():
    """With one reboot an hour on average, a few hundred hours bring about as many."""
    some = board(Physics(reboots_per_week=168.0))
    for now_ms in range(START_MS, START_MS + 200 * 3_600_000, 60_000):
        some.tick(now_ms)
    assert 150 < some.boots < 250


def test_a_board_with_a_clock_tells_the_time_only_after_a_while():
    """`t` is left out at first and within a second of the truth later."""
    some = board(Physics(reboots_per_week=0.0, clock_share=1.0))
    assert "t" not in said(some, START_MS + 2000)[0]
    some.tick(START_MS + 120_000)
    (message,) = said(some, START_MS + 120_000)[-1:]
    assert abs(message["t"] - (START_MS + 120_000)) < 1000
