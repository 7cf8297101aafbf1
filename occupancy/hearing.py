"""Hearing: what each scanner says for each point when it hears a tag, and when it does not.

Owns the likelihood of strengths. Errors of a scanner about a tag last for a while, so what it says
again is worth less than what it said first.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.joint import Joint

TURNS_PER_S = 0.00003
"""To a neighbouring offset: tags are turned about, covered by bodies, and put into bags."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How scanners err about a tag."""

    spread_db: float
    """Standard deviation."""
    outlier_nats: float
    """No strength speaks more than this against a point: a hand over the badge is no proof."""
    correlation: float = 0.0
    """Of the errors of two strengths a second apart; 0 where `memory_s` is used instead."""
    memory_s: float = 0.0
    """Errors last so long and do not fade before; 0 where `correlation` is used instead."""
    shared: float = 0.0
    """Correlation of the errors of two scanners about a tag: a body is in the way of several."""

    def renewed(self, age_s: Floats) -> Floats:
        """How much a strength counts, by the time since the last one, 0 to 1."""
        if not self.memory_s:
            return np.ones_like(age_s)
        return np.asarray(1.0 - np.exp(-age_s / self.memory_s))

    def counts(self, scanners: NDArray[np.int64]) -> Floats:
        """How much each of so many scanners counts that hear a tag, the same shape.

        Source: the design effect of clustered samples, Kish 1965, Survey Sampling, section 5.4.

        >>> Errors(4.0, 5.0, shared=0.1).counts(np.array([1, 11])).tolist()
        [1.0, 0.5]
        """
        return np.asarray(1.0 / (1.0 + (scanners - 1) * self.shared))


@dataclass(frozen=True)
class Hearing:
    """What scanners say, as tables over points.

    Source: the innovations of a first-order autoregressive error, Box and Jenkins 1970, chapter 3;
    an outlier is as likely everywhere, which bounds what one strength says.
    """

    scanners: dict[str, int]
    """Position of each scanner in all arrays over scanners, by its id."""
    boards: tuple[str, ...]
    """Board of each scanner."""
    strength_db: Floats
    """Expected, relative to the reference at 1 m, float32, shape ``(scanners, points)``."""
    loudest_db: Floats
    """A tag that is louder counts as that loud, whatever its offset, shape ``(scanners,)``."""
    errors: Errors
    heard_nats_per_s: Floats
    """For each point while a tag is heard, float32, shape ``(scanners, points)``."""
    silent_nats_per_s: Floats
    """For each point while a tag is not heard, float32, shape ``(scanners, points)``."""
    silent_after_s: float
    """Not heard for so long, a tag counts as not heard."""
    silence_nats_per_s: Floats
    """How unlikely not hearing a tag at each point is, for finding deaf scanners; the shape of
    `silent_nats_per_s`."""
    always_listens: bool
    """Whether silence counts at once, rather than up to where a scanner's board has told."""
    offsets_db: Floats
    """How much stronger than the reference a tag may send, shape ``(offsets,)``."""
    offset_p: Floats
    """Chance of each for a tag that nobody knows, shape ``(offsets,)``."""
    known: frozenset[str] = frozenset()
    """Tags that send as the map expects."""
    joint: Joint | None = None
    """What scanners say together, where that was learned."""
    scanners_of: dict[str, list[int]] = field(init=False)
    """Scanners of each board."""

    def __post_init__(self) -> None:
        found: dict[str, list[int]] = {}
        for scanner, board in enumerate(self.boards):
            found.setdefault(board, []).append(scanner)
        object.__setattr__(self, "scanners_of", found)

    @cached_property
    def minds_hearing(self) -> bool:
        """Whether to be heard says anything besides how strongly."""
        return bool(self.heard_nats_per_s.any())

    @cached_property
    def turning(self) -> Floats:
        """How offsets change in a second, rows summing to 0, shape ``(from, to)``.

        Source: the rule of Metropolis et al. 1953 (J. Chem. Phys. 21(6)), under which tags of
        which nothing was heard keep to the prior.
        """
        chance = self.offset_p
        rates = np.minimum(1.0, chance[None, :] / chance[:, None]) * TURNS_PER_S
        steps = np.abs(np.subtract.outer(np.arange(len(chance)), np.arange(len(chance))))
        rates[steps != 1] = 0.0
        return np.asarray(rates - np.diag(rates.sum(axis=1)), dtype=np.float32)

    def says(
        self,
        scanners: NDArray[np.intp],
        strength_db: Floats,
        before_db: Floats,
        age_s: Floats,
        points: NDArray[np.intp],
    ) -> "Said":
        """What some strengths say of some points.

        Args:
            scanners: Which scanner heard, shape ``(heard,)``.
            strength_db: How strongly, shape ``(heard,)``.
            before_db: How strongly the time before, NaN where never, shape ``(heard,)``.
            age_s: How long ago that was, shape ``(heard,)``.
            points: Shape ``(points,)``.
        """
        errors = self.errors
        lasting = np.where(np.isnan(before_db), 0.0, errors.correlation**age_s)
        spread_db = errors.spread_db * np.sqrt((1.0 + lasting) / (1.0 - lasting))
        which, number = np.unique(scanners, return_inverse=True)
        return Said(
            (strength_db - lasting * np.nan_to_num(before_db)) / (1.0 - lasting),
            self.loudest_db[scanners],
            self.strength_db[which[:, None], points],
            number,
            0.5 * errors.renewed(age_s) / spread_db**2,
            (2.0 * errors.outlier_nats * spread_db**2).astype(np.float32)[:, None],
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What some strengths say of some points, for any offset."""

    new_db: Floats
    """What is new in each strength, shape ``(heard,)``."""
    loudest_db: Floats
    """It counts as no louder, shape ``(heard,)``."""
    expected_db: Floats
    """By each scanner that heard, float32, shape ``(scanners, points)``."""
    number: NDArray[np.intp]
    """Which of these scanners heard each strength, shape ``(heard,)``."""
    nats_per_db2: Floats
    """What being off costs, shape ``(heard,)``."""
    most_db2: Floats
    """Being off by more costs no more, float32, shape ``(heard, 1)``."""

    def nats(self, some: NDArray[np.intp], offset_db: float, counts: Floats) -> NDArray[np.float32]:
        """Log-likelihood of points up to a constant, shape ``(tags, points)``.

        Args:
            some: Which strengths.
            offset_db: How much stronger than the reference the tags send.
            counts: How much each strength counts for each tag, shape ``(tags, some)``.
        """
        new_db = np.minimum(self.new_db[some] - offset_db, self.loudest_db[some])
        off = self.expected_db[self.number[some]]
        off -= new_db.astype(np.float32)[:, None]
        off *= off
        np.minimum(off, self.most_db2[some], out=off)
        weight = (counts * -self.nats_per_db2[some]).astype(np.float32)
        return np.asarray(weight @ off, dtype=np.float32)
