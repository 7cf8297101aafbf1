"""Sheet: all lines of a building file and the files it includes, each with its place.

Knows neither how files are read nor what lines may say about each other.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vrijplek.building.device import BoardEntry, SensorEntry
from vrijplek.building.entry import SpaceEntry
from vrijplek.building.header import MainFile
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Problem

E_co = TypeVar("E_co", bound=BuildingShape, covariant=True)


@dataclass(frozen=True, slots=True)
class Line(Generic[E_co]):
    """One line of a building file: what it says, and where it stands."""

    entry: E_co
    document: Document
    place: Place

    @property
    def number(self) -> int:
        """Its line in the file."""
        return self.document.line(self.place)

    def problem(self, found: str, expected: str, *steps: str | int) -> Problem:
        """A problem with this line, or with the value that ``steps`` lead to in it."""
        return self.document.problem((*self.place, *steps), found, expected)


@dataclass(slots=True)
class Sheet:
    """The lines of a site; complete where `problems` is empty."""

    main: Document
    header: MainFile | None = None
    """None if it is wrong."""
    spaces: list[Line[SpaceEntry]] = field(default_factory=list)
    boards: list[Line[BoardEntry]] = field(default_factory=list)
    sensors: list[Line[SensorEntry]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Ids of lines that were left out, so that what refers to them is not blamed."""
    problems: list[Problem] = field(default_factory=list)
    partial: bool = False
    """Whether a file is missing, so that an unknown id may be all right."""

    def misses(self, name: str) -> bool:
        """Whether an id that no line has is surely wrong."""
        return not self.partial and name not in self.broken
