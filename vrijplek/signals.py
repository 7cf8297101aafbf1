"""Signals: SIGTERM and SIGINT end a service in order, whenever they come.

While it starts they unwind it, while it answers the server takes them, and once it stops they are
ignored: a stop takes seconds, and one that is cut short leaves sightings on disk.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM)


class StopAskedError(BaseException):
    """A signal asked for the end; like KeyboardInterrupt no `Exception`, so that nobody eats it."""


class Signals:
    """What the two signals do while no server takes them."""

    def __init__(self) -> None:
        self.unwind = True
        """Whether they still unwind what is starting."""

    def ignore(self) -> None:
        """Have them ignored from now on."""
        self.unwind = False

    def on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        """Unwind what is starting, once."""
        if self.unwind:
            self.unwind = False
            raise StopAskedError


@contextlib.contextmanager
def in_order() -> Iterator[Signals]:
    """Signals unwind the block by `StopAskedError`, until they are ignored.

    Once they are, they stay so: the process ends, and it shall end with its own exit code.
    """
    signals = Signals()
    before = {signum: signal.signal(signum, signals.on_signal) for signum in STOPPING}
    try:
        yield signals
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler if signals.unwind else signal.SIG_IGN)
