"""Learning what levels say of each space: a logistic model, and how far to trust it.

Source: iteratively reweighted least squares with an L2 penalty (McCullagh and Nelder 1989, section
2.5); stacking, Wolpert 1992 (Neural Networks 5(2)).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import Belief, log_odds
from occupancy.geometry import Floats
from occupancy.learned import pair_key
from occupancy.learning.bins import BIN_S, BUSY, UNKNOWN, Bins, binned, switches_in
from occupancy.learning.expectation import Seen, likelihood_of
from occupancy.learning.recording import Recording
from occupancy.learning.use import used_spaces
from occupancy.level_model import KINDS, LevelInput, LevelModel
from occupancy.levels import MOST_NATS, Gauge, Levels
from occupancy.rates import Habits, Rates
from sensors.reading import Level

PENALTY = 1.0
BLOCKS = 10
"""Parts of the time, each judged by a model that was fitted to the others."""
ROUNDS = 25
LEAST_EFFECT = 0.3
"""A level belongs to the space whose use moves it most, by at least so many deviations."""
LEAST_TRUST, MOST_TRUST = 0.0, 1.5
STALE_FACTOR, LEAST_STALE_S = 5.0, 120.0

Gauges = dict[tuple[str, str], Floats]
"""Level and smoothed level by sensor and quantity, shape ``(bins, 2)``, NaN where not yet told."""


@dataclass(frozen=True)
class Part:
    """One recording, ready to learn from."""

    bins: Bins
    gauges: Gauges


def learn_levels(
    recordings: Sequence[Recording], rates: Mapping[str, Rates], habits: Mapping[str, Habits]
) -> dict[str, LevelModel]:
    """Models by space; spaces that no level tells anything of have none."""
    spaces, channels = used_spaces(recordings), switches_in(recordings)
    parts = [Part(binned(r, channels, spaces), _gauges(r)) for r in recordings]
    keys = sorted({key for part in parts for key in part.gauges})
    best = {key: _closest(parts, key, len(spaces)) for key in keys}
    stale_s = _stale_s(recordings)
    found = {}
    for space, column in spaces.items():
        mine = [key for key in keys if best[key] == column]
        said = {c: rates[k] for c in channels if (k := pair_key(c, space)) in rates}
        motion = [_motion(p.bins, channels, said, habits[space]) for p in parts]
        model = _model(parts, mine, column, np.concatenate(motion), stale_s)
        if model is not None:
            found[space] = model
    return found


def _gauges(recording: Recording) -> Gauges:
    """What the gauges of the live service show at the end of each bin."""
    levels, found = Levels({}, {}), {}
    readings = [(s, r) for s, r in recording.readings() if isinstance(r, Level)]
    bins = recording.steps // BIN_S + 1
    for key in sorted({(r.sensor, r.quantity) for _, r in readings if r.quantity in KINDS}):
        shown = np.full((bins, 2), np.nan)
        gauge: Gauge | None = None
        for step, reading in readings:
            if (reading.sensor, reading.quantity) == key:
                gauge = levels.moved(gauge, reading)
                shown[step // BIN_S :] = gauge.level, gauge.smooth
        found[key] = shown
    return found


def _closest(parts: Sequence[Part], key: tuple[str, str], spaces: int) -> int:
    """The space whose use moves a level most; -1 where none does."""
    level = np.concatenate([_of(part, key)[:, 0] for part in parts])
    label = np.concatenate([part.bins.label for part in parts])
    effects = np.zeros(spaces)
    for column in range(spaces):
        known = (label[:, column] != UNKNOWN) & ~np.isnan(level)
        busy = label[known, column] == BUSY
        if busy.any() and not busy.all() and level[known].std() > 0:
            apart = level[known][busy].mean() - level[known][~busy].mean()
            effects[column] = abs(apart) / level[known].std()
    return int(effects.argmax()) if effects.max(initial=0.0) >= LEAST_EFFECT else -1


def _of(part: Part, key: tuple[str, str]) -> Floats:
    none = np.full((len(part.bins.label), 2), np.nan)
    return part.gauges.get(key, none)


def _model(
    parts: Sequence[Part],
    keys: Sequence[tuple[str, str]],
    column: int,
    motion: Floats,
    stale_s: float,
) -> LevelModel | None:
    label = np.concatenate([part.bins.label[:, column] for part in parts])
    if not keys:
        return None
    levels = np.concatenate([np.hstack([_of(part, key) for key in keys]) for part in parts])
    known = (label != UNKNOWN) & ~np.isnan(levels).any(axis=1)
    busy = label[known] == BUSY
    if busy.sum() < BLOCKS or (~busy).sum() < BLOCKS:
        return None
    trust_motion, trust = _trust(levels[known], busy, motion[known])
    mean, spread = levels[known].mean(axis=0), levels[known].std(axis=0) + 1e-9
    weight, bias = _fitted((levels[known] - mean) / spread, busy)
    pairs = range(0, len(mean), 2)
    inputs = [
        LevelInput(sensor, quantity, _two(mean, i), _two(spread, i), _two(weight, i))
        for i, (sensor, quantity) in zip(pairs, keys, strict=True)
    ]
    return LevelModel(inputs, bias - _prior(busy), trust, trust_motion, stale_s)


def _two(values: Floats, at: int) -> tuple[float, float]:
    return float(values[at]), float(values[at + 1])


def _prior(busy: NDArray[np.bool_]) -> float:
    """Log-odds of being in use, of the time that was learned from."""
    return float(np.log(busy.sum()) - np.log((~busy).sum()))


def _fitted(
    inputs: Floats, busy: NDArray[np.bool_], penalty: float = PENALTY
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression."""
    design = np.hstack([inputs, np.ones((len(inputs), 1))])
    ridge = np.diag([penalty] * inputs.shape[1] + [1e-6])
    weight = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        p = 0.5 * (1 + np.tanh(0.5 * design @ weight))
        slope = design.T @ (busy - p) - ridge @ weight
        bend = (design * (p * (1 - p))[:, None]).T @ design + ridge
        step = np.linalg.solve(bend, slope)
        weight = weight + step * min(1.0, 5.0 / np.abs(step).max(initial=1e-12))
    return weight[:-1], float(weight[-1])


