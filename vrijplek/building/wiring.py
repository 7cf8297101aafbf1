"""Wiring: what sensors say about boards and spaces."""

from collections.abc import Iterable, Iterator

from vrijplek.building.device import SeeingShape
from vrijplek.building.mapping import MappingEntry
from vrijplek.building.register import Register, seen
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.tree import twice, unknown
from vrijplek.yamlfile import Problem


def wiring_problems(sheet: Sheet, register: Register) -> Iterator[Problem]:
    """Everything wrong with boards and sensors."""
    yield from twice(sheet.boards)
    yield from twice(sheet.sensors)
    yield from twice(sheet.mappings)
    if "spaces" not in sheet.partial:
        whole = [line for line in sheet.mappings if not line.wrong]
        yield from mapping_problems(whole, register.spaces)
    for one in sheet.boards:
        if one.right("family") and one.entry.family == "vrijplek" and one.entry.base:
            yield one.problem("a base", "none: our own topics begin with vrijplek/v1", "base")
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


def mapping_problems(
    lines: Iterable[Line[MappingEntry]], spaces: Iterable[str]
) -> Iterator[Problem]:
    """What is wrong with mappings that have the right shape."""
    known = list(spaces)
    for line in lines:
        entry = line.entry
        if (entry.device is None) == (entry.topic is None):
            yield line.problem("both or neither", "either `device` or `topic`")
            continue
        if entry.topic and entry.base:
            yield line.problem("a base", "none beside `topic`, which tells all levels", "base")
        extra, key = entry.named() ^ entry.wanted(), "device" if entry.device else "topic"
        if extra:
            names = ", ".join(f"{{{name}}}" for name in sorted(extra))
            yield line.problem(
                names, f"the same names in `{key}` and `sees`; `+` for any level", key
            )
        elif not any(True for _ in entry.boards(known)):
            yield line.problem(f"`{entry.sees}`, which no space is", "the id of a space", "sees")
