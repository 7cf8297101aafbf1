"""Asking: what a page may ask of belief while the pipeline moves it.

Owns the lock that keeps a question out of the midst of a round. Knows no page and no message.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from occupancy.estimator import Estimator
from occupancy.evidence import Evidence
from occupancy.outlook import outlook
from occupancy.prospect import Prospect

PATIENCE_S = 2.0
"""A round takes milliseconds; a page does not wait for a pipeline that hangs."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers from before a round or from after it; any thread may ask."""

    estimator: Estimator
    moving: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever moves the estimator, and here for as long as it is read."""

    def explain(self, space: str) -> tuple[Evidence, ...]:
        """What speaks for and against the space being occupied now, strongest first.

        Nothing where no round ends for `PATIENCE_S`.

        Raises:
            KeyError: If there is no such space.
        """
        with suppress(TimeoutError), self._still():
            return self.estimator.explain(space)
        return ()

    def outlook(self, space: str) -> tuple[Prospect, ...]:
        """What would change the state of the space, and when; nothing as above.

        Raises:
            KeyError: If there is no such space.
        """
        with suppress(TimeoutError):
            return outlook(self.estimator, space, self._still())
        return ()

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Belief stands still within.

        Raises:
            TimeoutError: If it moves for too long.
        """
        if not self.moving.acquire(timeout=PATIENCE_S):
            raise TimeoutError
        try:
            yield
        finally:
            self.moving.release()
