"""The watch: what every channel that sees a space is saying, in arrays.

Owns levels and what they contribute over time. Knows no state and no tag.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import Belief, kept
from occupancy.building import Building
from occupancy.likelihood import Likelihood
from occupancy.liveness import Liveness
from occupancy.placement import SensorKind
from sensors.reading import Count, Motion, Presence

SILENT, OFF, ON = -1, 0, 1
UNSEEN = 0.05
"""So much less of a space may be seen than all its channels together would see."""
WEIGHED = (SensorKind.MOTION, SensorKind.PRESENCE, SensorKind.COUNT)


class Watch:
    """All pairs of a channel and a space that it sees, shape ``(pairs,)`` throughout."""

    def __init__(self, building: Building, likelihood: Likelihood) -> None:
        self.likelihood = likelihood
        self.liveness = Liveness(building)
        pairs = [
            (sensor, building.index[place.space], place.weight)
            for sensor in building.sensors
            if sensor.kind in WEIGHED
            for place in sensor.sees
        ]
        self.sensors = [sensor.id for sensor, _, _ in pairs]
        self.kinds = [sensor.kind for sensor, _, _ in pairs]
        self.weight = np.array([weight for _, _, weight in pairs], dtype=float)
        self.still_nats_per_s = np.array(
            [
                weight * likelihood.still_of(building.spaces[space].kind)
                for _, space, weight in pairs
            ],
            dtype=float,
        )
        self.board_of = np.array(
            [self.liveness.index[sensor.board] for sensor, _, _ in pairs], dtype=np.int64
        )
        self.is_motion = np.array([kind is SensorKind.MOTION for kind in self.kinds], dtype=bool)
        self._blind = np.log1p(-np.minimum(self.weight, 0.999))
        """Log of the chance that a channel misses what happens in the space, shape ``(pairs,)``."""
        self.level = np.full(len(pairs), SILENT, dtype=np.int8)
        self.level_ms = np.zeros(len(pairs), dtype=np.int64)
        prior = np.full(len(building.spaces), likelihood.prior_nats)
        space_of = np.array([space for _, space, _ in pairs], dtype=np.int64)
        self.belief = Belief(space_of, prior)
        self.pairs_of_sensor: dict[str, list[int]] = {}
        for pair, sensor_id in enumerate(self.sensors):
            self.pairs_of_sensor.setdefault(sensor_id, []).append(pair)
        self.pairs_of_space = self._by_space(space_of, len(building.spaces))

    @staticmethod
    def _by_space(space_of: NDArray[np.int64], spaces: int) -> list[NDArray[np.int64]]:
        found: list[list[int]] = [[] for _ in range(spaces)]
        for pair, space in enumerate(space_of):
            found[space].append(pair)
        return [np.array(pairs, dtype=np.int64) for pairs in found]

    def alive(self, now_ms: int) -> NDArray[np.bool_]:
        """Which pairs belong to a living board and have told their level, shape ``(pairs,)``."""
        return np.asarray(self.liveness.alive(now_ms)[self.board_of] & (self.level != SILENT))

    def covers(self, alive: NDArray[np.bool_], spaces: int) -> NDArray[np.bool_]:
        """Whether the living channels see about as much of each space as all of them would.

        A space of which only part is seen may be occupied, never free.

        Args:
            alive: Which pairs are alive, shape ``(pairs,)``.
            spaces: How many spaces there are.

        Returns:
            Shape ``(spaces,)``.
        """
        space_of = self.belief.space_of
        missed = np.exp(np.bincount(space_of, weights=self._blind, minlength=spaces))
        now = np.exp(np.bincount(space_of, weights=self._blind * alive, minlength=spaces))
        return np.asarray(now - missed <= UNSEEN)

    def heard_ms(self) -> NDArray[np.int64]:
        """When the board of each pair was last heard, ms UTC, shape ``(pairs,)``."""
        return self.liveness.heard_ms[self.board_of]

    def observe(self, reading: Motion | Presence | Count, now_ms: int) -> list[int]:
        """Weigh one reading; the spaces that it is about.

        A reading older than `now_ms` counts with its evidence relaxed by its age, and does not
        overrule the level that a later one told.
        """
        pairs = self.pairs_of_sensor.get(reading.sensor, [])
        level, nats = self._worth(reading)
        age_s = max(now_ms - reading.event_ms, 0) / 1000
        age_kept = kept(age_s, self.likelihood.half_life_s)
        for pair in pairs:
            is_newest = reading.event_ms >= self.level_ms[pair]
            if is_newest:
                self.level[pair], self.level_ms[pair] = level, reading.event_ms
            if isinstance(reading, Motion):
                # a trigger behind which stillness is known is worth what stillness has left of it
                spent = 0.0 if is_newest else self.still_nats_per_s[pair] * age_s
                self._add(pair, max(nats * self.weight[pair] * age_kept - spent, 0.0))
            elif is_newest:
                self.belief.said[pair] = nats * self.weight[pair] * age_kept
        return [int(self.belief.space_of[pair]) for pair in pairs]

    def _worth(self, reading: Motion | Presence | Count) -> tuple[int, float]:
        worth = self.likelihood
        match reading:
            case Motion(on=on):
                return (ON, worth.trigger_nats) if on else (OFF, 0.0)
            case Presence(present=present):
                return (ON, worth.present_nats) if present else (OFF, worth.absent_nats)
            case Count(count=count):
                return (ON, worth.count_nats) if count else (OFF, -worth.count_nats)

    def _add(self, pair: int, nats: float) -> None:
        total = self.belief.said[pair] + nats
        self.belief.said[pair] = min(max(total, self.likelihood.floor_nats), self._ceiling)

    @property
    def _ceiling(self) -> float:
        return self.likelihood.ceiling_nats

    def advance(self, elapsed_s: float, now_ms: int) -> NDArray[np.bool_]:
        """Let time pass: stillness speaks, old evidence fades; which pairs are alive.

        One numpy step over all pairs. A level held by the device itself does not fade while its
        board lives; what a dead board said does.
        """
        worth, said = self.likelihood, self.belief.said
        alive = self.alive(now_ms)
        moving = alive & self.is_motion & (self.level == ON)
        still = alive & self.is_motion & (self.level == OFF)
        fading = ~alive
        said[fading] *= kept(elapsed_s, worth.half_life_s)
        said[moving] += worth.on_nats_per_s * elapsed_s * self.weight[moving]
        said[still] -= self.still_nats_per_s[still] * elapsed_s
        np.clip(said, worth.floor_nats, worth.ceiling_nats, out=said, where=self.is_motion)
        return alive
