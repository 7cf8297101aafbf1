"""What people do all day: when they come, how long they sit, when they meet, lunch and leave.

Owns the durations, all of them our choice after ordinary Dutch office hours. Knows neither desks
nor ways.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from firmware_sim.people import seeded
from firmware_sim.stay import Doing, Errand

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
NEVER_MS = 2**62


class DayPlan(NamedTuple):
    """One person's day, in ms UTC."""

    arrive_ms: int
    lunch_ms: int
    back_ms: int
    leave_ms: int


class Habits(Protocol):
    """How a schedule drives people."""

    slot_ms: int
    """How often a free room may be taken for a meeting."""

    def begins_ms(self, now_ms: int) -> int:
        """From when on the world has to be played to be right at ``now_ms``."""

    def first(self, person: int, now_ms: int) -> Errand:
        """What a person is doing when the world begins."""

    def following(self, person: int, doing: Doing, now_ms: int) -> Errand:
        """What a person does after a stay of that kind."""

    def meeting_chance(self, now_ms: int) -> float:
        """How likely a free room is taken in the slot that begins now."""

    def meeting_ms(self) -> int:
        """How long a new meeting lasts."""

    def free_until_ms(self, person: int, now_ms: int) -> int:
        """Until when a person who sits at a desk can be asked to a meeting."""


def long_tailed(chance: np.random.Generator, mean: float, low: float, high: float) -> float:
    """A log-normal duration with about this mean, kept within bounds."""
    spread = 0.6
    drawn = mean * float(np.exp(chance.normal(-spread * spread / 2, spread)))
    return min(max(drawn, low), high)


class BusyHabits:
    """The middle of a working day without an end: the same bustle at any hour."""

    slot_ms = MINUTE_MS

    def __init__(self, chance: np.random.Generator) -> None:
        """Draw from this source of chance."""
        self._chance = chance

    def begins_ms(self, now_ms: int) -> int:
        """Now: there is no past that matters."""
        return now_ms

    def first(self, person: int, now_ms: int) -> Errand:
        """Mostly at a desk, part of the way through whatever it is."""
        del person
        mix = {Doing.OUTSIDE: 0.05, Doing.BREAK: 0.06}
        drawn = self._chance.random()
        for doing, share in mix.items():
            if drawn < share:
                return Errand(doing, now_ms + self._minutes(0.2, 4.0))
            drawn -= share
        left = self._chance.random() * long_tailed(self._chance, 26, 3, 90)
        return Errand(Doing.DESK, now_ms + round(left * MINUTE_MS))

    def following(self, person: int, doing: Doing, now_ms: int) -> Errand:
        """After a desk a break, or away and back to another desk; after all else a desk."""
        del person
        if doing is not Doing.DESK:
            sits = long_tailed(self._chance, 22, 3, 90)
            return Errand(Doing.DESK, now_ms + round(sits * MINUTE_MS))
        if self._chance.random() < 0.28:
            return Errand(Doing.OUTSIDE, now_ms + self._minutes(2.5, 7.0), keeps_desk=False)
        return Errand(Doing.BREAK, now_ms + self._minutes(1.5, 6.0))

    def meeting_chance(self, now_ms: int) -> float:
        """So that about a third of the rooms are in use; at the very start all that would be."""
        del now_ms
        return 1 / 45

    def meeting_ms(self) -> int:
        """About twenty minutes."""
        return round(long_tailed(self._chance, 20, 5, 60) * MINUTE_MS)

    def free_until_ms(self, person: int, now_ms: int) -> int:
        """Always."""
        del person, now_ms
        return NEVER_MS

    def _minutes(self, low: float, high: float) -> int:
        return round(self._chance.uniform(low, high) * MINUTE_MS)


