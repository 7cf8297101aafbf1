"""Reader: from a building file and the files it includes to a `Sheet`.

Owns reading and the shape of each line. What lines say about each other is checked elsewhere.
Of a line with a wrong shape the rest is kept, so that all its mistakes are told, each once.
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
from vrijplek.building.mapping import MappingEntry
from vrijplek.building.salvage import salvaged
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Problem, Value, nearest, read_yaml, shown, validate

E = TypeVar("E", bound=BuildingShape)

LISTS = ("spaces", "boards", "sensors", "mappings")
"""The keys of a file that hold lines."""
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
        self.sheet.partial.update(_lost_lists(document))
        if not isinstance(document.value, dict):
            self.sheet.partial.update(LISTS)
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
            self.sheet.partial.update(LISTS)
            return
        self.take(included, (*chain, real))

    def _take_lines(self, document: Document) -> None:
        for place in _places(document, "spaces"):
            self.sheet.spaces.extend(self._of_its_kind(document, place, _SPACES, "desk"))
        for place in _places(document, "boards"):
            self.sheet.boards.extend(self._shaped(document, place, BoardEntry))
        for place in _places(document, "sensors"):
            self.sheet.sensors.extend(self._of_its_kind(document, place, _SENSORS, "motion"))
        for place in _places(document, "mappings"):
            self.sheet.mappings.extend(self._shaped(document, place, MappingEntry))

    def _of_its_kind(
        self, document: Document, place: Place, kinds: Mapping[str, type[E]], widest: str
    ) -> Iterator[Line[E]]:
        """The line in the shape of its kind, or of the nearest if there is no such kind."""
        value = document.at(place)
        kind = value.get("kind") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in kinds:
            yield from self._shaped(document, place, kinds[kind])
            return
        self._add(_kindless(document, place, kinds))
        self.sheet.shapeless.add(str(place[0]))
        close = nearest(kind, kinds) if isinstance(kind, str) else None
        if close:
            wrong = validate(document, kinds[close], place)
            told = wrong if isinstance(wrong, tuple) else ()
            self.sheet.problems.extend(each for each in told if not each.path.endswith("].kind"))
        yield from self._salvaged(document, place, kinds[close or widest], close or widest)

    def _shaped(self, document: Document, place: Place, model: type[E]) -> Iterator[Line[E]]:
        """The line in a shape, without what is wrong in it."""
        entry = validate(document, model, place)
        if not isinstance(entry, tuple):
            yield Line(entry, document, place)
            return
        self.sheet.problems.extend(entry)
        yield from self._salvaged(document, place, model)

    def _salvaged(
        self, document: Document, place: Place, model: type[E], kind: str | None = None
    ) -> Iterator[Line[E]]:
        line = salvaged(document, place, model, kind)
        if line is None or not line.right("id"):
            names = _perhaps_ids(document.at(place), model)
            self.sheet.broken[str(place[0])].update(names)
            self.sheet.nameless[str(place[0])] += not names
        if line is not None:
            yield line

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


def _perhaps_ids(value: Value, model: type[BuildingShape]) -> set[str]:
    """What a line without a right id may be called: its wrong id, or a text under a wrong key."""
    if not isinstance(value, dict):
        return {value} if isinstance(value, str) else set()
    known = {field.alias or name for name, field in model.model_fields.items()} - {"id"}
    return {
        str(name)
        for key, name in value.items()
        if key not in known and isinstance(name, str | int | float)
    }


def _lost_lists(document: Document) -> Iterator[str]:
    """The lists of which a file may have lines that can't be found in it."""
    for problem in document.problems:
        # Of a key that stands twice, and of a second document, the later is not read.
        yield from _led_to(problem.path)
    for place in _places(document, "include"):
        if not isinstance(document.at(place), str):
            yield from LISTS
    content = document.value if isinstance(document.value, dict) else {}
    for key, value in content.items():
        misplaced = isinstance(value, dict | str) or key not in {*LISTS, "include"}
        if misplaced and value and key not in IncludedFile.refused:
            yield from _led_to(key if key in LISTS else nearest(key, (*LISTS, "include")))
            yield from LISTS if _has_lines(key, value) else ()


def _led_to(key: str | None) -> tuple[str, ...]:
    """The lists whose lines stand under a key of a file, or in the files that it names."""
    if key in LISTS:
        return (key,)
    return LISTS if key in {"", "include"} else ()


def _has_lines(key: str, value: Value) -> bool:
    """Whether a key that no file has holds a list of mappings, which are lines of some list."""
    return (
        key not in {*LISTS, "include"}
        and isinstance(value, list)
        and any(isinstance(item, dict) for item in value)
    )


def _places(document: Document, key: str) -> Iterator[Place]:
    """The places of all lines of a list."""
    return ((key, i) for i in range(len(document.items_at((key,)))))


def _included(document: Document) -> Iterator[tuple[Place, Path]]:
    """The files that a file includes, with the places that say so."""
    for place in _places(document, "include"):
        name = document.at(place)
        if isinstance(name, str):
            yield place, document.file.parent / name
