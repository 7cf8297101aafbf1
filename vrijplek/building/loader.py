"""Loader: from a building file to a `Building`, or to everything that is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from occupancy.building import Building
from occupancy.label import Label
from occupancy.placement import Sensor
from occupancy.space import Kind, Space
from vrijplek.building.device import MotionEntry, SensorEntry
from vrijplek.building.drawing import Drawing
from vrijplek.building.families import HOLDS_S
from vrijplek.building.header import MainFile
from vrijplek.building.reader import read_sheet
from vrijplek.building.register import register_of
from vrijplek.building.sheet import Sheet
from vrijplek.building.tree import tree_problems
from vrijplek.building.wiring import wiring_problems
from vrijplek.yamlfile import Problem

_ORDER = {kind: rank for rank, kind in enumerate(Kind)}


class BuildingError(Exception):
    """A building file that is wrong."""

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        self.file = file
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n".join((f"{file} has {count}:", *map(str, problems))))


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a building file is worth."""

    building: Building | None
    """None where there are problems."""
    problems: tuple[Problem, ...]
    """What must be mended, in the order of the files."""
    warnings: tuple[Problem, ...]
    """What may be right and looks wrong."""


def load_building(path: Path) -> Building:
    """The building that a file describes, with its digest.

    Raises:
        BuildingError: If anything in it or in what it includes is wrong.
        OSError: If the file can't be read at all.
    """
    inspection = inspect_building(path)
    if inspection.building is None:
        raise BuildingError(path, inspection.problems)
    return inspection.building


def inspect_building(path: Path) -> Inspection:
    """The building, or all its problems at once; warnings either way.

    Raises:
        OSError: If the file can't be read at all.
    """
    sheet = read_sheet(path)
    register, drawing = register_of(sheet), Drawing(sheet)
    found = {
        *sheet.problems,
        *tree_problems(sheet, register),
        *wiring_problems(sheet, register),
        *drawing.problems(),
    }
    problems = _in_order(found, path)
    building = None if problems or sheet.header is None else _building(sheet, sheet.header)
    return Inspection(building, problems, _in_order(set(drawing.warnings()), path))


def digest_of(building: Building) -> str:
    """64 hex digits that change when anything in the building does.

    Source:
        SHA-256 over JSON with sets in order: our choice.
    """
    content = msgspec.json.encode(replace(building, digest=""), order="deterministic")
    return hashlib.sha256(content).hexdigest()


def _in_order(problems: set[Problem], main: Path) -> tuple[Problem, ...]:
    """Those of the main file first, then by file, line and column."""

    def place(problem: Problem) -> tuple[bool, str, int, int, str, str]:
        file, column = str(problem.file), problem.column or 0
        return problem.file != main, file, problem.line, column, problem.path, problem.found

    return tuple(sorted(problems, key=place))


def _building(sheet: Sheet, header: MainFile) -> Building:
    """The building of a sheet without problems."""
    spaces = [line.entry.space() for line in sheet.spaces]
    mapped = [
        pair for line in sheet.mappings for pair in line.entry.boards(space.id for space in spaces)
    ]
    boards = [line.entry.board() for line in sheet.boards]
    families = {board.id: board.family for board in boards}
    sensors = [_held(line.entry.sensor(), line.entry, families) for line in sheet.sensors]
    building = Building(
        header.site,
        Label(header.name.nl, header.name.en),
        header.time_zone,
        _with_activities(sorted(spaces, key=lambda space: _ORDER[space.kind])),
        (*boards, *(board for board, _ in mapped)),
        (*sensors, *(sensor for _, sensor in mapped)),
    )
    return replace(building, digest=digest_of(building))


def _held(sensor: Sensor, entry: SensorEntry, families: Mapping[str, str]) -> Sensor:
    """A motion sensor with the hold of its family, where its line tells none."""
    if isinstance(entry, MotionEntry) and entry.hold_s is None:
        return replace(sensor, hold_s=HOLDS_S.get(families.get(sensor.board, ""), 0.0))
    return sensor


def _with_activities(spaces: list[Space]) -> tuple[Space, ...]:
    """The same spaces, each desk without activities having those of what is around it.

    Args:
        spaces: Parents before their children.
    """
    known: dict[str, Space] = {}
    for space in spaces:
        around = known.get(space.parent or "")
        inherits = space.kind is Kind.DESK and not space.activities
        activities = around.activities if inherits and around else space.activities
        known[space.id] = replace(space, activities=activities)
    return tuple(known.values())
