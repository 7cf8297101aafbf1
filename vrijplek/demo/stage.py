"""The stage: the child processes of a demo, started again when they fall over."""

from collections.abc import Callable

import structlog

from vrijplek.children import Child
from vrijplek.errors import UnreachableError

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 60.0
log = structlog.get_logger(__name__)


class Stage:
    """Children by name, and how to start each."""

    def __init__(self) -> None:
        self._starts: dict[str, Callable[[], Child]] = {}
        self._children: dict[str, Child] = {}
        self._again: dict[str, tuple[float, float]] = {}
        """When a child may be started again, in s of a steady clock, and how long it waits then."""

    def enter(self, name: str, start: Callable[[], Child]) -> None:
        """Start a child, and remember how."""
        self._starts[name] = start
        self._children[name] = start()

    def look(self, now_s: float) -> None:
        """Start again whoever has ended without being told to, each time after a longer wait.

        Args:
            now_s: Of a steady clock.
        """
        for name, child in list(self._children.items()):
            due_s, wait_s = self._again.get(name, (now_s, FIRST_WAIT_S))
            if child.is_running or now_s < due_s:
                continue
            log.warning("starting again", child=name, said=child.last_words(2))
            self._again[name] = (now_s + wait_s, min(2 * wait_s, LONGEST_WAIT_S))
            try:
                self._children[name] = self._starts[name]()
            except UnreachableError as error:
                log.warning("it does not start", child=name, why=str(error))

    def leave(self, name: str, within_s: float = 1.5) -> None:
        """End a child, if it is there."""
        if child := self._children.pop(name, None):
            child.stop(within_s)

    def clear(self) -> None:
        """End everyone who is left."""
        for name in list(self._children):
            self.leave(name)
