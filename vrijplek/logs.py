"""Logs: one line an event on standard error, for people on a terminal and as JSON elsewhere.

Logs hold ids and hashes, never names, addresses, tokens or payloads.
"""

import logging
import sys

import structlog


def configure(least: int = logging.INFO) -> None:
    """Set up structlog for the whole process; events below ``least`` are left out."""
    renderer: structlog.types.Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
