"""Learning how spaces are used: rates of channels, habits, and who goes where."""

from collections.abc import Sequence

import msgspec
import numpy as np

from occupancy.geometry import Floats
from occupancy.learned import Exits, pair_key
from occupancy.learning.bins import BUSY, VACANT, Bins, binned, switches_in
from occupancy.learning.expectation import Seen, learned
from occupancy.learning.recording import Recording
from occupancy.learning.sight import sees
from occupancy.rates import MOTION, ROOM, Habits, Rates, Three

FOLLOWS_BINS = 3
"""Who leaves is seen elsewhere within so many bins."""
PRIOR_WALKS = 0.3
REPEATS = 3
"""A channel that tells its level again so often does so by habit."""


def used_spaces(recordings: Sequence[Recording]) -> dict[str, int]:
    """A column for each space of which the use is told, sorted by id."""
    spaces = sorted({use.space for recording in recordings for use in recording.uses})
    return {space: i for i, space in enumerate(spaces)}


def learn_use(
    recordings: Sequence[Recording],
) -> tuple[dict[str, Rates], dict[str, Habits], Exits | None]:
    """Rates by channel and space, habits by space, and the ways between spaces."""
    spaces, channels = used_spaces(recordings), switches_in(recordings)
    if not spaces:
        return {}, {}, None
    parts = [binned(recording, channels, spaces) for recording in recordings]
    pairs = sees(parts) if channels else []
    exits = _exits(parts, list(spaces))
    names = list(channels)
    rates: dict[str, Rates] = {}
    habits: dict[str, Habits] = {}
    for space, column in spaces.items():
        mine = [channel for channel, seen in pairs if seen == column]
        found, habits[space] = learned(*_assumed(parts, mine, column))
        for channel, rate in zip(mine, found, strict=True):
            rates[pair_key(names[channel], space)] = rate
    return rates, habits, exits


def _assumed(
    parts: Sequence[Bins], mine: list[int], column: int
) -> tuple[list[Seen], list[Rates], Habits]:
    """What is known of one space and what is assumed of it."""
    seen = [_seen(part, mine, column) for part in parts]
    rates = []
    for channel in range(len(mine)):
        again_on = sum(float((s.starts - s.ends)[:, channel].sum()) for s in seen) - len(seen)
        again_off = sum(float((s.offs - s.ends)[:, channel].sum()) for s in seen) - len(seen)
        is_sampled = again_on >= REPEATS and again_off >= REPEATS
        repeats = again_on >= REPEATS and not is_sampled
        usual = _usual(seen, channel, repeats=repeats)
        chance = _on_chance(seen, channel) if is_sampled else None
        rates.append(msgspec.structs.replace(usual, on_chance=chance))
    return [_with_exposure(s, rates) for s in seen], rates, ROOM


def _seen(part: Bins, mine: list[int], column: int) -> Seen:
    return Seen(
        part.starts[:, mine],
        part.offs[:, mine],
        part.ends[:, mine],
        part.off_s[:, mine],
        part.on_s[:, mine],
        part.label[:, column],
    )


def _with_exposure(seen: Seen, rates: Sequence[Rates]) -> Seen:
    """A channel that repeats may start while it is on."""
    repeats = np.array([rate.repeats for rate in rates], dtype=float)
    start_s = seen.start_s + repeats * seen.on_s
    return Seen(seen.starts, seen.offs, seen.ends, start_s, seen.on_s, seen.label)


def _on_chance(seen: Sequence[Seen], channel: int) -> Three:
    """A first guess at how often a sample is on."""
    chance = []
    for state in (VACANT, BUSY):
        on = sum(float(s.starts[s.label == state, channel].sum()) for s in seen)
        off = sum(float(s.offs[s.label == state, channel].sum()) for s in seen)
        chance.append((on + 0.5) / (on + off + 2.0))
    nobody, somebody = chance
    return nobody, min(1.3 * somebody, 0.95), max(0.4 * somebody, nobody)


def _usual(seen: Sequence[Seen], channel: int, *, repeats: bool) -> Rates:
    """A first guess from how often a channel starts and ends while in use and not."""
    rate = []
    for state in (VACANT, BUSY):
        starts = sum(float(s.starts[s.label == state, channel].sum()) for s in seen)
        ends = sum(float(s.ends[s.label == state, channel].sum()) for s in seen)
        off_s = sum(float(s.start_s[s.label == state, channel].sum()) for s in seen)
        on_s = sum(float(s.on_s[s.label == state, channel].sum()) for s in seen)
        off_s += on_s if repeats else 0.0
        assumed = MOTION.start_per_s[state], MOTION.end_per_s[state]
        rate.append(
            ((starts + 60 * assumed[0]) / (off_s + 60), (ends + 10 * assumed[1]) / (on_s + 10))
        )
    (start_0, end_0), (start_1, end_1) = rate
    return Rates(
        (start_0, 1.8 * start_1, max(0.2 * start_1, start_0)), (end_0, end_1, end_1), repeats
    )


def _exits(parts: Sequence[Bins], spaces: list[str]) -> Exits | None:
    """Where people went who left a space, as far as they were seen elsewhere at once."""
    if len(spaces) < 2:
        return None
    goes = np.full((len(spaces), len(spaces)), PRIOR_WALKS)
    np.fill_diagonal(goes, 0.0)
    left, unseen = np.zeros(len(spaces)), np.zeros(len(spaces))
    for part in parts:
        for space, arrivals in _leavings(part):
            left[space] += 1
            unseen[space] += not arrivals
            for other in arrivals:
                goes[space, other] += 1 / len(arrivals)
    share: Floats = (unseen + 0.3) / (left + 1.0)
    goes /= goes.sum(axis=1, keepdims=True)
    return Exits(spaces, goes.tolist(), share.tolist())


def _leavings(part: Bins) -> list[tuple[int, list[int]]]:
    """Each time a space emptied, and the spaces that filled at that time."""
    busy = part.label == BUSY
    vacant = part.label == VACANT
    came = busy & ~np.vstack([busy[:1], busy[:-1]])
    found = []
    for space in range(busy.shape[1]):
        known = np.flatnonzero(busy[:, space] | vacant[:, space])
        ends = known[1:][busy[known[:-1], space] & vacant[known[1:], space]]
        for end in ends:
            around = slice(max(int(end) - FOLLOWS_BINS, 0), int(end) + FOLLOWS_BINS)
            filled = came[around].any(axis=0)
            filled[space] = False
            found.append((space, np.flatnonzero(filled).tolist()))
    return found
