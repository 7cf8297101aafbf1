"""The change log of a session: the rows that are worth a line, and their CSV files."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from vrijplek.evaluation.method import RoomChange, Said, UseChange

ROOM_STEP, USE_STEP = 0.01, 0.05
"""A row is written when the probability has moved so far, though the answer is the same: it is
finer for rooms, where most of it is near 1."""
P_DIGITS = 4
ROUNDED = 0.1**P_DIGITS / 2

Change = TypeVar("Change", RoomChange, UseChange)


def thinned(said: Said) -> Said:
    """A row at each change, and whenever the probability has moved by a step; sorted by time.

    >>> rows = (UseChange(0, "den", False, 0.1), UseChange(1, "den", False, 0.14),
    ...         UseChange(2, "den", False, 0.15), UseChange(3, "den", True, 0.15))
    >>> [row.t_s for row in thinned(Said(uses=rows)).uses]
    [0, 2, 3]
    """
    rooms = _thin(said.rooms, "subject", "room", ROOM_STEP)
    return Said(rooms, _thin(said.uses, "room", "occupied", USE_STEP), said.notes)


def _thin(rows: Sequence[Change], of: str, says: str, step: float) -> tuple[Change, ...]:
    """Rows that tell something new.

    Args:
        rows: In any order.
        of: Field that names what a row is about.
        says: Field that holds what it says.
        step: How far a probability has moved that is told again.
    """
    about, told = attrgetter(of), attrgetter(says)
    last: dict[str, Change] = {}
    kept = []
    for exact in sorted(rows, key=attrgetter("t_s")):
        row = replace(exact, p=round(exact.p, P_DIGITS))
        before = last.get(about(row))
        if before is None or told(row) != told(before) or abs(row.p - before.p) > step - ROUNDED:
            last[about(row)] = row
            kept.append(row)
    return tuple(kept)


def write_rooms(folder: Path, session: str, rows: Iterable[RoomChange]) -> Path:
    """Writes `<session>.rooms.csv`."""
    lines = ((_number(r.t_s), r.subject, r.room, _number(r.p)) for r in rows)
    return _write(folder / f"{session}.rooms.csv", ("t", "subject", "room", "p"), lines)


def write_uses(folder: Path, session: str, rows: Iterable[UseChange]) -> Path:
    """Writes `<session>.occupancy.csv`."""
    lines = ((_number(r.t_s), r.room, str(int(r.occupied)), _number(r.p)) for r in rows)
    return _write(folder / f"{session}.occupancy.csv", ("t", "room", "state", "p"), lines)


def _number(value: float) -> str:
    return repr(float(value))  # all digits: a time that was rounded up would look ahead


def _write(file: Path, names: Sequence[str], lines: Iterable[Sequence[str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(lines)
    return file
