"""Reader: from a building file and the files it includes to a `Sheet`.

Owns reading and the shape of each line. What lines say about each other is checked elsewhere.
A line with a wrong shape is left out, its id kept, so that one mistake is told once.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from vrijplek.building.device import BoardEntry, MotionEntry, ScannerEntry, SeeingEntry, SensorEntry
from vrijplek.building.entry import (
    BuildingEntry,
    DeskEntry,
    FloorEntry,
    RoomEntry,
    SpaceEntry,
    ZoneEntry,
)
from vrijplek.building.header import IncludedFile, MainFile
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Problem, nearest, read_yaml, shown, validate

E = TypeVar("E", bound=BuildingShape)

_SPACES: Mapping[str, type[SpaceEntry]] = {
    "building": BuildingEntry,
    "floor": FloorEntry,
    "zone": ZoneEntry,
    "room": RoomEntry,
    "desk": DeskEntry,
}
_SENSORS: Mapping[str, type[SensorEntry]] = {
    "motion": MotionEntry,
    "presence": SeeingEntry,
    "count": SeeingEntry,
    "level": SeeingEntry,
    "contact": SeeingEntry,
    "scanner": ScannerEntry,
}


def read_sheet(path: Path) -> Sheet:
    """All lines of a building file and of the files it includes.

    Raises:
        OSError: If the main file can't be read at all.
    """
    document = read_yaml(path)
    reader = _Reader(Sheet(document))
    reader.take(document, (path.resolve(),))
    return reader.sheet


class _Reader:
    """Fills a sheet file by file."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._read: set[Path] = {sheet.main.file.resolve()}

    def take(self, document: Document, chain: tuple[Path, ...]) -> None:
        """Adds the lines of a file, those of the files it includes first.

        Args:
            document: The file.
            chain: The files that led here, this one last.
        """
        self.sheet.problems.extend(document.problems)
        if not isinstance(document.value, dict):
            self.sheet.partial = True
            if document.problems:
                return
        self._take_header(document)
        for place, path in _included(document):
            self._include(document, place, path, chain)
        self._take_lines(document)

    def _take_header(self, document: Document) -> None:
        if document is not self.sheet.main:
            part = validate(document, IncludedFile)
            self.sheet.problems.extend(part if isinstance(part, tuple) else ())
            return
        header = validate(document, MainFile)
        if isinstance(header, tuple):
            self.sheet.problems.extend(header)
        else:
            self.sheet.header = header

    def _include(
        self, document: Document, place: Place, path: Path, chain: tuple[Path, ...]
    ) -> None:
        name, real = shown(document.at(place)), path.resolve()
        if real in self._read:
            again = "leads back to this file" if real in chain else "is included already"
            self._add(document.problem(place, f"{name}, which {again}", "each file once"))
            return
        self._read.add(real)
        try:
            included = read_yaml(path)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            wanted = "a file that can be read, its path relative to this one"
            self._add(document.problem(place, f"{name} ({reason})", wanted))
            self.sheet.partial = True
            return
        self.take(included, (*chain, real))

    def _take_lines(self, document: Document) -> None:
        for place in _places(document, "spaces"):
            space = self._of_its_kind(document, place, _SPACES)
            self.sheet.spaces.extend([Line(space, document, place)] if space else [])
        for place in _places(document, "boards"):
            board = self._shaped(document, place, BoardEntry)
            self.sheet.boards.extend([Line(board, document, place)] if board else [])
        for place in _places(document, "sensors"):
            sensor = self._of_its_kind(document, place, _SENSORS)
            self.sheet.sensors.extend([Line(sensor, document, place)] if sensor else [])

    def _of_its_kind(
        self, document: Document, place: Place, kinds: Mapping[str, type[E]]
    ) -> E | None:
        """The line in the shape of its kind, None if it is wrong."""
        value = document.at(place)
        kind = value.get("kind") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in kinds:
            return self._shaped(document, place, kinds[kind])
        self._leave_out(document, place, (_kindless(document, place, kinds),))
        return None

    def _shaped(self, document: Document, place: Place, model: type[E]) -> E | None:
        """The line in a shape, None if it is wrong."""
        entry = validate(document, model, place)
        if not isinstance(entry, tuple):
            return entry
        self._leave_out(document, place, entry)
        return None

    def _leave_out(self, document: Document, place: Place, why: tuple[Problem, ...]) -> None:
        self.sheet.problems.extend(why)
        value = document.at(place)
        name = value.get("id") if isinstance(value, dict) else value
        if isinstance(name, str):
            self.sheet.broken.add(name)

    def _add(self, problem: Problem) -> None:
        self.sheet.problems.append(problem)


def _kindless(document: Document, place: Place, kinds: Mapping[str, object]) -> Problem:
    """What is wrong with a line that has no known kind."""
    value, listed = document.at(place), f"one of {', '.join(kinds)}"
    if not isinstance(value, dict):
        return document.problem(place, shown(value), "a mapping with `id` and `kind`")
    kind = value.get("kind")
    if kind is None:
        return document.problem(place, "nothing", f"`kind`: {listed}")
    close = nearest(kind, kinds) if isinstance(kind, str) else None
    perhaps = f"`{close}`, perhaps? It is {listed}" if close else listed
    return document.problem((*place, "kind"), shown(kind), perhaps)


def _places(document: Document, key: str) -> Iterator[Place]:
    """The places of all lines of a list."""
    return ((key, i) for i in range(len(document.items_at((key,)))))


def _included(document: Document) -> Iterator[tuple[Place, Path]]:
    """The files that a file includes, with the places that say so."""
    for place in _places(document, "include"):
        name = document.at(place)
        if isinstance(name, str):
            yield place, document.file.parent / name