class DayHabits:
    """Working days: in around 08:30, lunch around 12:15, home around 17:00, none at weekends."""

    slot_ms = 30 * MINUTE_MS

    def __init__(self, chance: np.random.Generator, seed: int, site: str, time_zone: str) -> None:
        """Plan days in the site's local time.

        Args:
            chance: For all that is not planned ahead.
            seed: Of the world; with a date and a person it fixes that person's day.
            site: Of the building.
            time_zone: IANA name.
        """
        self._chance, self._seed, self._site = chance, seed, site
        self._zone = ZoneInfo(time_zone)
        self._today: dict[int, DayPlan] = {}
        self._lunched: set[int] = set()

    def begins_ms(self, now_ms: int) -> int:
        """The midnight before."""
        return self._midnight_ms(now_ms, 0)

    def first(self, person: int, now_ms: int) -> Errand:
        """At home."""
        return self._home(person, now_ms - 1)

    def following(self, person: int, doing: Doing, now_ms: int) -> Errand:
        """Home after the day, lunch at its hour, else a break after a desk and a desk after it."""
        today = self._today[person]
        if now_ms >= today.leave_ms:
            return self._home(person, now_ms)
        if now_ms >= today.lunch_ms and person not in self._lunched:
            self._lunched.add(person)
            where = Doing.OUTSIDE if self._chance.random() < 0.4 else Doing.BREAK
            keeps = self._chance.random() < 0.85
            return Errand(where, max(today.back_ms, now_ms + 10 * MINUTE_MS), keeps_desk=keeps)
        if doing is Doing.DESK:
            pause = long_tailed(self._chance, 6, 2, 15)
            return Errand(Doing.BREAK, now_ms + round(pause * MINUTE_MS))
        sits_ms = round(long_tailed(self._chance, 55, 8, 150) * MINUTE_MS)
        return Errand(Doing.DESK, min(now_ms + sits_ms, self.free_until_ms(person, now_ms)))

    def meeting_chance(self, now_ms: int) -> float:
        """About a third of the free rooms at each half hour from 9 to 16:30, none over lunch."""
        local = datetime.fromtimestamp(now_ms / 1000, self._zone)
        hour = local.hour + local.minute / 60
        return 0.3 if 9 <= hour < 12 or 13 <= hour <= 16.5 else 0.0

    def meeting_ms(self) -> int:
        """Half an hour or an hour, and mostly a little less."""
        whole = 30 if self._chance.random() < 0.6 else 60
        return round((whole - self._chance.uniform(0, 5)) * MINUTE_MS)

    def free_until_ms(self, person: int, now_ms: int) -> int:
        """Until lunch, or until it is time to go home."""
        today = self._today[person]
        lunched = person in self._lunched
        return max(now_ms, today.leave_ms if lunched else min(today.lunch_ms, today.leave_ms))

    def _home(self, person: int, now_ms: int) -> Errand:
        """Outside until the next arrival, whichever day that is on."""
        for ahead in range(14):
            plan = self._plan(person, self._midnight_ms(now_ms, ahead))
            if plan is not None and plan.arrive_ms > now_ms:
                self._today[person] = plan
                self._lunched.discard(person)
                return Errand(Doing.OUTSIDE, plan.arrive_ms, keeps_desk=False)
        return Errand(Doing.OUTSIDE, NEVER_MS, keeps_desk=False)

    def _plan(self, person: int, midnight_ms: int) -> DayPlan | None:
        """Arrival, lunch, its end, and leaving on one day; None when the person stays at home."""
        day = datetime.fromtimestamp(midnight_ms / 1000, self._zone)
        chance = seeded(self._seed, self._site, "day", day.date().isoformat(), str(person))
        if day.weekday() >= 5 or chance.random() > 0.92:
            return None
        arrive = min(max(chance.normal(8.5, 0.55), 6.5), 11.0)
        lunch = max(chance.normal(12.25, 0.2), arrive + 0.5)
        back = lunch + chance.uniform(0.35, 0.75)
        leave = max(chance.normal(17.0, 0.6), arrive + 4, back + 0.5)
        hours = (arrive, lunch, back, leave)
        return DayPlan(*(midnight_ms + round(hour * HOUR_MS) for hour in hours))

    def _midnight_ms(self, now_ms: int, ahead: int) -> int:
        day = datetime.fromtimestamp(now_ms / 1000, self._zone).date() + timedelta(days=ahead)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return round(midnight.astimezone(UTC).timestamp() * 1000)
