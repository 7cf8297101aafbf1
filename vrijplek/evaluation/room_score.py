"""Scores of whereabouts: how often right, how restless, how late."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vrijplek.evaluation import calibration_error
from vrijplek.evaluation.events import Mask
from vrijplek.evaluation.grid import NOWHERE, Codes, Track
from vrijplek.evaluation.runs import MIN_VISIT_S, changes, f1, percentile, runs, share

SWITCH_SLACK_S = 10.0
"""A switch that was said may come so long before the true one."""


@dataclass(frozen=True, slots=True)
class RoomScore:
    """Over all tags and sessions together."""

    accuracy: float
    macro_f1: float
    """Mean over the rooms in which a tag was."""
    spurious_switches_per_hour: float
    visits: int
    """Stays of 10 s or more that began on the grid."""
    visits_found: float
    """The part of them in which the room was said at some time."""
    lag_median_s: float
    """From the start of a visit until the room was said."""
    lag_p90_s: float
    calibration_error: float
    hours: float
    """Time with truth."""


@dataclass(slots=True)
class _Visits:
    count: int = 0
    lags_s: list[float] = field(default_factory=list)

    def add(self, track: Track) -> None:
        """Counts the visits of one track, and how late each was found."""
        for start, end, room in runs(track.truth):
            if room != NOWHERE and start > 0 and (end - start) * track.step_s >= MIN_VISIT_S:
                self.count += 1
                hits = np.flatnonzero(track.said[start:end] == room)
                if hits.size:
                    self.lags_s.append(float(hits[0]) * track.step_s)


def score_rooms(tracks: Sequence[Track]) -> RoomScore:
    """The scores of some tags; needs one at least."""
    truth = np.concatenate([track.truth[track.truth != NOWHERE] for track in tracks])
    said = np.concatenate([track.said[track.truth != NOWHERE] for track in tracks])
    hours = sum(int((track.truth != NOWHERE).sum()) * track.step_s for track in tracks) / 3600
    visits = _Visits()
    for track in tracks:
        visits.add(track)
    return RoomScore(
        accuracy=float((truth == said).mean()) if len(truth) else float("nan"),
        macro_f1=_macro_f1(truth, said),
        spurious_switches_per_hour=share(sum(map(spurious_switches, tracks)), hours),
        visits=visits.count,
        visits_found=share(len(visits.lags_s), visits.count),
        lag_median_s=percentile(visits.lags_s, 50),
        lag_p90_s=percentile(visits.lags_s, 90),
        calibration_error=calibration_error.of_tracks(tracks),
        hours=hours,
    )


def _macro_f1(truth: Codes, said: Codes) -> float:
    scores = []
    for room in np.unique(truth):
        was, told = truth == room, said == room
        right = int((was & told).sum())
        scores.append(f1(share(right, int(told.sum())), share(right, int(was.sum()))))
    return float(np.mean(scores)) if scores else float("nan")


def spurious_switches(track: Track) -> int:
    """Switches that were said and that no true switch explains.

    One explains another when it goes to the same room, comes at most 10 s after it, and has
    explained none before; one that is over again by then explains nothing.
    """
    unused: dict[int, list[int]] = defaultdict(list)
    for step in changes(track.truth).tolist():
        unused[int(track.truth[step])].append(step)
    spurious = 0
    for step in _told_switches(track).tolist():
        room = int(track.said[step])
        of_room = unused[room]
        last = bisect_right(of_room, step + SWITCH_SLACK_S / track.step_s) - 1
        if last >= 0 and (of_room[last] > step or track.truth[step] == room):
            of_room.pop(last)
        else:
            spurious += 1
    return spurious


def _told_switches(track: Track) -> Codes:
    """Where what is said changes, with truth on both sides."""
    scored: Mask = track.truth != NOWHERE
    steps = changes(track.said)
    return steps[scored[steps] & scored[steps - 1]]
