"""The disk is full, held, or not what it was."""

import os
import random
import subprocess

import pytest
from faults.promises import assert_kept
from support.house import until
from support.machine import missing

from occupancy.store.sqlite import open_database

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
SMALL_MB = 8


@pytest.fixture
def small(stand):
    """The state folder on a disk of a few megabytes, with what fills it."""
    if os.geteuid():
        missing("only root may mount a small disk")
    people = (stand.state / "people.sqlite").read_bytes()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m,mode=700", "none", str(stand.state)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        missing("a small disk can't be mounted here")
    (stand.state / "people.sqlite").write_bytes(people)
    yield stand.state / "filler"
    stand.kill()
    subprocess.run(["umount", "-l", str(stand.state)], check=True)


def fill(filler):
    """Take all that is left."""
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4_096)
        except OSError:
            pass


def test_a_full_disk_stops_acknowledgements_and_nothing_else(stand, small):
    """While it is full nothing is promised and the API answers; room again, all is kept."""
    stand.start_ready()
    stand.talk(2)
    fill(small)
    stand.talk_until(
        lambda: stand.metric("vrijplek_writes_waited_total") >= 2, "the service waits", 30
    )
    durable = dict(stand.truth.durable)
    stand.talk(3)
    assert stand.truth.durable == durable
    assert stand.desks()
    assert not stand.is_ready()
    small.unlink()
    took_s = stand.talk_until(lambda: stand.truth.durable != durable, "it goes on", 20)
    assert took_s < 10
    assert_kept(stand)


@pytest.mark.thorough
def test_a_database_that_is_held_for_long(stand):
    """Another program writes for ten seconds; nothing is promised meanwhile."""
    stand.start_ready()
    stand.talk(1)
    other = open_database(stand.database)
    other.execute("BEGIN IMMEDIATE")
    stand.talk_until(
        lambda: stand.metric("vrijplek_writes_waited_total") >= 1, "the service waits", 20
    )
    stand.talk(8)
    other.execute("ROLLBACK")
    other.close()
    assert_kept(stand)


def test_flipped_bytes_are_refused_or_made_good_and_never_believed(stand, seed):
    """Anywhere in the file: either the start says so, or what is told is right all the same."""
    stand.start_ready()
    stand.talk(2)
    stand.quiesce()
    stand.kill()
    chance = random.Random(seed)
    held = bytearray(stand.database.read_bytes())
    for _ in range(20):
        at = chance.randrange(len(held))
        held[at] ^= chance.randrange(1, 256)
    stand.database.write_bytes(held)
    log = stand.database.with_name(stand.database.name + "-wal")
    stand.start()
    until(lambda: stand.said("answering") or stand.has_crashed(), "it answers or ends")
    if stand.has_crashed():
        assert stand.process.returncode == 1
        told = stand.log.read_text()
        assert "damaged" in told or "database" in told
        return
    assert log.exists()
    stand.base = stand.said("answering")[0]["address"]
    stand.beat(on=True)
    stand.talk_until(stand.is_ready, "it is ready", 30, 0.0)
    stand.talk_until(stand.agrees, "states are as they ought to be", 20, 0.0)


@pytest.mark.thorough
@pytest.mark.parametrize("left", [0.3, 0.7])
def test_a_log_that_is_cut_short_is_a_gap_and_no_silent_loss(stand, left):
    """As after a power cut on a disk that lied: boards keep it no more, and it is written down."""
    stand.start_ready()
    stand.talk(2)
    stand.quiesce()
    stand.kill()
    log = stand.database.with_name(stand.database.name + "-wal")
    kept = log.read_bytes()
    log.write_bytes(kept[: int(len(kept) * left)])
    stand.start_ready()
    stand.beat(on=True)
    stand.talk(2)
    took_s = stand.quiesce()
    verdict = stand.verdict()
    stand.report(verdict, took_s)
    assert verdict.zeros == (0, 0, 0, 0)
    assert verdict.gaps > 0
