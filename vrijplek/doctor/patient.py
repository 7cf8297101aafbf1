"""The patient: what is known beforehand of the service that is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vrijplek.errors import CommandError
from vrijplek.running import Running
from vrijplek.settings import Settings

Metrics = Mapping[str, list[tuple[Mapping[str, str], float]]]
"""Labels and values by name."""


@dataclass(frozen=True)
class Patient:
    """A state folder, and what was given besides."""

    state: Path
    wall_ms: int
    """The wall clock, ms UTC."""
    config: Path | None = None
    """The settings file, where one was named."""
    settings: Settings | None = None
    """What it says, None where it is wrong."""
    why_not: str = ""
    """Why the settings can't be read."""
    metrics: Metrics = field(default_factory=dict)
    """Of a service that answers; empty else."""

    @property
    def running(self) -> Running | None:
        """Where the last service in this folder was, None where none ever ran."""
        try:
            return Running.read(self.state)
        except CommandError:
            return None

    @property
    def now_ms(self) -> int:
        """The service's clock, ms UTC."""
        running = self.running
        return running.now_ms(self.wall_ms) if running else self.wall_ms

    @property
    def answers(self) -> bool:
        """Whether a service runs and tells its metrics."""
        return bool(self.metrics)

    def metric(self, name: str) -> float | None:
        """One number, None where it is not told."""
        found = self.metrics.get(f"vrijplek_{name}")
        return found[0][1] if found else None
