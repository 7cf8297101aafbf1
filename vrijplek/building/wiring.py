"""Wiring: what sensors say about boards and spaces."""

from collections.abc import Iterator

from vrijplek.building.device import SeeingShape
from vrijplek.building.register import Register, seen
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.tree import twice, unknown
from vrijplek.yamlfile import Problem


def wiring_problems(sheet: Sheet, register: Register) -> Iterator[Problem]:
    """Everything wrong with boards and sensors."""
    yield from twice(sheet.boards)
    yield from twice(sheet.sensors)
    for line in sheet.sensors:
        board = line.entry.id.partition("/")[0]
        if line.right("id") and board in register.lost_boards:
            yield line.problem(f"`{board}`", unknown(board, register.boards, "board"), "id")
        if isinstance(line.entry, SeeingShape):
            yield from _seen(line.of(line.entry), register)


def _seen(line: Line[SeeingShape], register: Register) -> Iterator[Problem]:
    before: set[str] = set()
    for i, name in seen(line):
        if name in register.lost_spaces:
            yield line.problem(f"`{name}`", unknown(name, register.spaces, "space"), "sees", i)
        elif name in before:
            yield line.problem(f"`{name}` again", "each space once", "sees", i)
        before.add(name)
