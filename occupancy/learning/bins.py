"""Bins: what every channel did in each stretch of some seconds, in arrays for learning."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.learning.recording import Recording
from occupancy.watch import level_of
from sensors.reading import Contact, Count, Motion, Presence

BIN_S = 10
UNKNOWN, VACANT, BUSY = -1, 0, 1


@dataclass(frozen=True)
class Bins:
    """One recording, cut into bins of `BIN_S`; arrays of shape ``(bins, channels)``."""

    starts: Floats
    """How often each channel started."""
    offs: Floats
    """How often each was told to be off, again or anew."""
    ends: Floats
    """How often each ended."""
    on_s: Floats
    """Seconds on."""
    off_s: Floats
    """Seconds off."""
    label: NDArray[np.int8]
    """Whether each space was in use: `UNKNOWN`, `VACANT` or `BUSY`, shape ``(bins, spaces)``."""


def switches_in(recordings: Sequence[Recording]) -> dict[str, int]:
    """A column for each channel that is on or off and was ever on, sorted by its id."""
    seen = {
        reading.sensor
        for recording in recordings
        for _, reading in recording.readings()
        if isinstance(reading, Motion | Presence | Count | Contact) and level_of(reading)
    }
    return {channel: i for i, channel in enumerate(sorted(seen))}


def binned(recording: Recording, channels: dict[str, int], spaces: dict[str, int]) -> Bins:
    """A recording in bins."""
    bins = recording.steps // BIN_S + 1
    shape = (bins, len(channels))
    starts, offs, ends = (np.zeros(shape) for _ in range(3))
    level = np.zeros((recording.steps, len(channels)), dtype=bool)
    state: dict[int, tuple[bool, int]] = {}
    for step, reading in recording.readings():
        if not isinstance(reading, Motion | Presence | Count | Contact):
            continue
        column = channels.get(reading.sensor)
        if column is None:
            continue
        on, (was_on, since) = level_of(reading), state.get(column, (False, step))
        level[since:step, column] = was_on
        if on and (isinstance(reading, Motion) or not was_on):
            starts[step // BIN_S, column] += 1
        offs[step // BIN_S, column] += not on
        ends[step // BIN_S, column] += was_on and not on
        state[column] = (on, step)
    for column, (was_on, since) in state.items():
        level[since:, column] = was_on
    on_s = _summed(level, bins)
    whole = _summed(np.ones((recording.steps, 1), dtype=bool), bins)
    return Bins(starts, offs, ends, on_s, whole - on_s, _labels(recording, spaces, bins))


def _summed(each_second: NDArray[np.bool_], bins: int) -> Floats:
    padded = np.zeros((bins * BIN_S, each_second.shape[1]))
    padded[: len(each_second)] = each_second
    return np.asarray(padded.reshape(bins, BIN_S, -1).sum(axis=1))


def _labels(recording: Recording, spaces: dict[str, int], bins: int) -> NDArray[np.int8]:
    label = np.full((bins, len(spaces)), UNKNOWN, dtype=np.int8)
    for space, column in spaces.items():
        padded = np.full(bins * BIN_S, np.nan)
        padded[: recording.steps] = recording.counts_of(space)
        count = padded.reshape(bins, BIN_S)
        known = ~np.isnan(count)
        busy, vacant = (known & (count > 0)).sum(axis=1), (known & (count == 0)).sum(axis=1)
        label[busy > vacant, column] = BUSY
        label[vacant > busy, column] = VACANT
    return label
