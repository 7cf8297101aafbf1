"""The opinion on occupancy: belief, levels and badges put together into one probability a space.

Owns what readings about spaces do. Knows no state and no tag.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.badges import Badges
from occupancy.belief import NOBODY, Belief, log_odds, probability
from occupancy.building import Building
from occupancy.company import Company
from occupancy.exits import Doors
from occupancy.geometry import Floats
from occupancy.learned import Learned, pair_key
from occupancy.leavings import Leavings
from occupancy.levels import Levels
from occupancy.passing import Passing
from occupancy.rates import default_habits
from occupancy.schooling import Schooling
from occupancy.tracker import Tracker
from occupancy.votes import Votes
from occupancy.watch import Binary, Watch
from sensors.reading import Level

PAUSE_S = 60.0
"""Time passes in longer steps only where nobody listened; nothing is learned of it."""


class Opinion:
    """Of all spaces of a building.

    Args:
        building: Its spaces and sensors.
        learned: What is known of it besides.
        tracker: Where tags are.
    """

    def __init__(self, building: Building, learned: Learned, tracker: Tracker) -> None:
        self.watch = Watch(
            building, lambda sensor, space: learned.rates.get(pair_key(sensor, space))
        )
        habits = [learned.habits.get(s.id, default_habits(s.kind)) for s in building.spaces]
        self.belief = Belief(habits)
        self.levels = Levels(learned.levels, building.index)
        self.votes = Votes(self.watch)
        self.schooling = Schooling(building, learned, self.watch, self.belief)
        self.voices = self.schooling.voices
        self.follow(building, tracker, learned)
        self.leavings = Leavings(self.belief)
        self.doors = Doors(learned.exits, building) if learned.exits else None
        self.passing = Passing(building, self.leavings)

    def follow(self, building: Building, tracker: Tracker, learned: Learned) -> None:
        """Ask this tracker where badges are."""
        self.badges = Badges(building, tracker, learned)
        self.company = Company(building, tracker)

    def observe(self, reading: Binary | Level, now_ms: int) -> list[int]:
        """Weigh one reading; the spaces that it is about."""
        if isinstance(reading, Level):
            return sorted({*self.levels.observe(reading), *self.voices.meters.observe(reading)})
        about = self.watch.seen_by(reading.sensor)
        before = self.belief.p[:, about]
        self.watch.observe(reading, now_ms, self.belief, self.badges.there)
        for space, was in zip(about, before.T, strict=True):
            if self.doors is None:
                self.passing.weigh(space, was)
            else:
                gain = float(was[NOBODY] - self.belief.p[NOBODY, space])
                self.doors.confirm(space, 1.0 - float(was[NOBODY]) if gain > 0 else 0.0)
                self.doors.come(self.leavings, space, gain)
        return about

    def advance(self, elapsed_s: float, now_ms: int) -> NDArray[np.bool_]:
        """Let time pass; which pairs are alive, shape ``(pairs,)``."""
        # what was not heard while the service was down is neither stillness nor a long stay
        lived_s = elapsed_s if elapsed_s <= PAUSE_S else 0.0
        if lived_s < elapsed_s:
            self.schooling.experience.pause()
            self.passing.forget()
        self.votes.advance(lived_s, self.watch.heard(now_ms))
        alive = self.watch.alive(now_ms)
        observed = self.watch.observed(alive)
        self.voices.meters.advance(now_ms)
        self.schooling.advance(lived_s, now_ms, alive)
        before = self.belief.p.copy()
        self.watch.advance(elapsed_s, alive, self.belief, self._unseen(observed))
        self.leavings.advance(elapsed_s)
        if self.doors is not None:
            unknown = float(np.exp(self.badges.nobody_else_nats))
            self.doors.take_back(self.leavings, 1.0 - before[NOBODY], elapsed_s, unknown)
        elif lived_s:
            self.passing.advance(lived_s, before)
        self.badges.advance(now_ms, self.watch, observed)
        self.levels.advance(now_ms)
        self.levels.take(self.voices.nats())
        self.company.leave(self.belief)
        self.company.advance(lived_s, now_ms, self._alone(log_odds(self.belief.occupied)))
        return alive

    def _unseen(self, observed: NDArray[np.bool_]) -> Floats | float:
        """Part of those leaving each space who are not seen elsewhere."""
        return 1.0 if self.doors is None else np.where(observed, self.doors.unseen, 1.0)

    def may_have_left(self, space_id: str) -> float:
        """Chance that who came into the likeliest neighbour now has left a space, by the plan."""
        return self.passing.likeliest(space_id) if self.doors is None else 0.0

    def occupied(self) -> Floats:
        """Chance that somebody is in each space, shape ``(spaces,)``."""
        return self.together(log_odds(self.belief.occupied), self.badges.there)

    def together(self, motion_nats: Floats, there: Floats) -> Floats:
        """Chance of somebody by what motion and badges say, and levels and company as they are.

        Args:
            motion_nats: Log-odds by motion alone, shape ``(spaces,)``.
            there: Chance that a badge is there, shape ``(spaces,)``.
        """
        unseen = probability(self._alone(motion_nats) + self.company.nats)
        return np.asarray(1.0 - (1.0 - unseen) * (1.0 - there))

    def _alone(self, motion_nats: Floats) -> Floats:
        """Log-odds of somebody without a badge that is there, shape ``(spaces,)``."""
        levels = self.levels
        return levels.trust_motion * motion_nats + levels.nats + self.badges.nobody_else_nats

    def occupied_of(self, space: int) -> float:
        """The same of one space."""
        return 1.0 - (1.0 - self._of(space)) * (1.0 - float(self.badges.there[space]))

    def _of(self, space: int) -> float:
        """Without badges."""
        motion = float(log_odds(1.0 - self.belief.p[NOBODY, space : space + 1])[0])
        levels = self.levels
        nats = float(levels.trust_motion[space]) * motion + float(levels.nats[space])
        nats += self.badges.nobody_else_nats + float(self.company.nats[space])
        return float(probability(np.array([nats]))[0])

    def log_odds_of(self, space: int) -> float:
        """Log-odds of occupied in nats."""
        return float(log_odds(np.array([self.occupied_of(space)]))[0])

    def badge_nats(self, space: int) -> float:
        """What badges add to that."""
        return self.log_odds_of(space) - float(log_odds(np.array([self._of(space)]))[0])
