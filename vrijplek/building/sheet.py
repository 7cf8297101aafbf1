"""Sheet: all lines of a building file and the files it includes, each with its place.

Knows neither how files are read nor what lines may say about each other.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vrijplek.building.device import BoardEntry, SensorEntry
from vrijplek.building.entry import SpaceEntry
from vrijplek.building.header import MainFile
from vrijplek.building.mapping import MappingEntry
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Problem

F = TypeVar("F", bound=BuildingShape)
E_co = TypeVar("E_co", bound=BuildingShape, covariant=True)


@dataclass(frozen=True, slots=True)
class Line(Generic[E_co]):
    """One line of a building file: what it says, and where it stands."""

    entry: E_co
    document: Document
    place: Place
    wrong: frozenset[Place] = frozenset()
    """Where in the line, from its top, something is wrong; what the entry has there is no fact."""

    @property
    def name(self) -> str:
        """Its id as it is told, or its line where it has none."""
        if self.right("id"):
            return f"`{getattr(self.entry, 'id', '')}`"
        return f"the one on line {self.number}"

    @property
    def number(self) -> int:
        """Its line in the file."""
        return self.document.line(self.place)

    def right(self, *steps: str | int) -> bool:
        """Whether the value that ``steps`` lead to can be relied on, given or left out."""
        return steps not in self.wrong

    def of(self, entry: F) -> "Line[F]":
        """The same line, its entry known more exactly."""
        return Line(entry, self.document, self.place, self.wrong)

    def problem(self, found: str, expected: str, *steps: str | int) -> Problem:
        """A problem with this line, or with the value that ``steps`` lead to in it."""
        return self.document.problem((*self.place, *steps), found, expected)


@dataclass(slots=True)
class Sheet:
    """The lines of a site, also those with mistakes; right where `problems` is empty.

    `broken`, `nameless` and `partial` are by list: `spaces`, `boards`, `sensors`, `mappings`.
    """

    main: Document
    header: MainFile | None = None
    """None if it is wrong."""
    spaces: list[Line[SpaceEntry]] = field(default_factory=list)
    boards: list[Line[BoardEntry]] = field(default_factory=list)
    sensors: list[Line[SensorEntry]] = field(default_factory=list)
    mappings: list[Line[MappingEntry]] = field(default_factory=list)
    broken: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ids that can't be right as they are, so that what refers to them is not blamed."""
    nameless: Counter[str] = field(default_factory=Counter)
    """How many lines have nothing that looks like an id."""
    shapeless: set[str] = field(default_factory=set)
    """Lists with lines of no known kind."""
    partial: set[str] = field(default_factory=set)
    """Lists of which lines are missing, so that an unknown id may be all right."""
    problems: list[Problem] = field(default_factory=list)
