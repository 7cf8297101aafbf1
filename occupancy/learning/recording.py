"""Recordings: what was heard while somebody knew who was where.

Owns the labels and their steps in time. Knows no model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.radio import relative_db
from sensors.entry import Entry
from sensors.reading import AnyReading, Motion, Sighting
from sensors.tag import Tag

STEP_MS = 1_000
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Stay:
    """That a tag was in a place, half-open in time."""

    tag: Tag
    place: str
    begin_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Use:
    """How many people were in a space, half-open in time."""

    space: str
    begin_ms: int
    end_ms: int
    count: float


@dataclass(frozen=True)
class Recording:
    """One stretch of time with its labels."""

    begin_ms: int
    end_ms: int
    entries: tuple[Entry, ...]
    """In order of arrival."""
    stays: tuple[Stay, ...] = ()
    uses: tuple[Use, ...] = field(default=())

    @property
    def steps(self) -> int:
        """How many steps of a second there are; step `k` ends `k` seconds after the begin."""
        return (self.end_ms - self.begin_ms) // STEP_MS + 1

    def step_of(self, at_ms: int) -> int:
        """The step in which a moment is weighed: the first that ends at or after it."""
        return min(max(-((self.begin_ms - at_ms) // STEP_MS), 0), self.steps - 1)

    def readings(self) -> Iterator[tuple[int, AnyReading]]:
        """Each reading with its step."""
        for entry in self.entries:
            step = self.step_of(entry.received_ms)
            for reading in entry.readings:
                yield step, reading

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Who is labelled, sorted."""
        return tuple(sorted({stay.tag for stay in self.stays}))

    def places_of(self, tag: Tag, index: dict[str, int]) -> NDArray[np.int64]:
        """Place of a tag at each step, `NOWHERE` where nobody says, shape ``(steps,)``."""
        where = np.full(self.steps, NOWHERE, dtype=np.int64)
        ends_ms = self.begin_ms + STEP_MS * np.arange(self.steps)
        for stay in self.stays:
            if stay.tag == tag:
                within = (ends_ms >= stay.begin_ms) & (ends_ms < stay.end_ms)
                where[within] = index.get(stay.place, NOWHERE)
        return where

    def counts_of(self, space: str) -> Floats:
        """People in a space at each step, NaN where nobody says, shape ``(steps,)``."""
        count = np.full(self.steps, np.nan)
        ends_ms = self.begin_ms + STEP_MS * np.arange(self.steps)
        for use in self.uses:
            if use.space == space:
                count[(ends_ms >= use.begin_ms) & (ends_ms < use.end_ms)] = use.count
        return count

    def strengths(self, tag: Tag, scanners: dict[str, int]) -> Floats:
        """Mean strength of a tag at each scanner, dB relative to the reference at 1 m.

        Args:
            tag: Whom to look for.
            scanners: Column of each scanner.

        Returns:
            Shape ``(steps, scanners)``, NaN where it was not heard.
        """
        total = np.zeros((self.steps, len(scanners)))
        heard = np.zeros((self.steps, len(scanners)))
        for step, reading in self.readings():
            if not isinstance(reading, Sighting) or reading.tag != tag:
                continue
            column = scanners.get(reading.sensor)
            if column is not None:
                total[step, column] += relative_db(reading)
                heard[step, column] += 1
        return np.asarray(total / np.where(heard > 0, heard, np.nan))

    def triggers(self, channels: dict[str, int]) -> NDArray[np.bool_]:
        """Whether each motion channel started at each step, shape ``(steps, channels)``."""
        found = np.zeros((self.steps, len(channels)), dtype=bool)
        for step, reading in self.readings():
            if isinstance(reading, Motion) and reading.on and reading.sensor in channels:
                found[step, channels[reading.sensor]] = True
        return found


def scanners_in(recordings: Sequence[Recording]) -> dict[str, int]:
    """A column for each scanner that heard anything, sorted by its id."""
    heard = {
        reading.sensor
        for recording in recordings
        for _, reading in recording.readings()
        if isinstance(reading, Sighting)
    }
    return {scanner: i for i, scanner in enumerate(sorted(heard))}


def channels_in(recordings: Sequence[Recording]) -> dict[str, int]:
    """A column for each motion channel that ever started, sorted by its id."""
    moved = {
        reading.sensor
        for recording in recordings
        for _, reading in recording.readings()
        if isinstance(reading, Motion) and reading.on
    }
    return {channel: i for i, channel in enumerate(sorted(moved))}
