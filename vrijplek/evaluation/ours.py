"""Our own estimator as a method, beside the simple ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from vrijplek.evaluation.events import Events
from vrijplek.evaluation.method import Said
from vrijplek.evaluation.session import Session


@dataclass(frozen=True, slots=True)
class Ours:
    """The estimators of the live service."""

    name: str = "vrijplek"

    def learn(self, calibration: Sequence[Session]) -> "LearnedOurs":  # noqa: ARG002
        """Learns nothing yet."""
        return LearnedOurs()


@dataclass(frozen=True, slots=True)
class LearnedOurs:
    """Says nothing yet."""

    def replay(self, events: Events) -> Said:  # noqa: ARG002
        """Nothing."""
        return Said()
