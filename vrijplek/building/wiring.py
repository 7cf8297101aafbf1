"""Wiring: what sensors say about boards and spaces."""

from collections.abc import Iterator, Mapping

from vrijplek.building.device import SeeingShape, SensorEntry
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.tree import twice, unknown
from vrijplek.yamlfile import Problem


def wiring_problems(sheet: Sheet) -> Iterator[Problem]:
    """Everything wrong with boards and sensors."""
    yield from twice(sheet.boards)
    yield from twice(sheet.sensors)
    boards = {line.entry.id: line for line in sheet.boards}
    spaces = {line.entry.id: line for line in sheet.spaces}
    for line in sheet.sensors:
        board = line.entry.id.partition("/")[0]
        if board not in boards and sheet.misses(board):
            yield line.problem(f"`{board}`", unknown(board, boards, "board"), "id")
        if isinstance(line.entry, SeeingShape):
            yield from _seen(sheet, line, line.entry, spaces)


def _seen(
    sheet: Sheet, line: Line[SensorEntry], entry: SeeingShape, spaces: Mapping[str, object]
) -> Iterator[Problem]:
    names = [seen.space for seen in entry.sees]
    for i, name in enumerate(names):
        if name not in spaces and sheet.misses(name):
            yield line.problem(f"`{name}`", unknown(name, spaces, "space"), "sees", i)
        elif name in names[:i]:
            yield line.problem(f"`{name}` again", "each space once", "sees", i)
