"""The stage: children of a demo, started again when they fall over."""

import time

import pytest
import structlog
from structlog.testing import capture_logs

from vrijplek.children import Child
from vrijplek.demo.stage import Stage

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
    stage.look()
    assert len(cast.started) == 1


def test_a_child_that_fell_is_started_again_and_told(cast):
    """With its last words in the log."""
    stage = Stage()
    scripts = iter(["echo oops; exit 1", "sleep 300"])
    stage.enter("broker", lambda: cast(next(scripts)))
    gone(cast.started[0])
    with capture_logs() as told:
        stage.look()
    assert [child.is_running for child in cast.started] == [False, True]
    assert (told[0]["child"], told[0]["said"]) == ("broker", "oops")


def test_who_leaves_is_not_started_again(cast):
    """Leaving twice, or before entering, is no error."""
    stage = Stage()
    stage.enter("boards", cast)
    stage.leave("boards")
    stage.leave("boards")
    stage.leave("nobody")
    stage.look()
    assert [child.is_running for child in cast.started] == [False]


def test_clearing_ends_everyone(cast):
    """Whatever became of the demo."""
    stage = Stage()
    stage.enter("broker", cast)
    stage.enter("boards", cast)
    stage.clear()
    assert [child.is_running for child in cast.started] == [False, False]
