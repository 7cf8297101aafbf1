"""Logs: one line an event on standard error, for people on a terminal and as JSON elsewhere.

Logs hold ids and hashes, never names, addresses, tokens or payloads. What libraries log, warnings
and errors that nobody caught go the same way, so that a collector of lines never meets another.
"""

import contextlib
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TextIO

import structlog

from sensors.rejected import without_addresses

log = structlog.get_logger(__name__)
Fields = structlog.typing.EventDict


def configure(least: int = logging.INFO) -> None:
    """Set up logging for the whole process; events below ``least`` are left out."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    finishing: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        _without_addresses,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        renderer,
    ]
    structlog.configure(
        processors=[structlog.processors.add_log_level, *finishing],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_over(logging.getLogger(), max(least, logging.WARNING), finishing)


def _take_over(
    root: logging.Logger, least: int, finishing: list[structlog.typing.Processor]
) -> None:
    """Have what libraries log come out like our own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finishing],
        )
    )
    handler.setLevel(least)
    root.handlers = [handler]


def _without_addresses(_logger: object, _method: str, event: Fields) -> Fields:
    """Errors of others may quote what they were given."""
    return {k: without_addresses(v) if isinstance(v, str) else v for k, v in event.items()}


@dataclass(frozen=True, slots=True)
class Hooks:
    """What Python calls for a warning, and for an error that nobody caught."""

    warned: Any
    uncaught: Any
    of_thread: Any
    unraisable: Any

    @classmethod
    def present(cls) -> "Hooks":
        """Those that are in place now."""
        return cls(warnings.showwarning, sys.excepthook, threading.excepthook, sys.unraisablehook)

    def put(self) -> None:
        """Put these in place."""
        warnings.showwarning = self.warned
        sys.excepthook, threading.excepthook = self.uncaught, self.of_thread
        sys.unraisablehook = self.unraisable


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    _file: TextIO | None = None,
    _line: str | None = None,
) -> None:
    where = f"{filename}:{lineno}"
    log.warning("Python warns", category=category.__name__, why=str(message), where=where)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("ended by an error that nobody expected", exc_info=(kind, error, trace))


def _of_thread(given: threading.ExceptHookArgs) -> None:
    error = given.exc_value
    name = given.thread.name if given.thread else ""
    log.critical("a thread has ended by an error", thread=name, exc_info=error)


def _unraisable(given: "sys.UnraisableHookArgs") -> None:
    log.error("an error where none can be raised", what=given.err_msg, exc_info=given.exc_value)


LOGGED = Hooks(_warned, _uncaught, _of_thread, _unraisable)
"""Hooks that log."""
_collected = threading.Event()
"""Set in a service whose standard error is not a terminal."""


def for_a_service() -> None:
    """Have warnings, uncaught errors and the end of a command logged, where nobody watches."""
    if not sys.stderr.isatty():
        _collected.set()
        LOGGED.put()


def is_collected() -> bool:
    """Whether all that is told has to be a line of the log."""
    return _collected.is_set()


@contextlib.contextmanager
def given_back() -> Iterator[None]:
    """After the block nothing of this module is in place, for a process that does other things."""
    before, handlers = Hooks.present(), logging.getLogger().handlers
    try:
        yield
    finally:
        before.put()
        logging.getLogger().handlers = handlers
        _collected.clear()
        structlog.reset_defaults()
