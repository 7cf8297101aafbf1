"""Gaussian emission with a forward filter: a hidden Markov model over rooms, one step a second.

A room and scanner have a chance to hear the tag in a second, and a normal distribution of its mean
strength then. How tags go from room to room is counted.

Source: Rabiner, Proc. IEEE 77(2), 1989, section III.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vrijplek.evaluation.events import Events, Numbers
from vrijplek.evaluation.grid import NOWHERE
from vrijplek.evaluation.method import RoomChange, Said
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.samples import Samples, samples_of
from vrijplek.evaluation.simple.windows import STEP_S, heard

FLOOR_DB = 3.0
"""A spread is at least this; our choice."""
WIDE_DB = 8.0
"""The spread where fewer than two strengths are known."""
WEAK_DBM = -95.0
"""The mean where none is."""
UNSEEN_MOVES = 0.3
"""Added to each count of moves, so that none is impossible."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """The filter; `learn` gives its parameters."""

    name: str = "Gaussian filter"

    def learn(self, calibration: Sequence[Session]) -> "LearnedGaussian":
        """Learns each room's strengths and the moves between rooms."""
        samples = samples_of(calibration, STEP_S)
        rooms = samples.rooms[NOWHERE + 1 :]
        shape = (len(rooms), len(samples.scanners))
        chance, mean, spread = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for code in range(len(rooms)):
            own = samples.dbm[samples.room == code + 1]
            chance[code], mean[code], spread[code] = emission(own)
        return LearnedGaussian(samples.scanners, rooms, moves(samples), chance, mean, spread)


def emission(dbm: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Chance to be heard, mean and spread for each scanner, from the seconds in one room."""
    is_heard = ~np.isnan(dbm)
    count = is_heard.sum(0)
    mean = np.where(count, np.where(is_heard, dbm, 0).sum(0) / np.maximum(count, 1), WEAK_DBM)
    square = np.where(is_heard, (dbm - mean) ** 2, 0).sum(0) / np.maximum(count, 1)
    spread = np.where(count > 1, np.sqrt(square), WIDE_DB)
    return (count + 1) / (len(dbm) + 2), mean, np.maximum(spread, FLOOR_DB)


def moves(samples: Samples) -> Numbers:
    """Chance to be in a room (column) a second after another (row)."""
    rooms = len(samples.rooms) - 1
    counts = np.full((rooms, rooms), UNSEEN_MOVES)
    for track in samples.tracks:
        both = (track[:-1] != NOWHERE) & (track[1:] != NOWHERE)
        np.add.at(counts, (track[:-1][both] - 1, track[1:][both] - 1), 1)
    chances: Numbers = counts / counts.sum(1, keepdims=True)
    return chances


@dataclass(frozen=True, slots=True)
class LearnedGaussian:
    """The filter of one site; matrices have a row for each room, a column for each scanner."""

    scanners: tuple[str, ...]
    rooms: tuple[str, ...]
    moves: Numbers
    chance: Numbers
    mean_dbm: Numbers
    spread_db: Numbers

    def replay(self, events: Events) -> Said:
        """The likeliest room and its probability, for each tag and second."""
        changes: list[RoomChange] = []
        for tag in heard(events, self.scanners, STEP_S) if self.rooms else ():
            beliefs = self._filtered(self._log_likelihood(tag.mean_dbm))
            told = [self.rooms[room] for room in beliefs.argmax(1)]
            changes += tag.told(told, beliefs.max(1))
        return Said(rooms=tuple(changes))

    def _log_likelihood(self, dbm: Numbers) -> Numbers:
        """Of each second (row) in each room (column)."""
        total = np.zeros((len(dbm), len(self.rooms)))
        for scanner, column in enumerate(dbm.T):
            chance, spread = self.chance[:, scanner], self.spread_db[:, scanner]
            off = (column[:, None] - self.mean_dbm[:, scanner]) / spread
            density = np.log(chance / (spread * np.sqrt(2 * np.pi))) - off**2 / 2
            total += np.where(np.isnan(off), np.log1p(-chance), density)
        return total

    def _filtered(self, log_likelihood: Numbers) -> Numbers:
        belief = np.full(len(self.rooms), 1 / len(self.rooms))
        likelihood = np.exp(log_likelihood - log_likelihood.max(1, keepdims=True))
        beliefs: Numbers = np.empty_like(likelihood)
        for step, now in enumerate(likelihood):
            belief = (belief @ self.moves) * now
            belief /= belief.sum()
            beliefs[step] = belief
        return beliefs
