"""Suppression: counts of areas and of the areas inside them, shown so that no small one comes out.

A count from 1 to 4 is shown as `<5`. That alone does not hide it: the rest of its row, or the
areas around it, may give it away by subtraction. So further counts are left out until, for every
small count, there is another table that looks exactly the same and holds another number there.

Owns that arithmetic. Knows no building; totals of rows are public, as anyone can count desks.

Source:
    Complementary suppression as in Willenborg and de Waal, Elements of Statistical Disclosure
    Control (2001), chapter 7; the search for a table that looks the same is our own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

FEW: Literal["<5"] = "<5"
LEAST = 5
"""Smaller counts above zero are not told."""

WINDOW = 32
"""How many leaves on either side of one the search looks at; it bounds the time, not the safety."""

Shown = int | Literal["<5"] | None
"""A count as shown: itself, `<5`, or None where it is left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of one area."""

    id: str
    parent: str | None
    """Row that this one is part of; one that is not in the table counts as none."""
    counts: tuple[int, ...]


def is_small(count: int) -> bool:
    """Whether a count is one to hide.

    >>> [n for n in range(7) if is_small(n)]
    [1, 2, 3, 4]
    """
    return 0 < count < LEAST


def suppressed(rows: Sequence[Row]) -> dict[str, tuple[Shown, ...]]:
    """The table as it may be shown, by id of the row.

    >>> suppressed([Row("a", None, (8, 0)), Row("b", None, (9, 3))])
    {'a': (8, 0), 'b': (None, '<5')}
    """
    table = _Table(rows)
    while open_rows := table.given_away():
        progress = [row for row in open_rows if table.hide_least(row)]
        if not progress:
            table.hide_more(open_rows)
    return {row.id: table.shown(row.id) for row in rows}


@dataclass
class _Cells:
    """One row while it is worked on."""

    counts: tuple[int, ...]
    parent: str | None
    hidden: set[int] = field(default_factory=set)
    dark: bool = False
    """Whether the row does not even tell which of its counts are small."""

    def allows(self, column: int, count: int) -> bool:
        """Whether the row would look the same with this count in a column."""
        here = self.counts[column]
        if count == here:
            return True
        if count < 0 or column not in self.hidden:
            return False
        return self.dark or is_small(count) == is_small(here)


class _Table:
    """The rows, with one more for what is in no row of its own (a rest, never shown)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        given = {row.id: row for row in rows}
        self._rows: dict[str, _Cells] = {}
        self._children: dict[str | None, list[str]] = {}
        for row in given.values():
            parent = row.parent if row.parent in given else None
            small = {i for i, count in enumerate(row.counts) if is_small(count)}
            self._add(row.id, _Cells(row.counts, parent, small))
        for row in given.values():
            if inside := self._children.get(row.id):
                parts = zip(*(given[i].counts for i in inside), strict=True)
                rest = tuple(a - sum(b) for a, b in zip(row.counts, parts, strict=True))
                if any(rest):
                    cells = _Cells(rest, row.id, set(range(len(rest))), dark=True)
                    self._add(f"{row.id}\0rest", cells)
        leaves = [leaf for top in self._children[None] for leaf in self._leaves_of(top)]
        self._near = {
            leaf: [other for other in leaves[max(0, i - WINDOW) : i + WINDOW + 1] if other != leaf]
            for i, leaf in enumerate(leaves)
        }
        self._open = [
            (name, i)
            for name, cells in self._rows.items()
            for i, count in enumerate(cells.counts)
            if is_small(count)
        ]

    def _add(self, row: str, cells: _Cells) -> None:
        self._rows[row] = cells
        self._children.setdefault(cells.parent, []).append(row)

    def shown(self, row: str) -> tuple[Shown, ...]:
        """A row as it may be shown."""
        cells = self._rows[row]
        return tuple(
            count if i not in cells.hidden else FEW if is_small(count) and not cells.dark else None
            for i, count in enumerate(cells.counts)
        )

    def given_away(self) -> list[str]:
        """Rows with a small count for which no other table looking the same was found.

        What is once safe stays so, because leaving out more only makes more tables look the same.
        """
        self._open = [cell for cell in self._open if not self._has_twin(*cell)]
        return list(dict.fromkeys(row for row, _ in self._open))

    def _has_twin(self, row: str, column: int) -> bool:
        """Whether another table that looks the same has another number in this cell.

        In it one desk of a leaf has another state; in one other leaf, a desk may have the reverse.
        """
        for leaf in self._leaves_of(row):
            outside = (other for other in self._near[leaf] if row not in self._upward(other))
            for other in (None, *outside):
                for second in range(len(self._rows[leaf].counts)):
                    if second == column:
                        continue
                    for less, more in ((column, second), (second, column)):
                        changes = self._changes(leaf, other, less, more)
                        if all(self._rows[r].allows(i, n) for (r, i), n in changes.items()):
                            return True
        return False

    def _leaves_of(self, row: str) -> Iterator[str]:
        if row not in self._children:
            yield row
        for child in self._children.get(row, ()):
            yield from self._leaves_of(child)

    def _changes(
        self, leaf: str, other: str | None, less: int, more: int
    ) -> dict[tuple[str, int], int]:
        up, back = self._upward(leaf), self._upward(other)
        changes = {}
        for row, by in [(r, 1) for r in up if r not in back] + [(r, -1) for r in back - up]:
            counts = self._rows[row].counts
            changes[row, less] = counts[less] - by
            changes[row, more] = counts[more] + by
        return changes

    def _upward(self, row: str | None) -> set[str]:
        found = set()
        while row is not None:
            found.add(row)
            row = self._rows[row].parent
        return found

    def hide_more(self, rows: Iterable[str]) -> None:
        """Leaves out one more row in each family that has a row given away."""
        for row in {self._rows[row].parent: row for row in rows}.values():
            self._hide_near(row)

    def _hide_near(self, row: str) -> None:
        family = self._family(row)
        for name in family:
            if self._hide_all(self._rows[name]):
                return
        for name in family:
            if not self._rows[name].dark:
                self._rows[name].dark = True
                return
        parent = self._rows[row].parent
        if parent:
            self._hide_near(parent)
            return
        for cells in self._rows.values():
            self._hide_all(cells)
            cells.dark = True

    def _family(self, row: str) -> list[str]:
        """The row, its siblings from small to large, and its parent."""
        parent = self._rows[row].parent
        siblings = [name for name in self._children[parent] if name != row]
        siblings.sort(key=lambda name: sum(self._rows[name].counts))
        return [row, *siblings, *([parent] if parent else [])]

    def hide_least(self, row: str) -> bool:
        """Leaves out the smallest count above zero that a row still shows, if there is one."""
        cells = self._rows[row]
        left = [i for i, n in enumerate(cells.counts) if n and i not in cells.hidden]
        if left:
            cells.hidden.add(min(left, key=lambda i: cells.counts[i]))
        return bool(left)

    def _hide_all(self, cells: _Cells) -> bool:
        before = len(cells.hidden)
        cells.hidden = set(range(len(cells.counts)))
        return len(cells.hidden) > before
