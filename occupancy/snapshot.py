"""Snapshots: what an estimator believes, as bytes and back.

Everything is kept by id, so that a building file that has grown since still finds its own. Tags
whose whereabouts are past their time to live are left out.
"""

import msgspec
import numpy as np

from occupancy.answers import Answer
from occupancy.decision import UNKNOWN
from occupancy.estimator import Estimator
from occupancy.whereabouts import TIME_TO_LIVE_MS
from sensors.tag import Tag


class FrozenPair(msgspec.Struct, array_like=True):
    """A channel and a space it sees."""

    level: int
    level_ms: int
    said: float


class FrozenSpace(msgspec.Struct, array_like=True):
    """A space."""

    state: int
    since_ms: int
    shown: float
    badge: float
    told_minute: int


class FrozenBoard(msgspec.Struct, array_like=True):
    """A board."""

    heard_ms: int
    every_ms: int
    offline: bool


class FrozenTrack(msgspec.Struct, array_like=True):
    """A tag; only of use with the same plan."""

    log_p: bytes
    """float32, shape ``(offsets, points)``."""
    by_place: list[float]
    heard_ms: list[int]
    last_ms: int
    answer: Answer | None


class Frozen(msgspec.Struct):
    """An estimator."""

    digest: str
    now_ms: int
    pairs: dict[str, FrozenPair]
    spaces: dict[str, FrozenSpace]
    boards: dict[str, FrozenBoard]
    tracks: dict[str, FrozenTrack]
    told_ms: dict[str, int]
    """Up to when each scanner has told what it heard."""
    stepped_ms: int
    """When the tracker took its last step."""


def freeze(estimator: Estimator, *, with_tags: bool = True) -> bytes:
    """What an estimator believes, as bytes.

    Args:
        estimator: What to freeze; not changed.
        with_tags: False for a snapshot that stays on disk after the service has ended.
    """
    watch, decision, building = estimator.watch, estimator.decision, estimator.building
    frozen = Frozen(
        digest=building.digest,
        now_ms=estimator.now_ms,
        pairs={
            key: FrozenPair(
                int(watch.level[i]), int(watch.level_ms[i]), float(watch.belief.said[i])
            )
            for i, key in enumerate(_pair_keys(estimator))
        },
        spaces={
            space.id: FrozenSpace(
                int(decision.state[i]),
                int(decision.since_ms[i]),
                float(estimator.shown[i]),
                float(watch.belief.badge[i]) if with_tags else 0.0,
                int(estimator.told_minute[i]),
            )
            for i, space in enumerate(building.spaces)
        },
        boards={
            board: FrozenBoard(
                int(watch.liveness.heard_ms[i]),
                int(watch.liveness.every_ms[i]),
                bool(watch.liveness.offline[i]),
            )
            for board, i in watch.liveness.index.items()
        },
        tracks=_tracks(estimator) if with_tags else {},
        told_ms={
            scanner: int(estimator.tracker.told_ms[i])
            for scanner, i in estimator.tracker.radio.index.items()
        },
        stepped_ms=estimator.tracker.stepped_ms,
    )
    return msgspec.msgpack.encode(frozen)


def thawed(data: bytes) -> Frozen:
    """What was frozen to these bytes.

    Raises:
        msgspec.DecodeError: If the bytes are no snapshot, or one of another version.
    """
    return msgspec.msgpack.decode(data, type=Frozen)


def wake(estimator: Estimator, frozen: Frozen) -> None:
    """Make a new estimator believe what a frozen one did."""
    watch, decision = estimator.watch, estimator.decision
    estimator.now_ms = frozen.now_ms
    for i, key in enumerate(_pair_keys(estimator)):
        if (pair := frozen.pairs.get(key)) is not None:
            watch.level[i], watch.level_ms[i] = pair.level, pair.level_ms
            watch.belief.said[i] = pair.said
    for i, space in enumerate(estimator.building.spaces):
        kept = frozen.spaces.get(space.id, FrozenSpace(UNKNOWN, 0, -1.0, 0.0, -1))
        decision.state[i], decision.since_ms[i] = kept.state, kept.since_ms
        estimator.shown[i], watch.belief.badge[i] = kept.shown, kept.badge
        estimator.told_minute[i] = kept.told_minute
    for board, i in watch.liveness.index.items():
        if (life := frozen.boards.get(board)) is not None:
            watch.liveness.heard_ms[i] = life.heard_ms
            watch.liveness.every_ms[i] = life.every_ms
            watch.liveness.offline[i] = life.offline
    estimator.tracker.stepped_ms = frozen.stepped_ms
    for scanner, i in estimator.tracker.radio.index.items():
        estimator.tracker.told_ms[i] = frozen.told_ms.get(scanner, 0)
    if frozen.digest == estimator.building.digest:
        _wake_tracks(estimator, frozen)


def _tracks(estimator: Estimator) -> dict[str, FrozenTrack]:
    tracker = estimator.tracker
    return {
        tag: FrozenTrack(
            tracker.log_p[row].tobytes(),
            tracker.by_place[row].tolist(),
            tracker.heard_ms[row].tolist(),
            int(tracker.last_ms[row]),
            tracker.answers.told.get(tag),
        )
        for tag, row in tracker.row.items()
        if estimator.now_ms - int(tracker.last_ms[row]) <= TIME_TO_LIVE_MS
    }


def _wake_tracks(estimator: Estimator, frozen: Frozen) -> None:
    tracker = estimator.tracker
    for text, kept in frozen.tracks.items():
        tag = Tag(text)
        row = tracker.enter(tag)
        tracker.log_p[row] = np.frombuffer(kept.log_p, dtype=np.float32).reshape(
            tracker.log_p[row].shape
        )
        tracker.by_place[row] = kept.by_place
        tracker.heard_ms[row], tracker.last_ms[row] = kept.heard_ms, kept.last_ms
        if kept.answer is not None:
            tracker.answers.told[tag] = kept.answer


def _pair_keys(estimator: Estimator) -> list[str]:
    spaces, watch = estimator.building.spaces, estimator.watch
    return [
        f"{sensor} {spaces[space].id}"
        for sensor, space in zip(watch.sensors, watch.belief.space_of, strict=True)
    ]
