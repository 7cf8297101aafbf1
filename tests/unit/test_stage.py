"""The stage: children of a demo, started again when they fall over."""

import time

import pytest
import structlog
from structlog.testing import capture_logs

from vrijplek.children import Child
from vrijplek.demo.stage import Stage
from vrijplek.errors import UnreachableError

PATIENCE_S = 10.0


class Cast:
    """Starts children that sleep, and keeps them."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def __call__(self, script="sleep 300"):
        """A new child."""
        log = self.folder / "child.log"
        self.started.append(Child.start("some", ["sh", "-c", script], log))
        return self.started[-1]


@pytest.fixture
def cast(tmp_path):
    """Children that are gone after the test."""
    structlog.reset_defaults()
    made = Cast(tmp_path)
    yield made
    for child in made.started:
        child.stop(0.1)


def gone(child):
    """Wait until a child has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while child.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_child_that_lives_is_left_alone(cast):
    """Looking changes nothing."""
    stage = Stage()
    stage.enter("broker", cast)
    stage.look(0.0)
    assert len(cast.started) == 1


def test_a_child_that_fell_is_started_again_and_told(cast):
    """With its last words in the log."""
    stage = Stage()
    scripts = iter(["echo oops; exit 1", "sleep 300"])
    stage.enter("broker", lambda: cast(next(scripts)))
    gone(cast.started[0])
    with capture_logs() as told:
        stage.look(0.0)
    assert [child.is_running for child in cast.started] == [False, True]
    assert (told[0]["child"], told[0]["said"]) == ("broker", "oops")


def test_who_falls_again_and_again_waits_longer(cast):
    """The second start comes after 2 s at the earliest, the third after 4 s more."""
    stage = Stage()
    stage.enter("broker", lambda: cast("exit 1"))
    began = []
    for now_s in range(20):
        gone(cast.started[-1])
        before = len(cast.started)
        stage.look(float(now_s))
        began += [now_s] * (len(cast.started) - before)
    assert began == [0, 2, 6, 14]


def test_a_child_that_does_not_start_is_tried_later(cast):
    """An error of its start does not end the demo."""
    tries = []

    def start():
        tries.append(1)
        if len(tries) == 2:
            raise UnreachableError("no answer")
        return cast("exit 1" if len(tries) == 1 else "sleep 300")

    stage = Stage()
    stage.enter("broker", start)
    gone(cast.started[0])
    stage.look(0.0)
    stage.look(2.0)
    assert len(tries) == 3
    assert cast.started[-1].is_running


def test_who_leaves_is_not_started_again(cast):
    """Leaving twice, or before entering, is no error."""
    stage = Stage()
    stage.enter("boards", cast)
    stage.leave("boards")
    stage.leave("boards")
    stage.leave("nobody")
    stage.look(0.0)
    assert [child.is_running for child in cast.started] == [False]


def test_clearing_ends_everyone(cast):
    """Whatever became of the demo."""
    stage = Stage()
    stage.enter("broker", cast)
    stage.enter("boards", cast)
    stage.clear()
    assert [child.is_running for child in cast.started] == [False, False]
