"""The watch: what every channel that sees a space is saying, in arrays.

Owns levels, and what starting, ending and stillness are worth. Knows no state and no tag.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import STILL, Belief
from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.liveness import Liveness
from occupancy.placement import Placement, Sensor, SensorKind
from occupancy.rates import DEFAULT_RATES, Rates
from sensors.reading import Contact, Count, Motion, Presence

SILENT, OFF, ON = -1, 0, 1
UNSEEN = 0.05
"""So much less of a space may be seen than all its channels together would see."""
HALF_LIFE_S = 1800.0
"""What was said counts half after so long."""
MOST_NATS = 6.0
"""No channel is told to have said more than this."""
Binary = Motion | Presence | Count | Contact
RatesOf = Callable[[str, str], Rates | None]
"""Learned rates by the ids of sensor and space, None where nothing was learned."""


def kept(elapsed_s: float, half_life_s: float = HALF_LIFE_S) -> float:
    """The part of evidence that is left after a time.

    Source: exponential forgetting, so that two steps of t equal one of 2t; our choice, decision
    0003.

    >>> kept(1800.0), kept(0.0)
    (0.5, 1.0)
    """
    if half_life_s <= 0:
        raise ValueError(f"half_life_s must be positive, found {half_life_s!r}")
    return float(0.5 ** (max(elapsed_s, 0.0) / half_life_s))


class Watch:
    """All pairs of a channel and a space that it sees, shape ``(pairs,)`` throughout."""

    def __init__(self, building: Building, learned: RatesOf = lambda _sensor, _space: None) -> None:
        self.liveness = Liveness(building)
        self.spaces = len(building.spaces)
        pairs = [
            (sensor, place, rates)
            for sensor in building.sensors
            for place in sensor.sees
            if (rates := learned(sensor.id, place.space) or _assumed(sensor, place)) is not None
        ]
        self.sensors = [sensor.id for sensor, _, _ in pairs]
        self.kinds = [sensor.kind for sensor, _, _ in pairs]
        self.weight = np.array([place.weight for _, place, _ in pairs], dtype=float)
        self.space_of = np.array([building.index[p.space] for _, p, _ in pairs], dtype=np.int64)
        self.board_of = np.array(
            [self.liveness.index[sensor.board] for sensor, _, _ in pairs], dtype=np.int64
        )
        self.is_motion = np.array([kind is SensorKind.MOTION for kind in self.kinds], dtype=bool)
        self.level = np.full(len(pairs), SILENT, dtype=np.int8)
        self.level_ms = np.zeros(len(pairs), dtype=np.int64)
        self.said = np.zeros(len(pairs))
        """What each pair has said lately, nats; for explanations, the belief does not use it."""
        self.trusted = np.ones(len(pairs), dtype=bool)
        """Which pairs have a vote."""
        self.edges = np.zeros((2, len(pairs)))
        """Starts and ends since whoever learns from them last asked."""
        self._use([rates for _, _, rates in pairs])
        self.pairs_of_sensor: dict[str, list[int]] = {}
        for pair, sensor_id in enumerate(self.sensors):
            self.pairs_of_sensor.setdefault(sensor_id, []).append(pair)
        self.pairs_of_space = self._by_space()

    def _use(self, rates: list[Rates]) -> None:
        """Take these rates, one for each pair."""
        self.start_per_s = np.array([r.start_per_s for r in rates], dtype=float).reshape(-1, 3)
        self.end_per_s = np.array([r.end_per_s for r in rates], dtype=float).reshape(-1, 3)
        self.repeats = np.array([r.repeats for r in rates], dtype=bool)
        self.is_sampled = np.array([r.on_chance is not None for r in rates], dtype=bool)
        self.on_chance = np.array([r.on_chance or (0.5,) * 3 for r in rates], dtype=float)
        self.on_chance = self.on_chance.reshape(-1, 3)
        self._blind = np.log1p(-np.minimum(self.weight, 0.999))
        """Log of the chance that a channel misses what happens in the space, shape ``(pairs,)``."""
        self._hushed: tuple[NDArray[np.bool_], Floats, Floats] | None = None

    def _by_space(self) -> list[NDArray[np.int64]]:
        found: list[list[int]] = [[] for _ in range(self.spaces)]
        for pair, space in enumerate(self.space_of):
            found[space].append(pair)
        return [np.array(pairs, dtype=np.int64) for pairs in found]

    def assume(self, start_per_s: Floats, end_per_s: Floats) -> None:
        """Take other rates from now on, each of shape ``(pairs, 3)``."""
        self.start_per_s, self.end_per_s = start_per_s, end_per_s
        self._hushed = None

    def alive(self, now_ms: int) -> NDArray[np.bool_]:
        """Which pairs have a vote, a living board and told their level, shape ``(pairs,)``."""
        return self.heard(now_ms) & self.trusted

    def heard(self, now_ms: int) -> NDArray[np.bool_]:
        """Which pairs belong to a living board and have told their level, shape ``(pairs,)``."""
        return np.asarray(self.liveness.alive(now_ms)[self.board_of] & (self.level != SILENT))

    def distrusted(self) -> tuple[str, ...]:
        """Ids of the sensors without a vote, in the order of the building."""
        without = np.flatnonzero(~self.trusted)
        return tuple(dict.fromkeys(self.sensors[pair] for pair in without))

    def trust(self, trusted: NDArray[np.bool_]) -> None:
        """Give votes to these pairs alone, shape ``(pairs,)``; who loses it has said nothing."""
        self.trusted = trusted
        self.said[~trusted] = 0.0
        self._hushed = None

    def seen_by(self, sensor: str) -> list[int]:
        """The spaces about which a sensor has a vote."""
        pairs = self.pairs_of_sensor.get(sensor, [])
        return [int(self.space_of[pair]) for pair in pairs if self.trusted[pair]]

    def covers(self, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the living channels see about as much of each space as all of them would.

        A space of which only part is seen may be occupied, never free.

        Args:
            alive: Which pairs are alive, shape ``(pairs,)``.

        Returns:
            Shape ``(spaces,)``.
        """
        missed = np.exp(np.bincount(self.space_of, weights=self._blind, minlength=self.spaces))
        seen = np.bincount(self.space_of, weights=self._blind * alive, minlength=self.spaces)
        return np.asarray(np.exp(seen) - missed <= UNSEEN)

    def lost(self, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a channel that has told its level is dead, shape ``(spaces,)``.

        Args:
            alive: Which pairs are alive, shape ``(pairs,)``.
        """
        dead = (self.level != SILENT) & ~alive
        return np.bincount(self.space_of, dead, self.spaces) > 0

    def changed_ms(self) -> NDArray[np.int64]:
        """When anything that sees each space last changed, ms UTC, shape ``(spaces,)``."""
        last_ms = np.zeros(self.spaces, dtype=np.int64)
        np.maximum.at(last_ms, self.space_of, self.level_ms)
        return last_ms

    def heard_ms(self) -> NDArray[np.int64]:
        """When the board of each pair was last heard, ms UTC, shape ``(pairs,)``."""
        return self.liveness.heard_ms[self.board_of]

    def observe(
        self, reading: Binary, now_ms: int, belief: Belief, explained: Floats | None = None
    ) -> list[int]:
        """Weigh one reading; the spaces that it is about.

        A reading older than `now_ms` counts with its evidence relaxed by its age, and does not
        overrule the level that a later one told.

        Args:
            reading: What a channel said.
            now_ms: Event time, ms UTC.
            belief: What to weigh it into.
            explained: Chance that a badge is in each space, whose bearer moves too, shape
                ``(spaces,)``.
        """
        pairs = self.pairs_of_sensor.get(reading.sensor, [])
        is_on = level_of(reading)
        is_quiet = isinstance(reading, Motion) and not is_on
        age_s = max(now_ms - reading.event_ms, 0) / 1000
        for pair in pairs:
            is_newest = reading.event_ms >= self.level_ms[pair]
            was = self.level[pair]
            # a first "off" of a motion sensor is no end of any motion
            is_news = was == (OFF if is_on else ON) or (was == SILENT and not is_quiet)
            if is_newest:
                self.level[pair], self.level_ms[pair] = (ON if is_on else OFF), reading.event_ms
                self._hushed = None
            if is_news and is_newest:
                self.edges[0 if is_on else 1, pair] += 1.0
            if not self.trusted[pair]:
                continue
            if self.is_sampled[pair]:
                self._sample(pair, belief, explained, is_on=is_on)
            elif (is_news and is_newest) or (isinstance(reading, Motion) and is_on):
                self._weigh(pair, belief, age_s, explained, is_on=is_on, is_newest=is_newest)
        return self.seen_by(reading.sensor)

    def _weigh(
        self,
        pair: int,
        belief: Belief,
        age_s: float,
        explained: Floats | None,
        *,
        is_on: bool,
        is_newest: bool,
    ) -> None:
        space = int(self.space_of[pair])
        rates = self.start_per_s[pair] if is_on else self.end_per_s[pair]
        if explained is not None:
            rates = rates + explained[space] * (rates[1] - rates[0] if is_on else 0.0)
        nats = (np.log(rates) - np.log(rates[0])) * kept(age_s)
        if not is_newest:
            # a start behind which stillness is known is worth what stillness has left of it
            still = self.start_per_s[pair] - self.start_per_s[pair, 0]
            nats = np.maximum(nats - still * age_s, 0.0)
        self._account(pair, float(self._of_somebody(belief, space) @ nats[1:]))
        belief.weigh(space, np.exp(nats))

    def _sample(self, pair: int, belief: Belief, explained: Floats | None, *, is_on: bool) -> None:
        """Weigh one sample of a channel that tells its level again and again."""
        space = int(self.space_of[pair])
        chance = self.on_chance[pair]
        if explained is not None:
            chance = chance + explained[space] * np.maximum(chance[1] - chance, 0.0)
        likelihood = chance if is_on else 1.0 - chance
        nats = np.log(likelihood / likelihood[0])
        self._account(pair, float(self._of_somebody(belief, space) @ nats[1:]))
        belief.weigh(space, likelihood)

    @staticmethod
    def _of_somebody(belief: Belief, space: int) -> Floats:
        """How likely somebody there moves or is still, shape ``(2,)``."""
        somebody = belief.p[1:, space]
        return np.asarray(somebody / somebody.sum())

    def _account(self, pair: int, nats: float) -> None:
        self.said[pair] = min(max(self.said[pair] + nats, -MOST_NATS), MOST_NATS)

    def hush(self, alive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """What it says a second that nothing happens, in nats, against nobody.

        Args:
            alive: Which pairs are alive, shape ``(pairs,)``.

        Returns:
            By pair, shape ``(2, pairs)``, and summed by space, shape ``(2, spaces)``: with somebody
            moving and with somebody still.
        """
        hushed = self._hushed
        if hushed is None or not np.array_equal(hushed[0], alive):
            told, alive = alive.copy(), alive & ~self.is_sampled
            is_on = self.level == ON
            may_start = alive & (~is_on | self.repeats)
            each = -(self.start_per_s[:, 1:] - self.start_per_s[:, :1]) * may_start[:, None]
            each -= (self.end_per_s[:, 1:] - self.end_per_s[:, :1]) * (alive & is_on)[:, None]
            total = np.zeros((2, self.spaces))
            for state, nats in enumerate(each.T):
                total[state] = np.bincount(self.space_of, nats, self.spaces)
            hushed = self._hushed = (told, each.T, total)
        return hushed[1], hushed[2]

    def observed(self, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which spaces any of the living channels sees, shape ``(spaces,)``."""
        return np.asarray(np.bincount(self.space_of, weights=alive, minlength=self.spaces) > 0)

    def advance(
        self,
        elapsed_s: float,
        alive: NDArray[np.bool_],
        belief: Belief,
        unseen: Floats | float = 1.0,
    ) -> None:
        """Let time pass: stillness speaks, old evidence fades.

        A level held by the device itself does not fade while its board lives; what a dead board
        said does.

        Args:
            elapsed_s: Since the last time.
            alive: Which pairs are alive, shape ``(pairs,)``.
            belief: What to carry forward.
            unseen: As in `Belief.advance`.
        """
        by_pair, by_space = self.hush(alive)
        still = belief.p[STILL] / (belief.p[1:].sum(axis=0))
        self.said += elapsed_s * (by_pair[0] + (by_pair[1] - by_pair[0]) * still[self.space_of])
        self.said *= kept(elapsed_s)
        np.clip(self.said, -MOST_NATS, MOST_NATS, out=self.said)
        belief.advance(elapsed_s, by_space, unseen)


def _assumed(sensor: Sensor, place: Placement) -> Rates | None:
    """Rates of a channel about which nothing was learned; None where it says nothing then."""
    usual = DEFAULT_RATES.get(sensor.kind)
    return None if usual is None else usual.seen(place.weight)


def level_of(reading: Binary) -> bool:
    """Whether a channel says that it is on."""
    match reading:
        case Motion(on=on):
            return on
        case Presence(present=present):
            return present
        case Count(count=count):
            return count > 0
        case Contact(open=is_open):
            return is_open
