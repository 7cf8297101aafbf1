"""Logs: one line an event on standard error, and nothing below the level."""

import io
import json
import logging
import subprocess
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
    """Leaves logging as it was."""
    with logs.given_back():
        yield


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


SERVICE = """
import asyncio, logging, sys, threading, warnings
from vrijplek import logs
logs.configure()
logs.for_a_service()
warnings.warn("of tag c3:00:00:00:00:2a", stacklevel=1)
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
try:
    int("of c3:00:00:00:00:2a")
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application\\n")
thread = threading.Thread(target=lambda: 1 / 0, name="pipeline")
thread.start()
thread.join()
class Doomed:
    def __del__(self):
        raise OSError("gone")
Doomed()
raise KeyError("nobody caught it")
"""


def test_whatever_a_service_has_to_say_is_a_line_of_json():
    """Warnings, libraries, threads, errors nowhere to be raised, and the one that ends it."""
    ended = subprocess.run(
        [sys.executable, "-c", SERVICE], capture_output=True, text=True, check=False, timeout=60
    )
    said = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(one["event"].strip(), one["level"]) for one in said] == [
        ("Python warns", "warning"),
        ("Invalid HTTP request received.", "warning"),
        ("Exception in ASGI application", "error"),
        ("a thread has ended by an error", "critical"),
        ("an error where none can be raised", "error"),
        ("ended by an error that nobody expected", "critical"),
    ]
    assert said[3]["thread"] == "pipeline"
    assert "ZeroDivisionError" in said[3]["exception"]
    assert "OSError: gone" in said[4]["exception"]
    assert "KeyError: 'nobody caught it'" in said[5]["exception"]
    assert "c3:00" not in ended.stderr
    assert ended.returncode == 1


def test_what_was_taken_over_is_given_back(monkeypatch):
    """A process that does other things, such as this one, has its own hooks again."""
    before = logs.Hooks.present()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with logs.given_back():
        logs.configure()
        logs.for_a_service()
        assert logs.is_collected()
        assert logs.Hooks.present() == logs.LOGGED
    assert logs.Hooks.present() == before
    assert not logs.is_collected()


def test_on_a_terminal_errors_stay_as_python_tells_them(monkeypatch):
    """People read them there."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    with logs.given_back():
        logs.for_a_service()
        assert not logs.is_collected()