def _trust(levels: Floats, busy: NDArray[np.bool_], motion: Floats) -> tuple[float, float]:
    """How much motion and levels count together, each judged on time it was not fitted to."""
    block = np.arange(len(busy)) * BLOCKS // len(busy)
    told = np.zeros(len(busy))
    for held_out in range(BLOCKS):
        rest, mine = block != held_out, block == held_out
        if busy[rest].all() or not busy[rest].any():
            continue
        mean, spread = levels[rest].mean(axis=0), levels[rest].std(axis=0) + 1e-9
        weight, bias = _fitted((levels[rest] - mean) / spread, busy[rest])
        nats = ((levels[mine] - mean) / spread) @ weight + bias - _prior(busy[rest])
        told[mine] = np.clip(nats, -MOST_NATS, MOST_NATS)
    weight, _ = _fitted(np.column_stack([motion, told]), busy)
    trust_motion, trust = np.clip(weight, LEAST_TRUST, MOST_TRUST)
    return float(min(trust_motion, 1.0)), float(trust)


def _motion(
    bins: Bins, channels: Mapping[str, int], rates: Mapping[str, Rates], habits: Habits
) -> Floats:
    """Log-odds by what is on or off alone, as the live belief has them, shape ``(bins,)``."""
    belief = Belief([habits])
    columns = [channels[channel] for channel in rates]
    repeats = np.array([r.repeats for r in rates.values()], dtype=float)
    start_s = bins.off_s[:, columns] + repeats * bins.on_s[:, columns]
    seen = Seen(
        bins.starts[:, columns],
        bins.offs[:, columns],
        bins.ends[:, columns],
        start_s,
        bins.on_s[:, columns],
        np.full(len(bins.starts), UNKNOWN, dtype=np.int8),
    )
    likelihoods = likelihood_of(list(rates.values()), habits, seen)
    told = np.empty(len(likelihoods))
    quiet = np.zeros((2, 1))
    for i, likelihood in enumerate(likelihoods):
        belief.advance(BIN_S, quiet)
        belief.weigh(0, likelihood)
        told[i] = log_odds(belief.occupied)[0]
    return told


def _stale_s(recordings: Sequence[Recording]) -> float:
    """A level is stale after some of the usual times between two."""
    gaps = []
    last: dict[tuple[str, str], int] = {}
    for recording in recordings:
        for step, reading in recording.readings():
            if isinstance(reading, Level):
                key = (reading.sensor, reading.quantity)
                if key in last and step > last[key]:
                    gaps.append(step - last[key])
                last[key] = step
    return max(STALE_FACTOR * float(np.median(gaps)) if gaps else 0.0, LEAST_STALE_S)
