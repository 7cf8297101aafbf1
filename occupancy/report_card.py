"""Report cards: what schooling has taught of each channel and space, as values that can be kept."""

import msgspec
import numpy as np

from occupancy.geometry import Floats
from occupancy.schooling import Schooling


class FrozenChannel(msgspec.Struct, array_like=True):
    """A channel and a space it sees."""

    rates: bytes
    """In force: starts and ends a second by state, float64, shape ``(2, 3)``."""
    counts: bytes
    """In the bin that is not full yet, float64, shape ``(4,)``."""
    learned: bytes
    """Expected counts, float64, shape ``(4, 3, 3)``."""


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


class FrozenSchooling(msgspec.Struct):
    """All of it."""

    began_ms: int
    hours: int
    bin_s: float
    channels: dict[str, FrozenChannel]
    """By sensor and space."""
    spaces: dict[str, FrozenUse]


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
            )
            for i, key in enumerate(pairs)
        },
        {
            key: FrozenUse(
                habits[..., i].tobytes(),
                experience.chance[:, i].tobytes(),
                experience.of_space[..., i].tobytes(),
                schooling.timetable.seconds[..., i].tobytes(),
            )
            for i, key in enumerate(spaces)
        },
    )


def wake(schooling: Schooling, kept: FrozenSchooling, pairs: list[str], spaces: list[str]) -> None:
    """Have a new schooling know what one knew that was frozen; what is new begins at the start."""
    schooling.began_ms, schooling.hours = kept.began_ms, kept.hours
    experience, watch, belief = schooling.experience, schooling.watch, schooling.belief
    experience.bin_s = kept.bin_s
    rates = np.stack([watch.start_per_s.T, watch.end_per_s.T])
    for i, key in enumerate(pairs):
        if (channel := kept.channels.get(key)) is not None:
            rates[..., i] = _floats(channel.rates, 2, 3)
            experience.counts[:, i] = _floats(channel.counts, 4)
            experience.of_pair[..., i] = _floats(channel.learned, 4, 3, 3)
    watch.assume(rates[0].T.copy(), rates[1].T.copy())
    habits = np.stack([schooling.habits, np.stack(belief.rates())])
    for i, key in enumerate(spaces):
        if (use := kept.spaces.get(key)) is not None:
            habits[..., i] = _floats(use.habits, 2, 4)
            experience.chance[:, i] = _floats(use.chance, 3)
            experience.of_space[..., i] = _floats(use.learned, 7, 3)
            seconds = np.frombuffer(use.timetable, dtype=np.float32)
            schooling.timetable.seconds[..., i] = seconds.reshape(2, -1)
    schooling.habits = habits[0]
    belief.assume(habits[1])


def _floats(data: bytes, *shape: int) -> Floats:
    return np.frombuffer(data).reshape(shape)
