"""The vitals of a process, as the kernel tells them: what must not grow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at a process."""

    memory_mb: float
    descriptors: int
    threads: int
    tasks: int

    @classmethod
    def of(cls, pid: int, tasks: float) -> "Vitals":
        """Of a process of this machine, which told its tasks itself; Linux alone tells the rest."""
        status = Path(f"/proc/{pid}/status").read_text()
        [kib], [threads] = (
            re.findall(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "Threads")
        )
        open_files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        return cls(int(kib) / 1024, open_files, int(threads), int(tasks))


def is_frozen(pid: int) -> bool:
    """Whether a process has been stopped by a signal, and would answer nobody."""
    return "State:\tT" in Path(f"/proc/{pid}/status").read_text()


@dataclass(frozen=True, slots=True)
class Growth:
    """Medians of the last third of looks less those of the third before it."""

    memory_mb: float
    descriptors: float
    threads: float
    tasks: float

    @classmethod
    def of(cls, looks: Sequence[Vitals]) -> "Growth":
        """What grew, after a first third in which a process gets warm.

        >>> Growth.of([Vitals(1, 9, 1, 4), Vitals(5, 9, 3, 4), Vitals(6, 9, 3, 6)])
        Growth(memory_mb=1, descriptors=0, threads=0, tasks=2)
        """
        third = len(looks) // 3
        middle, last = looks[third : 2 * third], looks[2 * third :]

        def grown(name: str) -> float:
            before, after = ([getattr(look, name) for look in part] for part in (middle, last))
            return median(after) - median(before)

        return cls(*(grown(name) for name in ("memory_mb", "descriptors", "threads", "tasks")))
