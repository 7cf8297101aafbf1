"""Logs: one line an event on standard error, and nothing below the level."""

import io
import json
import logging
import sys

import pytest
import structlog

from vrijplek import logs


class Terminal(io.StringIO):
    """Something that says it is a terminal."""

    def isatty(self):
        """Yes."""
        return True


@pytest.fixture(autouse=True)
def put_back():
    """Leaves structlog as it was."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def told(monkeypatch):
    """Configures logs on a standard error that is no terminal, and gives what was written."""

    def run(*levels):
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        logs.configure(*levels)
        return stream

    return run


def test_off_a_terminal_each_event_is_one_line_of_json(told):
    """With level, time in UTC and its facts."""
    stream = told()
    structlog.get_logger("x").warning("lost the broker", reason="two\nlines", attempt=2)
    [line] = stream.getvalue().splitlines()
    event = json.loads(line)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "lost the broker",
        "level": "warning",
        "reason": "two\nlines",
        "attempt": 2,
    }


def test_an_error_is_one_line_with_where_it_came_from(told):
    """A log that is collected by lines keeps it whole."""
    stream = told()
    try:
        int("why")
    except ValueError:
        structlog.get_logger("x").exception("it failed")
    [line] = stream.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


@pytest.mark.parametrize(
    ("least", "kept"),
    [
        ((), ["info", "warning", "error"]),
        ((logging.WARNING,), ["warning", "error"]),
        ((logging.DEBUG,), ["debug", "info", "warning", "error"]),
    ],
)
def test_nothing_below_the_level_is_written(told, least, kept):
    """Information is the least where nothing is said."""
    stream = told(*least)
    log = structlog.get_logger("x")
    for level in ("debug", "info", "warning", "error"):
        getattr(log, level)("something")
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == kept


def test_a_logger_that_was_made_before_obeys_too(told):
    """Modules make theirs when they are imported."""
    log = structlog.get_logger("made before")
    stream = told(logging.ERROR)
    log.warning("nothing")
    log.error("something")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["something"]


def test_on_a_terminal_it_is_for_people(monkeypatch):
    """No JSON there."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    structlog.get_logger("x").info("answering", site="hq")
    line = stream.getvalue()
    assert "answering" in line
    assert "hq" in line
    assert not line.startswith("{")
