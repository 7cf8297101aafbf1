"""Sureness: how much of what a radio map tells of stays is right where it has not learned them.

Strengths err in the same way for as long as somebody stays at a spot, so the filter is the surer
the longer it is wrong there. Of spots that were walked nothing of that is seen; of others it is.
Owns how stays are held out and judged. Which place is told is not its business.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import msgspec
import numpy as np

from occupancy.answers import NOWHERE
from occupancy.geometry import Floats
from occupancy.ground import ground_of_map
from occupancy.learning.recording import STEP_MS, Recording
from occupancy.radio_map import RadioMap
from occupancy.tracker import Tracker
from sensors.reading import AnyReading, Motion, Sighting
from sensors.tag import Tag

FOLDS = 8
"""So many parts of the walks are each told by a map of the others."""
LEAST = 0.85
"""No walk takes away more: those who walk to be heard are not those who work."""
Learn = Callable[[Sequence[Recording]], RadioMap | None]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A stay, told by a map that did not learn it; seconds in which nothing was told are none."""

    told_s: float
    """Seconds that ought to be right by what was told."""
    right_s: float
    """Seconds that were."""


def learn_sureness(recordings: Sequence[Recording], learn: Learn) -> float:
    """The part of what is told by maps of these walks that is right, `LEAST` to 1.

    Args:
        recordings: With stays.
        learn: Makes a map of some of them, None where they tell nothing.

    Source: cross-validation, Stone 1974 (J. Royal Statistical Society B 36(2)), by blocks of time.
    """
    parts = [part for one in recordings for part in _parts(one, len(recordings))]
    stays: list[HeldOut] = []
    for fold in range(FOLDS):
        rest = [part for number, part in enumerate(parts) if number % FOLDS != fold]
        learned = learn(rest)
        if learned is not None:
            for part in parts[fold::FOLDS]:
                stays += _judged(part, learned)
    return sureness_of(stays)


def sureness_of(stays: Sequence[HeldOut]) -> float:
    """What held-out stays say; 1 where they may be wrong by chance, `LEAST` at least.

    Stays err as a whole, each by itself: what is told too surely is counted less one standard
    error. One stay alone says nothing.

    Source: variance over clusters, Liang and Zeger 1986, Biometrika 73(1); one error is our choice.

    >>> sureness_of([HeldOut(100.0, 90.0)])
    1.0
    >>> sureness_of([HeldOut(100.0, 90.0)] * 100)
    0.91
    """
    told_s = sum(stay.told_s for stay in stays)
    if not told_s:
        return 1.0
    too_sure_s = [stay.told_s - stay.right_s for stay in stays]
    return float(np.clip(1.0 - (sum(too_sure_s) - hypot(*too_sure_s)) / told_s, LEAST, 1.0))


def _parts(recording: Recording, recordings: int) -> Iterator[Recording]:
    """A recording, cut where stays begin if there are not enough recordings for all folds."""
    begins_ms = sorted({stay.begin_ms for stay in recording.stays})
    parts = min(-(-FOLDS // recordings), len(begins_ms))
    inner_ms = [begins_ms[len(begins_ms) * part // parts] for part in range(1, parts)]
    for begin_ms, end_ms in pairwise([recording.begin_ms, *inner_ms, recording.end_ms + STEP_MS]):
        yield Recording(
            begin_ms,
            end_ms - STEP_MS,
            tuple(e for e in recording.entries if begin_ms <= e.received_ms < end_ms),
            tuple(stay for stay in recording.stays if begin_ms <= stay.begin_ms < end_ms),
        )


def _judged(part: Recording, learned: RadioMap) -> Iterator[HeldOut]:
    """Each stay of a part, told by a tracker that knows none of the tags."""
    tracker = Tracker(ground_of_map(msgspec.structs.replace(learned, tags=[])))
    told = _told(part, tracker)
    for stay in part.stays:
        if stay.place in learned.places:
            place = learned.places.index(stay.place)
            steps = slice(part.step_of(stay.begin_ms), part.step_of(stay.end_ms))
            p, said = told[stay.tag][steps].T
            yield HeldOut(float(p.sum()), float((said == place).sum()))


def _told(part: Recording, tracker: Tracker) -> dict[Tag, Floats]:
    """How surely each tag is told where, `NOWHERE` for nothing, shape ``(steps, 2)``."""
    alive = dict.fromkeys(tracker.ground.hearing.boards, True)
    told = {tag: np.tile([0.0, NOWHERE], (part.steps, 1)) for tag in part.tags}
    heard: list[list[AnyReading]] = [[] for _ in range(part.steps)]
    for step, reading in part.readings():
        heard[step].append(reading)
    for step, readings in enumerate(heard):
        tracker.observe([r for r in readings if isinstance(r, Sighting) and r.tag in told])
        for reading in readings:
            if isinstance(reading, Motion):
                tracker.moved(reading)
        tracker.advance(part.begin_ms + STEP_MS * step, alive)
        for tag, said in told.items():
            row = tracker.rows.of.get(tag)
            if row is not None:
                said[step] = tracker.answers.probability[row], tracker.answers.place[row]
    return told
