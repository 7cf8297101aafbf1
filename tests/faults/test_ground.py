"""What a service finds when it starts: a full disk, a held or damaged database."""

import random

import pytest
from faults.acts import hold_database
from faults.promises import assert_kept
from faults.readback import Refused, read_back
from support.house import until
from support.machine import small_disk

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
DISK_MIB = 4
FLIPS = 100
PATIENCE_S = 20.0


def filled(folder):
    """A file that takes all that is free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return ballast


def come_up(stand, why):
    """Ready at last: it has waited, or ended with a word on why and is started again."""
    until(lambda: stand.said("answering") or stand.has_crashed(), "it answers or ends", 40)
    if stand.has_crashed():
        assert why in stand.log.read_text()
        stand.start()
    stand.wait_answering()
    stand.talk_until(stand.is_ready, "the service is ready", PATIENCE_S)


@pytest.mark.thorough
def test_a_disk_that_is_full_at_the_start(stand):
    """The service that starts on it waits or says what is wrong, and loses nothing."""
    with small_disk(stand.state, DISK_MIB):
        stand.start_ready()
        stand.talk(2)
        stand.kill()
        ballast = filled(stand.state)
        stand.start()
        stand.talk(6)
        ballast.unlink()
        come_up(stand, "full")
        assert_kept(stand)
        stand.kill()


def test_a_database_that_is_held_while_the_service_starts(stand):
    """It waits, or ends and says why; once the other lets go it comes up and has lost nothing."""
    stand.start_ready()
    stand.talk(1)
    stand.kill()
    with hold_database(stand):
        stand.start()
        stand.talk(4)
    come_up(stand, "locked")
    assert_kept(stand)


@pytest.mark.thorough
def test_a_flipped_bit_is_found_or_harmless(stand):
    """Wherever it is in the file: what is read is what was written, or reading is refused."""
    stand.start_ready()
    stand.talk(6, 0.5)
    stand.quiesce()
    stand.stop()
    sound = read_back(stand.database, stand.building)
    chance, copy = random.Random(stand.seed), stand.folder / "flipped.sqlite"
    held = stand.database.read_bytes()
    refused = 0
    for _ in range(FLIPS):
        damaged = bytearray(held)
        damaged[at := chance.randrange(len(held))] ^= 1 << chance.randrange(8)
        copy.write_bytes(damaged)
        found = read_back(copy, stand.building)
        assert isinstance(found, Refused) or found == sound, f"byte {at} (seed {stand.seed})"
        refused += isinstance(found, Refused)
    assert refused > 0


def test_a_file_that_is_no_database_is_refused(stand):
    """With a word on what to do; it is left as it is."""
    stand.start_ready()
    stand.talk(1)
    stand.stop()
    stand.database.write_bytes(b"not a database at all" * 1000)
    stand.start()
    until(stand.has_crashed, "it ends", PATIENCE_S)
    assert stand.process.returncode == 1
    assert "not a database" in stand.log.read_text()
    assert stand.database.read_bytes().startswith(b"not a database")
