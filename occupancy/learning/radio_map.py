"""Learning a radio map from a walk: points in signal space, and how people go between places."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np

from occupancy.geometry import Floats
from occupancy.learning.clusters import clusters
from occupancy.learning.joint import floor_of, learn_joint
from occupancy.learning.motion import learn_motion
from occupancy.learning.recording import NOWHERE, Recording, scanners_in
from occupancy.learning.sureness import LEAST, learn_sureness
from occupancy.learning.walks import learn_walks
from occupancy.radio_map import RadioMap

WINDOW_S = 10
"""Strengths are averaged over about so long before they are clustered."""
RADIUS_DB = 1.5
MOST_POINTS = 40
"""Of one place."""
HEARD_PRIOR_S = 4.0
LEAST_HEARD = 0.02


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds in one place."""

    place: str
    strength_db: Floats
    """Shape ``(scanners,)``, NaN where nothing was heard."""
    heard: Floats
    """Part of the seconds in which each scanner heard the tag, shape ``(scanners,)``."""
    seconds: int


def learn_radio_map(recordings: Sequence[Recording], *, quickly: bool = False) -> RadioMap | None:
    """What labelled walks teach; None where they name no place or nobody was heard.

    Args:
        recordings: The walks.
        quickly: Not to find out how sure it is, which takes many times as long as the rest; it is
            then told with the least sureness.
    """
    learned = _learned(recordings)
    if learned is None:
        return None
    if quickly:
        return msgspec.structs.replace(learned, sureness=LEAST)
    return msgspec.structs.replace(learned, sureness=learn_sureness(recordings, _learned))


def _learned(recordings: Sequence[Recording]) -> RadioMap | None:
    """The map alone.

    The numbers are our choice, by leave-one-session-out on recorded walks, decision 0013.
    """
    scanners = scanners_in(recordings)
    windows = [w for recording in recordings for w in _windows(recording, scanners)]
    if not windows:
        return None
    places = sorted({window.place for window in windows})
    index = {place: i for i, place in enumerate(places)}
    floor_db = floor_of(np.array([window.strength_db for window in windows]))
    points = [p for place in places for p in _points(windows, place, floor_db)]
    owner = np.array([index[point.place] for point in points])
    seconds = np.array([float(point.seconds) for point in points])
    strength_db = np.array([point.strength_db for point in points])
    share = seconds / np.bincount(owner, seconds, minlength=len(places))[owner]
    leave_per_s, goes = learn_walks(recordings, index, strength_db, owner, share)
    return RadioMap(
        places=places,
        scanners=list(scanners),
        owner=owner.tolist(),
        share=share.tolist(),
        strength_db=strength_db.T.tolist(),
        heard=np.array([point.heard for point in points]).T.tolist(),
        leave_per_s=leave_per_s.tolist(),
        goes=goes.tolist(),
        joint=learn_joint(recordings, index, scanners),
        motion=learn_motion(recordings, index),
        tags=sorted({tag for recording in recordings for tag in recording.tags}),
    )


def _windows(recording: Recording, scanners: dict[str, int]) -> list[Window]:
    """Stays of a recording cut into windows of about `WINDOW_S` in which anything was heard."""
    named = sorted({stay.place for stay in recording.stays})
    index = {place: i for i, place in enumerate(named)}
    found = []
    for tag in recording.tags:
        where = recording.places_of(tag, index)
        strength_db = recording.strengths(tag, scanners)
        edges = np.flatnonzero(np.diff(where, prepend=NOWHERE - 1, append=NOWHERE - 1))
        for begin, end in pairwise(edges):
            if where[begin] == NOWHERE:
                continue
            parts = max(1, round((end - begin) / WINDOW_S))
            cuts = np.linspace(begin, end, parts + 1).round().astype(int)
            for first, after in pairwise(cuts):
                found.append(_window(named[where[begin]], strength_db[first:after]))
    return [window for window in found if window.heard.any()]


def _window(place: str, strength_db: Floats) -> Window:
    heard = ~np.isnan(strength_db)
    total = np.where(heard, strength_db, 0.0).sum(axis=0)
    count = heard.sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return Window(place, mean, heard.mean(axis=0), len(strength_db))


def _points(windows: list[Window], place: str, floor_db: Floats) -> list[Window]:
    """The clusters of one place, each as one long window."""
    mine = [window for window in windows if window.place == place]
    vectors = np.array([np.where(np.isnan(w.strength_db), floor_db, w.strength_db) for w in mine])
    heard = np.array([window.heard for window in mine])
    seconds = np.array([float(window.seconds) for window in mine])
    usual = (heard * seconds[:, None]).sum(axis=0) / seconds.sum()
    label = clusters(vectors, RADIUS_DB, MOST_POINTS)
    points = []
    for cluster in np.unique(label):
        weight = np.where(label == cluster, seconds, 0.0)[:, None]
        length = weight.sum()
        chance = ((weight * heard).sum(axis=0) + HEARD_PRIOR_S * usual) / (length + HEARD_PRIOR_S)
        chance = np.clip(chance, LEAST_HEARD, 1 - LEAST_HEARD)
        mean_db = (weight * vectors).sum(axis=0) / length
        points.append(Window(place, mean_db, chance, int(length)))
    return points
