"""The lock on the state folder: one service at a time."""

import os
import subprocess
import sys

import pytest

from vrijplek.errors import EXIT_BUSY, AlreadyRunningError
from vrijplek.lock import StateLock

HOLDER = """
import sys
from pathlib import Path
from vrijplek.lock import StateLock
lock = StateLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "state")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_folder_is_made_for_its_owner_alone(tmp_path):
    """With the id of the process in the lock."""
    lock = StateLock(tmp_path / "deep" / "state")
    assert (tmp_path / "deep" / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "deep" / "state" / "lock").read_text() == f"{os.getpid()}\n"
    lock.release()


def test_the_lock_is_for_its_owner_alone(tmp_path):
    """Also one that an earlier run left open to others."""
    (tmp_path / "lock").touch(0o644)
    for state in (tmp_path, tmp_path / "new"):
        StateLock(state).release()
        assert (state / "lock").stat().st_mode & 0o777 == 0o600


def test_a_second_service_in_the_same_folder_is_refused(holder, tmp_path):
    """It is told which folder, and what to do."""
    with pytest.raises(AlreadyRunningError, match="set VRIJPLEK_STATE to another") as caught:
        StateLock(tmp_path / "state")
    assert str(tmp_path / "state") in str(caught.value)
    assert caught.value.exit_code == EXIT_BUSY
    assert (tmp_path / "state" / "lock").read_text() == f"{holder.pid}\n"


def test_a_killed_service_holds_nothing(holder, tmp_path):
    """The lock ends with the process, by kill -9 too; a left file stops nobody."""
    holder.kill()
    holder.wait(5)
    StateLock(tmp_path / "state").release()


def test_a_released_lock_can_be_taken_again(tmp_path):
    """In the same process too, as tests and restarts do."""
    StateLock(tmp_path).release()
    StateLock(tmp_path).release()


def test_another_folder_is_another_lock(holder, tmp_path):
    """Two services on one machine, each with its own."""
    StateLock(tmp_path / "other").release()
