"""Learning rates and habits of one space by expectation and maximisation.

Whether somebody was there may be known for all, some or none of the time; whether they moved or
were still never is.

Source: Baum, Petrie, Soules and Weiss 1970 (Annals of Mathematical Statistics 41(1)), with gamma
priors on all rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from occupancy.belief import NOBODY, STILL
from occupancy.experience import MOST_NATS
from occupancy.geometry import Floats
from occupancy.learning.bins import BIN_S, BUSY, VACANT
from occupancy.learning.smoother import smoothed
from occupancy.rates import Habits, Rates

ROUNDS = 15
PRIOR_S = 60.0
"""Assumed rates count as much as so many seconds."""
PRIOR_SAMPLES = 4.0
"""Assumed chances count as much as so many samples."""
PRIOR_MOVES = 1.0
"""Assumed habits count as much as so many changes."""
WRONG = 1e-6
LOWEST_PER_S, HIGHEST_PER_S = 1e-6, 5.0


@dataclass(frozen=True)
class Seen:
    """What the channels that see a space did, in bins; shapes ``(bins, channels)``."""

    starts: Floats
    offs: Floats
    ends: Floats
    start_s: Floats
    """Seconds in which each might have started."""
    on_s: Floats
    label: np.ndarray[tuple[int], np.dtype[np.int8]]
    """Shape ``(bins,)``."""


@dataclass(frozen=True)
class Guess:
    """Parameters of one space: rates of shape ``(channels, 3)``, and moves a second."""

    start_per_s: Floats
    end_per_s: Floats
    moves_per_s: Floats
    """From state to state, shape ``(3, 3)``, zero where there is no way."""
    on_chance: Floats
    """Of a sample, shape ``(channels, 3)``."""
    is_sampled: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Shape ``(channels,)``."""


def learned(
    parts: Sequence[Seen], rates: Sequence[Rates], habits: Habits
) -> tuple[list[Rates], Habits]:
    """Rates of each channel and the habits, beginning with what is assumed.

    Args:
        parts: One or more recordings.
        rates: Assumed, one for each channel.
        habits: Assumed.
    """
    prior = _guess(rates, habits)
    guess = prior
    for _ in range(ROUNDS):
        guess = _improved(guess, prior, parts)
    found = [
        Rates(tuple(start), tuple(end), known.repeats, tuple(chance) if known.on_chance else None)
        for start, end, chance, known in zip(
            guess.start_per_s.tolist(),
            guess.end_per_s.tolist(),
            guess.on_chance.tolist(),
            rates,
            strict=True,
        )
    ]
    moves = guess.moves_per_s
    return found, Habits(*(float(moves[a, b]) for a, b in ((0, 1), (1, 0), (1, 2), (2, 1))))


def likelihood_of(rates: Sequence[Rates], habits: Habits, seen: Seen) -> Floats:
    """Of what was seen in each bin by state, up to a factor, shape ``(bins, 3)``."""
    return _likelihood(_guess(rates, habits), seen)


def _guess(rates: Sequence[Rates], habits: Habits) -> Guess:
    moves = np.zeros((3, 3))
    moves[0, 1], moves[1, 0] = habits.enter_per_s, habits.leave_per_s
    moves[1, 2], moves[2, 1] = habits.settle_per_s, habits.stir_per_s
    starts = np.array([r.start_per_s for r in rates], dtype=float).reshape(-1, 3)
    ends = np.array([r.end_per_s for r in rates], dtype=float).reshape(-1, 3)
    chance = np.array([r.on_chance or (0.5,) * 3 for r in rates], dtype=float).reshape(-1, 3)
    sampled = np.array([r.on_chance is not None for r in rates], dtype=bool)
    return Guess(starts, ends, moves, chance, sampled)


def _improved(guess: Guess, prior: Guess, parts: Sequence[Seen]) -> Guess:
    """One round over all parts."""
    moved, stayed_s = np.zeros((3, 3)), np.zeros(3)
    sums = [np.zeros_like(prior.start_per_s) for _ in range(5)]
    for part in parts:
        chance, moves = _smoothed(guess, part)
        moved += moves
        stayed_s += chance.sum(axis=0) * BIN_S
        columns = (part.starts, part.start_s, part.ends, part.on_s, part.offs)
        sums = [total + told.T @ chance for total, told in zip(sums, columns, strict=True)]
    starts, start_s, ends, on_s, offs = sums
    on_chance = _on_chance(starts + PRIOR_SAMPLES * prior.on_chance, starts + offs + PRIOR_SAMPLES)
    start_per_s = (starts + PRIOR_S * prior.start_per_s) / (start_s + PRIOR_S)
    end_prior_s = PRIOR_S / 6
    end_per_s = (ends + end_prior_s * prior.end_per_s) / (on_s + end_prior_s)
    prior_s = PRIOR_MOVES / np.maximum(prior.moves_per_s.sum(axis=1), 1e-9)
    rates = (moved + prior.moves_per_s * prior_s[:, None]) / (stayed_s + prior_s)[:, None]
    return Guess(
        np.clip(start_per_s, LOWEST_PER_S, HIGHEST_PER_S),
        np.clip(end_per_s, LOWEST_PER_S, HIGHEST_PER_S),
        np.where(prior.moves_per_s > 0, np.clip(rates, LOWEST_PER_S, 0.5), 0.0),
        on_chance,
        prior.is_sampled,
    )


def _on_chance(on: Floats, samples: Floats) -> Floats:
    """Part of the samples that are on, by state, shape ``(channels, 3)``.

    Nobody hides from a motion sensor by being there: where samples are on more rarely with somebody
    still than with nobody, the labels are poor, and the two states are taken to be alike.

    Source: pooled adjacent violators, Ayer et al. 1955 (Annals of Mathematical Statistics 26(4)).

    >>> _on_chance(np.array([[2.0, 9.0, 0.0]]), np.array([[10.0, 10.0, 10.0]]))
    array([[0.1, 0.9, 0.1]])
    """
    found = on / samples
    hides = found[:, STILL] < found[:, NOBODY]
    pooled = (on[:, NOBODY] + on[:, STILL]) / (samples[:, NOBODY] + samples[:, STILL])
    for state in (NOBODY, STILL):
        found[:, state] = np.where(hides, pooled, found[:, state])
    return np.clip(found, 1e-4, 1 - 1e-4)


def _likelihood(guess: Guess, part: Seen) -> Floats:
    """Of each bin by state, up to a factor, shape ``(bins, 3)``."""
    edges = ~guess.is_sampled[:, None]
    nats = part.starts @ (edges * np.log(guess.start_per_s))
    nats -= part.start_s @ (edges * guess.start_per_s)
    nats += part.ends @ (edges * np.log(guess.end_per_s)) - part.on_s @ (edges * guess.end_per_s)
    nats += part.starts @ (~edges * np.log(guess.on_chance))
    nats += part.offs @ (~edges * np.log1p(-guess.on_chance))
    nats -= nats.max(axis=1, keepdims=True)
    found = np.exp(np.maximum(nats, -MOST_NATS))
    found[part.label == BUSY, 0] *= WRONG
    found[np.ix_(part.label == VACANT, [1, 2])] *= WRONG
    return np.asarray(found)


def _smoothed(guess: Guess, part: Seen) -> tuple[Floats, Floats]:
    """Chance of each state in each bin, shape ``(bins, 3)``, and moves between, ``(3, 3)``."""
    step = 1.0 - np.exp(-guess.moves_per_s * BIN_S)
    step[np.diag_indices(3)] = 1.0 - step.sum(axis=1)
    return smoothed(np.maximum(step, 0.0), _likelihood(guess, part))
