"""Report cards: what schooling has taught of each channel and space, as values that can be kept."""

import msgspec
import numpy as np

from occupancy.geometry import Floats
from occupancy.schooling import Schooling
from occupancy.voices import Voices


class FrozenChannel(msgspec.Struct, array_like=True):
    """A channel and a space it sees."""

    rates: bytes
    """In force: starts and ends a second by state, float64, shape ``(2, 3)``."""
    counts: bytes
    """In the bin that is not full yet, float64, shape ``(4,)``."""
    learned: bytes
    """Expected counts, float64, shape ``(4, 3, 3)``."""
    kind: str
    """What it was, as `Schooling.pair_kinds` tells."""


class FrozenUse(msgspec.Struct, array_like=True):
    """A space."""

    habits: bytes
    """At any hour and in force, float64, shape ``(2, 4)``."""
    chance: bytes
    """Of each state by channels alone, float64, shape ``(3,)``."""
    learned: bytes
    """Expected counts, float64, shape ``(7, 3)``."""
    timetable: bytes
    """Seconds in use and known, float32, shape ``(2, 168)``."""
    kind: str
    """What it was, as `Schooling.space_kinds` tells."""


class FrozenVoice(msgspec.Struct, array_like=True):
    """A level of a space, as far as it was ever told."""

    meter: tuple[float, float, int]
    """Level, level lately, and when it was told, ms UTC."""
    fresh: float | None
    """As it counts; None where none does."""
    model: tuple[float, float, float]
    """Nats a unit, the level that says nothing, and trust."""
    due: float
    moments: bytes
    """float64, shape ``(4, 3, 3)``."""
    bend: dict[str, float]
    """With each voice of the same space."""


class FrozenSchooling(msgspec.Struct):
    """All of it."""

    began_ms: int
    hours: int
    bin_s: float
    channels: dict[str, FrozenChannel]
    """By sensor and space."""
    spaces: dict[str, FrozenUse]
    voices: dict[str, FrozenVoice]
    """By sensor, quantity and space."""


def frozen(schooling: Schooling, pairs: list[str], spaces: list[str]) -> FrozenSchooling:
    """What was learned.

    Args:
        schooling: Not changed.
        pairs: Name of each pair.
        spaces: Id of each space.
    """
    experience, watch, belief = schooling.experience, schooling.watch, schooling.belief
    rates = np.stack([watch.start_per_s.T, watch.end_per_s.T])
    habits = np.stack([schooling.habits, np.stack(belief.rates())])
    return FrozenSchooling(
        schooling.began_ms,
        schooling.hours,
        experience.bin_s,
        {
            key: FrozenChannel(
                rates[..., i].tobytes(),
                experience.counts[:, i].tobytes(),
                experience.of_pair[..., i].tobytes(),
                schooling.pair_kinds[i],
            )
            for i, key in enumerate(pairs)
        },
        {
            key: FrozenUse(
                habits[..., i].tobytes(),
                experience.chance[:, i].tobytes(),
                experience.of_space[..., i].tobytes(),
                schooling.timetable.seconds[..., i].tobytes(),
                schooling.space_kinds[i],
            )
            for i, key in enumerate(spaces)
        },
        _voices(schooling.voices),
    )


def _voices(voices: Voices) -> dict[str, FrozenVoice]:
    meters = voices.meters
    bend: dict[int, dict[str, float]] = {}
    for (a, b), value in zip(voices.beside.tolist(), voices.bend.tolist(), strict=True):
        if value:
            bend.setdefault(a, {})[meters.keys[b]] = value
    return {
        meters.keys[i]: FrozenVoice(
            (float(meters.level[i]), float(meters.lately[i]), int(meters.at_ms[i])),
            None if np.isnan(meters.fresh[i]) else float(meters.fresh[i]),
            (float(voices.slope[i]), float(voices.middle[i]), float(voices.trust[i])),
            float(voices.due[i]),
            voices.moments[..., i].tobytes(),
            bend.get(i, {}),
        )
        for i in np.flatnonzero(meters.at_ms).tolist()
    }


def _wake_voices(voices: Voices, kept: dict[str, FrozenVoice]) -> None:
    meters = voices.meters
    for i, key in enumerate(meters.keys):
        if (voice := kept.get(key)) is not None:
            meters.level[i], meters.lately[i], meters.at_ms[i] = voice.meter
            meters.fresh[i] = np.nan if voice.fresh is None else voice.fresh
            voices.slope[i], voices.middle[i], voices.trust[i] = voice.model
            voices.due[i] = voice.due
            voices.moments[..., i] = _floats(voice.moments, 4, 3, 3)
    for pair, (a, b) in enumerate(voices.beside.tolist()):
        if (voice := kept.get(meters.keys[a])) is not None:
            voices.bend[pair] = voice.bend.get(meters.keys[b], 0.0)


def wake(schooling: Schooling, kept: FrozenSchooling, pairs: list[str], spaces: list[str]) -> None:
    """Have a new schooling know what one knew that was frozen.

    What is new, or of another kind than it was, begins at the start.
    """
    schooling.began_ms, schooling.hours = kept.began_ms, kept.hours
    experience, watch, belief = schooling.experience, schooling.watch, schooling.belief
    experience.bin_s = kept.bin_s
    rates = np.stack([watch.start_per_s.T, watch.end_per_s.T])
    for i, key in enumerate(pairs):
        channel = kept.channels.get(key)
        if channel is not None and channel.kind == schooling.pair_kinds[i]:
            rates[..., i] = _floats(channel.rates, 2, 3)
            experience.counts[:, i] = _floats(channel.counts, 4)
            experience.of_pair[..., i] = _floats(channel.learned, 4, 3, 3)
    watch.assume(rates[0].T.copy(), rates[1].T.copy())
    habits = np.stack([schooling.habits, np.stack(belief.rates())])
    for i, key in enumerate(spaces):
        use = kept.spaces.get(key)
        if use is not None and use.kind == schooling.space_kinds[i]:
            habits[..., i] = _floats(use.habits, 2, 4)
            experience.chance[:, i] = _floats(use.chance, 3)
            experience.of_space[..., i] = _floats(use.learned, 7, 3)
            seconds = np.frombuffer(use.timetable, dtype=np.float32)
            schooling.timetable.seconds[..., i] = seconds.reshape(2, -1)
    schooling.habits = habits[0]
    belief.assume(habits[1])
    _wake_voices(schooling.voices, kept.voices)


def _floats(data: bytes, *shape: int) -> Floats:
    return np.frombuffer(data).reshape(shape)
