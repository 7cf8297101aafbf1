"""k nearest neighbours: the room of most of the five calibration seconds that sounded alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vrijplek.evaluation.events import Events, Numbers
from vrijplek.evaluation.grid import Codes
from vrijplek.evaluation.method import Said
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.samples import Samples, samples_of
from vrijplek.evaluation.simple.windows import heard

K = 5
WINDOW_S = 5.0
UNHEARD_DBM = -105.0
"""Stands for not heard: below what receivers can tell; our choice."""
MOST_SAMPLES = 12_000
"""Of more calibration seconds only every so many-th is kept."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A vote of five."""

    name: str = "kNN of 5"

    def learn(self, calibration: Sequence[Session]) -> "LearnedNeighbours":
        """Keeps the labelled seconds."""
        samples = samples_of(calibration, WINDOW_S)
        every = -(-len(samples) // MOST_SAMPLES) or 1
        return LearnedNeighbours(samples, filled(samples.dbm[::every]), samples.room[::every])


@dataclass(frozen=True, slots=True)
class LearnedNeighbours:
    """The seconds that vote."""

    samples: Samples
    dbm: Numbers
    room: Codes

    def replay(self, events: Events) -> Said:
        """The room that wins the vote, for each tag and second."""
        if len(self.room) < K:
            return Said()
        rows = [
            tag.told([self.samples.rooms[code] for code in self._votes(filled(tag.mean_dbm))])
            for tag in heard(events, self.samples.scanners, WINDOW_S)
        ]
        return Said(rooms=tuple(change for of_tag in rows for change in of_tag))

    def _votes(self, dbm: Numbers) -> list[int]:
        winners: list[int] = []
        for start in range(0, len(dbm), CHUNK):
            some = dbm[start : start + CHUNK]
            far = (self.dbm**2).sum(1) - 2 * some @ self.dbm.T  # same order as squared distances
            near = np.argpartition(far, K - 1, axis=1)[:, :K]
            votes = np.zeros((len(some), len(self.samples.rooms)))
            for column in self.room[near].T:
                votes[np.arange(len(some)), column] += 1
            winners += votes.argmax(1).tolist()
        return winners


def filled(dbm: Numbers) -> Numbers:
    """Strengths with a number where nothing was heard."""
    return np.where(np.isnan(dbm), UNHEARD_DBM, dbm)
