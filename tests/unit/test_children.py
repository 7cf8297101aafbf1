"""Child processes: they end with their parent, and when they are told to."""

import os
import subprocess
import sys
import time

import pytest

from vrijplek.children import Child

PATIENCE_S = 10.0
PARENT = """
import sys, time
from pathlib import Path
from vrijplek.children import Child
child = Child.start("sleeper", sys.argv[2:], Path(sys.argv[1]))
print("started", flush=True)
time.sleep(300)
"""
STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
KIND = "trap 'echo goodbye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"


def until(is_so, what):
    """Wait for something that is bound to come soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


def lives(mark):
    """Whether a process has these words in its command."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return any(mark in line for line in listed.stdout.splitlines())


@pytest.fixture
def log(tmp_path):
    """Where a child's words go; the folder is not there yet."""
    return tmp_path / "log" / "child.log"


@pytest.fixture
def start(log):
    """Starts a child that is gone after the test."""
    made = []

    def run(script, **environment):
        made.append(Child.start("some", ["sh", "-c", script], log, environment))
        return made[-1]

    yield run
    for child in made:
        child.stop(0.0)


@pytest.fixture
def mark():
    """A number of seconds to sleep that no other process has."""
    return f"300.{os.getpid()}{time.monotonic_ns() % 1_000_000:06}"


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_child_ends_with_its_parent(log, mark, how):
    """By kill -9 too, where the parent can do nothing for it any more."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(log), "sleep", mark], stdout=subprocess.PIPE
    )
    assert parent.stdout.readline() == b"started\n"
    until(lambda: lives(f"sleep {mark}"), "the child runs")
    getattr(parent, how)()
    parent.communicate()
    until(lambda: not lives(mark), "child and guard are gone")


def test_a_deaf_child_ends_with_its_parent_too(log, mark):
    """It is asked first, and killed when it does not listen."""
    script = f"trap '' TERM; while :; do sleep 0.05; done # {mark}"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(log), "sh", "-c", script], stdout=subprocess.PIPE
    )
    assert parent.stdout.readline() == b"started\n"
    until(lambda: lives(mark), "the child runs")
    parent.kill()
    parent.communicate()
    until(lambda: not lives(mark), "child and guard are gone")


def test_stopping_is_kind_first(start):
    """A child that listens says goodbye, and its exit code comes through."""
    child = start(KIND)
    until(lambda: "ready" in child.last_words(), "it is ready")
    child.stop()
    assert child.last_words(1) == "goodbye"
    assert child.process.returncode == 7
    assert not child.is_running


def test_stopping_is_not_kind_for_ever(start):
    """A child that does not listen is gone soon after the time that it was given."""
    child = start(STUBBORN)
    until(lambda: "ready" in child.last_words(), "it is ready")
    began_s = time.monotonic()
    child.stop(within_s=0.3)
    assert 0.3 <= time.monotonic() - began_s < 3
    assert not child.is_running


def test_nothing_is_left_of_a_killed_child(start, mark):
    """Neither the command below it nor the guard around it."""
    child = start(f"trap '' TERM; echo ready; sleep {mark}; sleep {mark}")
    until(lambda: "ready" in child.last_words(), "it is ready")
    child.stop(within_s=0.1)
    until(lambda: not lives(mark), "everything is gone")


def test_what_a_child_has_started_ends_with_it(start, mark):
    """A script that listens and leaves its own child behind."""
    child = start(f"echo ready; sleep {mark}; true")
    until(lambda: "ready" in child.last_words(), "it is ready")
    child.stop()
    until(lambda: not lives(mark), "everything is gone")


def test_a_child_that_is_stopped_at_once_leaves_nothing(log, mark):
    """However far its guard had come when the signal came."""
    for tenths_ms in range(60):
        child = Child.start("some", ["sleep", mark], log)
        time.sleep(tenths_ms / 10_000)
        child.stop()
    until(lambda: not lives(mark), "everything is gone")


def test_a_child_that_ends_by_itself_is_seen(start):
    """With its exit code; stopping it then is no error."""
    child = start("echo done; exit 3")
    until(lambda: not child.is_running, "it ends")
    assert child.process.returncode == 3
    child.ask_to_stop()
    child.stop()


def test_its_last_words_are_the_end_of_what_it_printed(start):
    """From standard output and standard error, as many lines as asked for."""
    child = start("seq 1 20; echo oops >&2; printf 'caf\\351'")
    until(lambda: not child.is_running, "it ends")
    assert child.last_words(3).splitlines() == ["20", "oops", "caf\ufffd"]
    assert len(child.last_words().splitlines()) == 5


def test_without_a_log_there_are_no_words(start, log):
    """Somebody may have cleaned up."""
    child = start("true")
    until(lambda: not child.is_running, "it ends")
    log.unlink()
    assert child.last_words() == ""


def test_a_second_start_goes_on_in_the_same_log(start, log):
    """What the first one said is kept."""
    for word in ("first", "second"):
        child = start(f"echo {word}")
        until(lambda child=child: not child.is_running, "it ends")
    assert log.read_text() == "first\nsecond\n"


def test_the_environment_is_added_to_ours(start):
    """Its own variables, and the path to find programs."""
    child = start('echo "$GREETING ${PATH:+found}"', GREETING="hallo")
    until(lambda: not child.is_running, "it ends")
    assert child.last_words() == "hallo found"


def test_a_command_that_is_not_there_ends_with_a_word(log):
    """The shell says so in the log."""
    child = Child.start("some", ["no-such-program"], log)
    until(lambda: not child.is_running, "it ends")
    assert child.process.returncode == 127
    assert "no-such-program" in child.last_words()
    child.stop()
