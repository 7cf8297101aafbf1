"""Problem: one mistake in a file, told so that it can be mended without looking it up."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a file is wrong, what stands there and what should.

    >>> print(Problem(Path("hq.yaml"), 7, 3, "spaces[0].kind", "`dsk`", "`desk`"))
    hq.yaml:7:3: spaces[0].kind: found `dsk`, expected `desk`
    """

    file: Path
    line: int
    """From 1."""
    column: int | None
    """From 1; None where the whole line is meant."""
    path: str
    """Keys and positions down to the value, as in ``spaces[3].kind``; empty for the whole file."""
    found: str
    expected: str

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        at = f" {self.path}:" if self.path else ""
        return f"{where}:{at} found {self.found}, expected {self.expected}"
