"""Experience: what a building's own unlabelled days teach about its sensors and its people.

Owns the expected counts behind rates and habits, of every channel and space, from a stream: no
history is kept. Knows no time of day, no tag and no state that was told.

Source: expectation and maximisation over a stream, with smoothing carried forward by recursion:
Mongillo and Deneve 2008 (Neural Computation 20(7)); Cappe 2011 (J. Computational and Graphical
Statistics 20(3)).
"""

import math

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import LEAST, MOVING, NOBODY, STILL, Belief
from occupancy.geometry import Floats
from occupancy.voices import Voices
from occupancy.watch import ON, Watch

BIN_S = 10.0
"""Counts are weighed in bins of this."""
MEMORY_S = 14 * 86_400.0
"""What was learned counts less by a factor of e after so long."""
MOVES = ((NOBODY, MOVING), (MOVING, NOBODY), (MOVING, STILL), (STILL, MOVING))
"""Ways between states, in the order of the fields of `Habits`."""
MOST_NATS = 50.0
"""No bin says more than this against a state."""


class Experience:
    """Expected counts by the hidden state that was and by the state now.

    Args:
        watch: The channels.
        belief: The habits in force.
        voices: What levels say; learn along, and are not listened to.
    """

    def __init__(self, watch: Watch, belief: Belief, voices: Voices) -> None:
        spaces, pairs = watch.spaces, len(watch.sensors)
        self._watch, self._belief, self._voices = watch, belief, voices
        self.bin_s = 0.0
        """How much of a bin has passed."""
        self.counts = np.zeros((4, pairs))
        """In this bin: starts, seconds in which each might have started, ends, seconds on."""
        self.chance = belief.usual()
        """Of each state now, by channels alone, shape ``(3, spaces)``."""
        self.of_space = np.zeros((7, 3, spaces))
        """Moves in the order of `MOVES`, then seconds in each state; by state now."""
        self._known: Floats = np.ones(spaces)
        """Whether anything is heard of each space."""
        self.of_pair = np.zeros((4, 3, 3, pairs))
        """As `counts`, by the state in which they were, by state now."""

    def advance(self, elapsed_s: float, alive: NDArray[np.bool_]) -> float:
        """Let time pass; the length of the bin that is full with it, 0 where none is.

        Args:
            elapsed_s: Since the last time.
            alive: Which pairs are heard and trusted, shape ``(pairs,)``.
        """
        is_on = self._watch.level == ON
        self._known = self._watch.observed(alive).astype(float)
        self.counts[0] += self._watch.edges[0] * alive
        self.counts[2] += self._watch.edges[1] * alive
        self._watch.edges[:] = 0.0
        self.counts[1] += elapsed_s * (alive & (~is_on | self._watch.repeats))
        self.counts[3] += elapsed_s * (alive & is_on)
        self.bin_s += elapsed_s
        full_s = self.bin_s if self.bin_s >= BIN_S else 0.0
        if full_s:
            self.weigh()
        return full_s

    def pause(self) -> None:
        """Nobody listened for a while: what is there now is as usual, and the bin begins anew."""
        self.chance = self._belief.usual()
        self.counts[:] = 0.0
        self._watch.edges[:] = 0.0
        self.bin_s = 0.0

    def weigh(self) -> None:
        """Weigh a bin, and carry all that was counted over to the state now."""
        moves = self._moves()
        ahead = self.chance[:, None, :] * moves
        now = np.maximum(ahead.sum(axis=0), LEAST**2)
        before = ahead / now
        kept = math.exp(-self.bin_s / MEMORY_S)
        self.of_space = kept * np.einsum("sjn,jkn->skn", self.of_space, before)
        for i, (a, b) in enumerate(MOVES):
            self.of_space[i, b] += before[a, b] * self._known
        of = before[:, :, self._watch.space_of]
        self.of_pair = kept * np.einsum("csjp,jkp->cskp", self.of_pair, of)
        for state in range(3):
            self.of_space[len(MOVES) + state, state] += self.bin_s * self._known
            self.of_pair[:, state, state] += self.counts
        seen = now * self._likelihood()
        seen = np.maximum(seen / seen.sum(axis=0), LEAST)
        self.chance = seen / seen.sum(axis=0)
        self._voices.carry(self.bin_s, kept, before, self.chance, self._known)
        self.counts[:] = 0.0
        self.bin_s = 0.0

    def _moves(self) -> Floats:
        """Chance to go from state to state in a bin, shape ``(3, 3, spaces)``."""
        rates = self._belief.rates()
        found = np.zeros((3, 3, self._watch.spaces))
        for (a, b), rate in zip(MOVES, rates, strict=True):
            found[a, b] = 1.0 - np.exp(-rate * self.bin_s)
        stays = np.maximum(1.0 - found.sum(axis=1), 0.0)
        for state in range(3):
            found[state, state] = stays[state]
        return found

    def _likelihood(self) -> Floats:
        """Of what this bin counted, up to a factor, shape ``(3, spaces)``."""
        watch = self._watch
        starts, off_s, ends, on_s = self.counts[:, :, None]
        each = starts * np.log(watch.start_per_s) - off_s * watch.start_per_s
        each += ends * np.log(watch.end_per_s) - on_s * watch.end_per_s
        each *= ~watch.is_sampled[:, None]
        nats = np.stack([np.bincount(watch.space_of, e, watch.spaces) for e in each.T])
        nats = np.maximum(nats - nats.max(axis=0), -MOST_NATS)
        return np.asarray(np.exp(nats))

    def habits_counted(self) -> tuple[Floats, Floats]:
        """Expected moves, shape ``(4, spaces)``, and seconds they might have begun in, the same."""
        total = (self.of_space * self.chance).sum(axis=1)
        state_s = total[len(MOVES) :]
        return total[: len(MOVES)], np.stack([state_s[a] for a, _ in MOVES])

    def rates_counted(self) -> Floats:
        """As `counts`, by the state in which they were, shape ``(4, 3, pairs)``."""
        return np.asarray((self.of_pair * self.chance[:, self._watch.space_of]).sum(axis=2))
