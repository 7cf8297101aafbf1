"""Labelled strengths of all calibration sessions together: what fingerprints are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vrijplek.evaluation.events import Numbers
from vrijplek.evaluation.grid import NOWHERE, Codes, RoomCodes
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.windows import heard, scanners_of


@dataclass(frozen=True, slots=True)
class Samples:
    """One row for each second of a tag whose room is known."""

    scanners: tuple[str, ...]
    rooms: tuple[str, ...]
    """The room of each code; 0 is the empty one."""
    dbm: Numbers
    """A column for each scanner, NaN where it heard nothing in the window."""
    room: Codes
    tracks: tuple[Codes, ...]
    """The codes of each tag second by second, 0 where its room is not known."""

    def __len__(self) -> int:
        return len(self.room)


def samples_of(calibration: Sequence[Session], window_s: float) -> Samples:
    """The samples of some sessions, averaged over a window."""
    scanners, codes = scanners_of(calibration), RoomCodes()
    tracks, strengths = [], [np.empty((0, len(scanners)))]
    for session in calibration:
        for tag in heard(session.events, scanners, window_s):
            labels = tag.labels(session.truth, codes)
            tracks.append(labels)
            strengths.append(tag.mean_dbm[labels != NOWHERE])
    rooms = np.concatenate([np.empty(0, dtype=np.int64), *tracks])
    dbm = np.concatenate(strengths)
    return Samples(scanners, tuple(codes.numbers), dbm, rooms[rooms != NOWHERE], tuple(tracks))
