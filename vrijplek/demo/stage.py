"""The stage: the child processes of a demo, started again when they fall over."""

from collections.abc import Callable

import structlog

from vrijplek.children import Child

log = structlog.get_logger(__name__)


class Stage:
    """Children by name, and how to start each."""

    def __init__(self) -> None:
        self._starts: dict[str, Callable[[], Child]] = {}
        self._children: dict[str, Child] = {}

    def enter(self, name: str, start: Callable[[], Child]) -> None:
        """Start a child, and remember how."""
        self._starts[name] = start
        self._children[name] = start()

    def look(self) -> None:
        """Start again whoever has ended without being told to."""
        for name, child in list(self._children.items()):
            if not child.is_running:
                log.warning("starting again", child=name, said=child.last_words(2))
                self._children[name] = self._starts[name]()

    def leave(self, name: str, within_s: float = 1.5) -> None:
        """End a child, if it is there."""
        if child := self._children.pop(name, None):
            child.stop(within_s)

    def clear(self) -> None:
        """End everyone who is left."""
        for name in list(self._children):
            self.leave(name)
