"""Learning what levels say of each space: a model of each quantity, and how far to trust it.

Each quantity is a voice by itself, so that one that misleads can be left out. Whether it does is
judged on time that it was not fitted to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from occupancy.belief import Belief, log_odds
from occupancy.geometry import Floats
from occupancy.learned import pair_key
from occupancy.learning.bins import BIN_S, BUSY, UNKNOWN, Bins, binned, switches_in
from occupancy.learning.expectation import Seen, likelihood_of
from occupancy.learning.recording import Recording
from occupancy.learning.stacking import Flags, fitted, trusted
from occupancy.learning.use import used_spaces
from occupancy.level_model import KINDS, LevelInput, LevelModel, QuantityModel, transformed
from occupancy.levels import MOST_NATS
from occupancy.rates import Habits, Rates
from sensors.reading import Level

PENALTY = 1.0
"""L2, on standardised weights."""
BLOCKS = 10
"""Parts of the time, each judged by a model that was fitted to the others."""
LEAST_EFFECT = 0.3
"""A level belongs to the space whose use moves it most, by at least so many deviations."""
STALE_FACTOR, LEAST_STALE_S = 5.0, 120.0

Gauges = dict[tuple[str, str], Floats]
"""Level as transformed by sensor and quantity, shape ``(bins,)``, NaN where not yet told."""


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
        if not mine:
            continue
        said = {c: rates[k] for c in channels if (k := pair_key(c, space)) in rates}
        motion = [_motion(p.bins, channels, said, habits[space]) for p in parts]
        model = _model(parts, mine, column, np.concatenate(motion), stale_s)
        if model is not None:
            found[space] = model
    return found


def _gauges(recording: Recording) -> Gauges:
    """What the gauges of the live service show at the end of each bin."""
    bins, found, last_ms = recording.steps // BIN_S + 1, Gauges(), dict[tuple[str, str], int]()
    for step, reading in recording.readings():
        if isinstance(reading, Level) and reading.quantity in KINDS:
            key = reading.sensor, reading.quantity
            shown = found.setdefault(key, np.full(bins, np.nan))
            if reading.event_ms > last_ms.get(key, 0):
                shown[step // BIN_S :] = transformed(reading.quantity, reading.value)
                last_ms[key] = reading.event_ms
    return found


def _closest(parts: Sequence[Part], key: tuple[str, str], spaces: int) -> int:
    """The space whose use moves a level most; -1 where none does."""
    level = np.concatenate([_of(part, key) for part in parts])
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
    return part.gauges.get(key, np.full(len(part.bins.label), np.nan))


def _model(
    parts: Sequence[Part],
    keys: Sequence[tuple[str, str]],
    column: int,
    motion: Floats,
    stale_s: float,
) -> LevelModel | None:
    label = np.concatenate([part.bins.label[:, column] for part in parts])
    levels = {key: np.concatenate([_of(part, key) for part in parts]) for key in keys}
    known = (label != UNKNOWN) & ~np.isnan(list(levels.values())).any(axis=0)
    busy = label[known] == BUSY
    if busy.sum() < BLOCKS or (~busy).sum() < BLOCKS:
        return None
    voices = [
        _Voice({key: levels[key][known] for key in keys if key[1] == quantity})
        for quantity in sorted({quantity for _, quantity in keys})
    ]
    told = np.column_stack([voice.unfitted(busy) for voice in voices])
    trust_motion, trusts, bias_nats = trusted(motion[known], told, busy)
    quantities = [
        voice.model(busy, float(trust))
        for voice, trust in zip(voices, trusts, strict=True)
        if trust > 0
    ]
    return LevelModel(quantities, bias_nats, trust_motion, stale_s) if quantities else None


@dataclass(frozen=True)
class _Voice:
    """One quantity."""

    levels: Gauges
    """At known times only, without NaN."""

    def model(self, busy: Flags, trust: float) -> QuantityModel:
        """Fitted to all known time."""
        mean, spread, weight, bias_nats = self._fit(busy, np.ones(len(busy), dtype=bool))
        columns = zip(self.levels, mean.tolist(), spread.tolist(), weight.tolist(), strict=True)
        return QuantityModel([LevelInput(*key, *of) for key, *of in columns], bias_nats, trust)

    def unfitted(self, busy: Flags) -> Floats:
        """What it says of each time, fitted to other time, in nats."""
        block = np.arange(len(busy)) * BLOCKS // len(busy)
        told = np.zeros(len(busy))
        for held_out in range(BLOCKS):
            rest, mine = block != held_out, block == held_out
            if busy[rest].any() and not busy[rest].all():
                mean, spread, weight, bias_nats = self._fit(busy, rest)
                told[mine] = (self._columns()[mine] - mean) / spread @ weight + bias_nats
        return np.clip(told, -MOST_NATS, MOST_NATS)

    def _fit(self, busy: Flags, times: Flags) -> tuple[Floats, Floats, Floats, float]:
        """Means, spreads, weights and bias, relative to how often the space was in use."""
        levels, busy = self._columns()[times], busy[times]
        mean, spread = levels.mean(axis=0), levels.std(axis=0) + 1e-9
        design = np.column_stack([(levels - mean) / spread, np.ones(len(levels))])
        penalty = np.append(np.full(len(mean), PENALTY), 1e-6)
        weight = fitted(design, busy, penalty, np.zeros(len(penalty)))
        usual_nats = float(np.log(busy.sum()) - np.log((~busy).sum()))
        return mean, spread, weight[:-1], float(weight[-1]) - usual_nats

    def _columns(self) -> Floats:
        return np.column_stack(list(self.levels.values()))


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
