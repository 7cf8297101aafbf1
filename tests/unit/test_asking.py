"""What is asked while the pipeline moves belief."""

import threading

import pytest
from support.clock import ManualClock
from support.service import Ingest
from support.speaker import motion, readings

from vrijplek import asking as module
from vrijplek.asking import Asking

MOMENT_S = 0.2
"""A question that may be answered at once is answered within this."""


@pytest.fixture
def ingest(tmp_path):
    """A pipeline that has heard somebody move at desk 1."""
    clock = ManualClock()
    made = Ingest(tmp_path / "vrijplek.sqlite", clock)
    made.hear(readings("d1", motion(), seq=0, at_ms=clock.ms))
    yield made
    made.connection.close()


def amid(estimator, monkeypatch, act):
    """Do something in the midst of the next tick: motion is weighed, other things are not yet."""
    advance = estimator.opinion.badges.advance

    def later(*args):
        advance(*args)
        act()

    monkeypatch.setattr(estimator.opinion.badges, "advance", later)


@pytest.mark.parametrize("ask", ["explain", "outlook"])
def test_a_question_amid_a_round_is_answered_after_it(ingest, monkeypatch, ask):
    """With what is believed then, not with half of it."""
    asking = Asking(ingest.estimator, ingest.pipeline.moving)
    answers, within = [], []
    reader = threading.Thread(target=lambda: answers.append(getattr(asking, ask)("desk-1")))

    def act():
        reader.start()
        reader.join(MOMENT_S)
        within.extend(answers)

    amid(ingest.estimator, monkeypatch, act)
    ingest.wait(1)
    reader.join()
    assert within == []
    assert answers == [getattr(asking, ask)("desk-1")]


def test_a_question_between_rounds_waits_for_nothing(ingest):
    """Neither keeps the other from going on, also after a space that is not there."""
    asking = Asking(ingest.estimator, ingest.pipeline.moving)
    for ask in (asking.explain, asking.outlook):
        assert ask("desk-1")
        with pytest.raises(KeyError):
            ask("desk-99")
    ingest.wait(1)
    assert not ingest.pipeline.moving.locked()


def test_nobody_waits_for_a_pipeline_that_hangs(ingest, monkeypatch):
    """Nothing is told then."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    asking = Asking(ingest.estimator, ingest.pipeline.moving)
    with ingest.pipeline.moving:
        assert (asking.explain("desk-1"), asking.outlook("desk-1")) == ((), ())
    assert asking.explain("desk-1")
