"""Schooling: when and how what was learned from a building's own days is put to use.

Owns the marks in event time at which rates and habits change. Knows no state that was told.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import NOBODY, Belief
from occupancy.building import Building
from occupancy.experience import Experience
from occupancy.geometry import Floats
from occupancy.learned import Learned, pair_key
from occupancy.meters import Meters
from occupancy.placement import SensorKind
from occupancy.pooling import alike, pooled
from occupancy.quiet import most_enter_per_s, silence_nats_per_s
from occupancy.timetable import Timetable, hour_of_week
from occupancy.voices import Voices
from occupancy.watch import Watch

HOUR_MS = 3_600_000
LESSON_HOURS = 24
"""Rates and habits change after so many hours, so that nights and days count alike."""
LEAST_ENTER_PER_S = 1 / 28_800
"""Where nobody ever comes somebody is found by two starts."""
MOST_ENTER_PER_S = 1 / 1200
"""Nor is coming more frequent in any hour, unless it always is."""


class Schooling:
    """Of all channels and spaces of a building.

    Args:
        building: Its spaces.
        learned: What calibration taught is what is assumed, of that channel or space alone.
        watch: The channels; gets new rates.
        belief: Gets new habits.
    """

    def __init__(self, building: Building, learned: Learned, watch: Watch, belief: Belief) -> None:
        self.watch, self.belief = watch, belief
        self._zone = building.time_zone
        self.voices = Voices(Meters(building, watch.liveness), watch.spaces)
        self.experience = Experience(watch, belief, self.voices)
        self._start, self._end = watch.start_per_s.T.copy(), watch.end_per_s.T.copy()
        self._habits: Floats = np.stack(belief.rates())
        spaces = building.spaces
        self.space_kinds = [
            f"{s.kind.value} {s.id}" if s.id in learned.habits else s.kind.value for s in spaces
        ]
        """What each space is; those of one kind are alike. Told apart by calibration by its id."""
        keys = [
            pair_key(s, spaces[i].id) for s, i in zip(watch.sensors, watch.space_of, strict=True)
        ]
        self.pair_kinds = [
            f"{kind.value} {weight} {key}" if key in learned.rates else f"{kind.value} {weight}"
            for key, kind, weight in zip(keys, watch.kinds, watch.weight.tolist(), strict=True)
        ]
        """The same of channels, which differ in how much they see."""
        self._alike_spaces, self._alike_pairs = alike(self.space_kinds), alike(self.pair_kinds)
        self._holds = np.array(
            [
                kind is SensorKind.MOTION and key not in learned.rates
                for key, kind in zip(keys, watch.kinds, strict=True)
            ],
            dtype=bool,
        )
        """Whether each holds motion by itself, so that its ends tell of the device alone."""
        self._seen = np.bincount(watch.space_of, minlength=len(spaces)) > 0
        is_sampled = np.bincount(watch.space_of, watch.is_sampled, len(spaces)) > 0
        is_told = np.array([space.id in learned.habits for space in spaces], dtype=bool)
        self._frees = self._seen & ~is_sampled & ~is_told
        """Whether silence alone must free each space, however it is used."""
        self.timetable = Timetable(1.0 - belief.usual()[NOBODY], self.space_kinds)
        self.habits = self._habits.copy()
        """At any hour: enter, leave, settle and stir, shape ``(4, spaces)``."""
        self.began_ms = 0
        """When the last hour of the building's own zone began, ms UTC; 0 before any was heard."""
        self.hours = 0
        """So many have begun."""

    def advance(self, elapsed_s: float, now_ms: int, alive: NDArray[np.bool_]) -> None:
        """Let time pass; as an hour begins take new habits, once a day new rates.

        Args:
            elapsed_s: Since the last time.
            now_ms: Event time, ms UTC.
            alive: Which pairs are heard and trusted, shape ``(pairs,)``.
        """
        full_s = self.experience.advance(elapsed_s, alive)
        if full_s:
            used = 1.0 - self.experience.chance[NOBODY]
            known = self.watch.observed(alive).astype(float)
            self.timetable.add(hour_of_week(now_ms, self._zone), full_s, used, known)
        if not self.began_ms:
            self.began_ms = now_ms
        elif self._is_new_hour(now_ms):
            self._begin(now_ms)

    def _is_new_hour(self, now_ms: int) -> bool:
        """Whether an hour has begun, also one of the same name: in autumn, or a week later."""
        hours = (hour_of_week(at_ms, self._zone) for at_ms in (self.began_ms, now_ms))
        return now_ms - self.began_ms >= HOUR_MS or len(set(hours)) > 1

    def _begin(self, now_ms: int) -> None:
        """An hour begins."""
        self.hours += 1
        self.timetable.fade((now_ms - self.began_ms) / 1000)
        self.began_ms = now_ms
        if self.hours % LESSON_HOURS == 0:
            self.learn()
        self.time_holds()
        habits = self.habits.copy()
        habits[0] *= self.timetable.odds_against_any(hour_of_week(now_ms, self._zone))
        least = np.minimum(self.habits[0], LEAST_ENTER_PER_S)
        most = np.maximum(self.habits[0], MOST_ENTER_PER_S)
        quiet = most_enter_per_s(self.habits, silence_nats_per_s(self.watch))
        most = np.where(self._frees, np.minimum(most, quiet), most)
        habits[0] = np.maximum(np.minimum(habits[0], most), least)
        self.belief.assume(habits)

    def learn(self) -> None:
        """Take what was learned so far as rates and habits at any hour."""
        starts, off_s, ends, on_s = self.experience.rates_counted()
        start = pooled(starts, off_s, self._start, self._alike_pairs)
        end = pooled(ends, on_s, self._end, self._alike_pairs)
        self.watch.assume(start.T.copy(), np.where(self._holds, self.watch.end_per_s.T, end).T)
        moves, seconds = (counted * self._seen for counted in self.experience.habits_counted())
        self.habits = pooled(moves, seconds, self._habits, self._alike_spaces)
        self.voices.learn(self.experience.chance)

    def time_holds(self) -> None:
        """Take how long each device holds motion as the same, whoever is there.

        Else minutes of hold would count as minutes of motion. Does not wait for nights and days.
        """
        _, _, ends, on_s = self.experience.rates_counted()
        due = (on_s * self._end).sum(axis=0, keepdims=True)
        as_due = pooled(ends.sum(axis=0, keepdims=True), due, np.ones_like(due), self._alike_pairs)
        end = np.where(self._holds, as_due * self._end, self.watch.end_per_s.T)
        self.watch.assume(self.watch.start_per_s, end.T.copy())
