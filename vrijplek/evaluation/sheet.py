"""Reading one table of a session: CSV, perhaps compressed, with a row of names on top.

Knows nothing of what the columns mean. Every mistake is told with its file and line.
"""

import csv
import gzip
import math
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import numpy as np

from vrijplek.errors import FileProblemsError
from vrijplek.evaluation.events import Mask, Numbers
from vrijplek.yamlfile import Problem


def mistake(file: Path, line: int, column: str, found: str, expected: str) -> FileProblemsError:
    """The error for one wrong place in a file."""
    return FileProblemsError([Problem(file, line, None, column, found, expected)])


class Sheet:
    """The columns of a CSV file that were asked for, as texts."""

    def __init__(self, file: Path, names: Sequence[str]) -> None:
        """Reads the file.

        Raises:
            FileProblemsError: If it is no such table.
            OSError: If it can't be opened.
        """
        self.file = file
        self._columns: dict[str, list[str]] = {name: [] for name in names}
        self._lines = array("q")  # where each row ends: cells may hold line breaks
        with _told_mistakes(file, self._lines):
            self._read(_rows(file))

    def _read(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        _, header = next(rows, (1, []))
        for name in self._columns:
            if name not in header:
                found = f"the columns {','.join(header)}" if header else "nothing"
                raise mistake(self.file, 1, "", found, f"a column `{name}`")
        cells = [(header.index(name), column) for name, column in self._columns.items()]
        same: dict[str, str] = {}  # equal cells share one text: names come again and again
        for line, row in rows:
            self._lines.append(line)
            if len(row) != len(header):
                found = f"{len(row)} cells"
                raise mistake(self.file, line, "", found, f"{len(header)}, as in the first line")
            for place, column in cells:
                column.append(same.setdefault(row[place], row[place]))

    def __len__(self) -> int:
        return len(self._lines)

    def fail(self, row: int, column: str, found: str, expected: str) -> NoReturn:
        """Ends the reading at a row, counted from 0 below the names."""
        raise mistake(self.file, self._lines[row], column, found, expected)

    def texts(self, column: str) -> Sequence[str]:
        """A column as it is written."""
        return self._columns[column]

    def filled(self, column: str, expected: str) -> Sequence[str]:
        """A column in which no cell is empty."""
        cells = self._columns[column]
        if "" in cells:
            self.fail(cells.index(""), column, "nothing", expected)
        return cells

    def fill(self, column: str, rows: Sequence[bool], text: str) -> None:
        """Writes a text into the empty cells of some rows."""
        cells = zip(self._columns[column], rows, strict=True)
        self._columns[column] = [text if may and not cell else cell for cell, may in cells]

    def numbers(self, column: str, expected: str) -> Numbers:
        """A column of finite numbers."""
        cells = self._columns[column]
        try:
            values = np.array(list(map(float, cells)), dtype=np.float64)
        except ValueError:
            values = np.array([np.nan])
        if not np.isfinite(values).all():
            row = next(n for n, cell in enumerate(cells) if not is_number(cell))
            self.fail(row, column, repr(cells[row]) if cells[row] else "nothing", expected)
        return values

    def must(
        self, column: str, bad: Sequence[bool] | Mask, found: Callable[[int], str], rule: str
    ) -> None:
        """Ends the reading at the first row that a mask calls bad."""
        rows = np.flatnonzero(np.asarray(bad))
        if rows.size:
            first = int(rows[0])
            self.fail(first, column, found(first), rule)


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number.

    >>> is_number("-70.5"), is_number("nan"), is_number("")
    (True, False, False)
    """
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, and the line on which each ends."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        for row in reader:
            if row:
                yield reader.line_num, row


@contextmanager
def _told_mistakes(file: Path, lines: Sequence[int]) -> Iterator[None]:
    """Tells what is wrong with the bytes of a file, after the last line that was read."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise mistake(file, _next(lines), "", f"{error}", "a whole gzip file") from error
    except UnicodeDecodeError as error:
        found = f"the byte {error.object[error.start]:#04x}"
        raise mistake(file, _next(lines), "", found, "text in UTF-8") from error
    except csv.Error as error:
        raise mistake(file, _next(lines), "", f"{error}", "cells between commas") from error


def _next(lines: Sequence[int]) -> int:
    return lines[-1] + 1 if lines else 1
