"""Document: the content of a YAML file and the line on which each part of it stands.

Knows no model: what the content should be is `vrijplek.yamlfile.shape`'s business.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from vrijplek.yamlfile.problem import Problem

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Place: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top of a document down to a value."""
Mark: TypeAlias = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where each part of a file stands."""

    values: dict[Place, Mark] = field(default_factory=dict)
    """Where each value begins."""
    keys: dict[Place, Mark] = field(default_factory=dict)
    """Where the key of each value of a mapping stands."""


@dataclass(frozen=True)
class Document:
    """What a file says, and where."""

    file: Path
    value: Value = None
    problems: tuple[Problem, ...] = ()
    """What is wrong with the YAML itself; the value then lacks those parts."""
    find_marks: Callable[[], Marks] = field(default=Marks, repr=False, compare=False)

    @cached_property
    def marks(self) -> Marks:
        """Where each part stands; found when first asked, as a file without mistakes never is."""
        return self.find_marks()

    def at(self, place: Place) -> Value:
        """The value at a place that the file has."""
        value = self.value
        for step in place:
            value = value[step]  # type: ignore[index]
        return value

    def items_at(self, place: Place) -> list[Value]:
        """The list at a place; empty where there is none."""
        value = self.value
        for step in place:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return []
        return value if isinstance(value, list) else []

    def line(self, place: Place) -> int:
        """The line on which a value begins, or the nearest value around it."""
        return self._mark(place)[0]

    def problem(self, place: Place, found: str, expected: str, *, key: bool = False) -> Problem:
        """A problem with the value at ``place``, or with its key.

        A place that the file does not have is marked at the nearest value around it.
        """
        line, column = (self.marks.keys.get(place) if key else None) or self._mark(place)
        return Problem(self.file, line, column, spelled(place), found, expected)

    def _mark(self, place: Place) -> Mark:
        while place and place not in self.marks.values:
            place = place[:-1]
        return self.marks.values.get(place, (1, 1))


def spelled(place: Place) -> str:
    """A place as text.

    >>> spelled(("spaces", 3, "outline", 0))
    'spaces[3].outline[0]'
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")
