"""What was measured, beside its goal."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    goal: float
    measured: float
    unit: str
    at_least: bool = False
    """Whether more is better; else less is."""

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.measured >= self.goal if self.at_least else self.measured < self.goal

    def row(self) -> str:
        """As a line of a table in Markdown."""
        sign, met = ("≥" if self.at_least else "<"), ("yes" if self.is_met else "NO")
        form = ",.0f" if self.measured >= 100 else ".3g"
        measured = f"{self.measured:{form}} {self.unit}"
        return f"| {self.what} | {sign} {self.goal:,g} | {measured} | {met} |"


def table(figures: Sequence[Figure]) -> str:
    """All lines under a head."""
    head = "| what | goal | measured | met |\n|---|---|---|---|"
    return "\n".join((head, *(figure.row() for figure in figures)))
