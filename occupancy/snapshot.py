"""Snapshots: what an estimator believes, as bytes and back.

Everything is kept by id, so that a building file that has grown since still finds its own. Tags
whose whereabouts are past their time to live are left out.
"""

import msgspec
import numpy as np

from occupancy import report_card
from occupancy.answers import Answer
from occupancy.company import Company
from occupancy.estimator import Estimator
from occupancy.geometry import Floats
from occupancy.levels import Gauge
from occupancy.report_card import FrozenSchooling
from occupancy.whereabouts import TIME_TO_LIVE_MS
from sensors.tag import Tag


class FrozenPair(msgspec.Struct, array_like=True):
    """A channel and a space it sees."""

    level: int
    level_ms: int
    said: float
    edges: tuple[float, float]
    """Starts and ends that nobody has learned from yet."""
    trusted: bool
    on_ms: int
    still_ms: int
    restless_ms: int


class FrozenSpace(msgspec.Struct, array_like=True):
    """A space."""

    state: int
    since_ms: int
    low_ms: int
    chances: tuple[float, float, float]
    """Of nobody, somebody moving and somebody still; of motion that badges did not explain."""
    shown: float
    badge: float
    told_minute: int
    levels: tuple[float, float, bool]
    """What levels say in nats, how much motion counts beside it, and whether all are fresh."""
    company: float
    """What the number of badges near says of it, in nats."""
    passing: tuple[float, float, float]
    """Chances that it was just left and that somebody just came, and what leavings said in nats."""


class FrozenBoard(msgspec.Struct, array_like=True):
    """A board."""

    heard_ms: int
    every_ms: int
    offline: bool


class FrozenTrack(msgspec.Struct, array_like=True):
    """A tag; only of use with the same plan and the same map."""

    offsets: list[int]
    """Which are likely,"""
    places: list[int]
    """and which places."""
    p: bytes
    """float32, of these offsets and the points of these places."""
    by_place: bytes
    """float32, of these places."""
    heard_ms: list[int]
    heard_db: bytes
    """float32, shape ``(scanners,)``."""
    smooth_db: bytes
    """float32, shape ``(2, scanners)``: total and weight."""
    last_ms: int
    stepped_ms: int
    new: list[tuple[int, float, int]]
    """Heard since the last step: scanner, strength in dB, event time in ms UTC."""
    answer: Answer | None
    lately: bytes
    """Mean chances of the last seconds, float32, shape ``(places,)``."""


class FrozenEar(msgspec.Struct, array_like=True):
    """A scanner."""

    told_ms: int
    heard_ms: int
    surprise_nats: float


class FrozenDrift(msgspec.Struct, array_like=True):
    """How a scanner has drifted; only of use with the same map."""

    mean_db: list[float]
    """In each place, shape ``(places,)``."""
    seconds: list[float]
    """Behind each, the same shape."""


class Frozen(msgspec.Struct):
    """An estimator."""

    digest: str
    """Of the building and of the ground of its tags."""
    now_ms: int
    pairs: dict[str, FrozenPair]
    spaces: dict[str, FrozenSpace]
    boards: dict[str, FrozenBoard]
    tracks: dict[str, FrozenTrack]
    ears: dict[str, FrozenEar]
    drifts: dict[str, FrozenDrift]
    """By scanner; empty where nothing was learned."""
    gauges: dict[str, Gauge]
    """What is measured, by sensor and quantity."""
    nobody_else_nats: float
    company: tuple[float, float, float, float]
    """Seconds of desks in use, without a badge near, of badges, and without a desk in use."""
    lent: list[list[float]]
    """Chances that spaces took from each other by coming and may give back, as in `Doors`."""
    stepped_ms: int
    """When the tracker took its last step."""
    schooling: FrozenSchooling
    started: list[str]
    """Motion channels that started since, where they are a clue to tags."""


def freeze(estimator: Estimator, *, with_tags: bool = True) -> bytes:
    """What an estimator believes, as bytes.

    Args:
        estimator: What to freeze; not changed.
        with_tags: False for a snapshot that stays on disk after the service has ended.
    """
    opinion, tracker = estimator.opinion, estimator.tracker
    frozen = Frozen(
        digest=_digest(estimator),
        now_ms=estimator.now_ms,
        pairs=_pairs(estimator),
        spaces=_spaces(estimator, with_tags=with_tags),
        boards=_boards(estimator),
        tracks=_tracks(estimator) if with_tags else {},
        ears=_ears(estimator),
        drifts=_drifts(estimator),
        gauges=opinion.levels.gauges,
        nobody_else_nats=opinion.badges.nobody_else_nats if with_tags else 0.0,
        company=_company(opinion.company),
        lent=opinion.doors.lent.tolist() if opinion.doors is not None and with_tags else [],
        stepped_ms=tracker.stepped_ms,
        schooling=report_card.frozen(opinion.schooling, _pair_keys(estimator), _ids(estimator)),
        started=tracker.clues.to_keep() if tracker.clues is not None else [],
    )
    return msgspec.msgpack.encode(frozen)


def _ids(estimator: Estimator) -> list[str]:
    return [space.id for space in estimator.building.spaces]


def _digest(estimator: Estimator) -> str:
    return f"{estimator.building.digest} {estimator.tracker.ground.digest}"


def _pairs(estimator: Estimator) -> dict[str, FrozenPair]:
    watch, votes = estimator.watch, estimator.opinion.votes
    return {
        key: FrozenPair(
            int(watch.level[i]),
            int(watch.level_ms[i]),
            float(watch.said[i]),
            (float(watch.edges[0, i]), float(watch.edges[1, i])),
            bool(watch.trusted[i]),
            int(votes.on_ms[i]),
            int(votes.still_ms[i]),
            int(votes.restless_ms[i]),
        )
        for i, key in enumerate(_pair_keys(estimator))
    }


def _spaces(estimator: Estimator, *, with_tags: bool) -> dict[str, FrozenSpace]:
    decision, opinion = estimator.decision, estimator.opinion
    return {
        space.id: FrozenSpace(
            int(decision.state[i]),
            int(decision.since_ms[i]),
            int(decision.low_ms[i]),
            _three(opinion.belief.p[:, i]),
            float(estimator.shown[i]),
            float(opinion.badges.there[i]) if with_tags else 0.0,
            int(estimator.told_minute[i]),
            opinion.levels.told(i),
            float(opinion.company.nats[i]) if with_tags else 0.0,
            (
                float(opinion.passing.left[i]),
                float(opinion.passing.came[i]),
                float(opinion.leavings.nats[i]),
            ),
        )
        for i, space in enumerate(estimator.building.spaces)
    }


def _company(company: Company) -> tuple[float, float, float, float]:
    return company.used_s, company.unbadged_s, company.badged_s, company.deskless_s


def _boards(estimator: Estimator) -> dict[str, FrozenBoard]:
    live = estimator.watch.liveness
    return {
        board: FrozenBoard(int(live.heard_ms[i]), int(live.every_ms[i]), bool(live.offline[i]))
        for board, i in live.index.items()
    }


def _ears(estimator: Estimator) -> dict[str, FrozenEar]:
    ears = estimator.tracker.ears
    return {
        scanner: FrozenEar(
            int(ears.told_ms[i]), int(ears.heard_ms[i]), float(ears.surprise_nats[i])
        )
        for scanner, i in estimator.tracker.ground.hearing.scanners.items()
    }


def _drifts(estimator: Estimator) -> dict[str, FrozenDrift]:
    tracker = estimator.tracker
    drift = tracker.drift
    return {
        scanner: FrozenDrift(drift.mean_db[i].tolist(), drift.seconds[i].tolist())
        for scanner, i in tracker.ground.hearing.scanners.items()
        if drift.seconds[i].any()
    }


def _wake_drifts(estimator: Estimator, frozen: Frozen) -> None:
    tracker = estimator.tracker
    drift = tracker.drift
    for scanner, kept in frozen.drifts.items():
        i = tracker.ground.hearing.scanners[scanner]
        drift.mean_db[i], drift.seconds[i] = kept.mean_db, kept.seconds
    drift.settle()


def thawed(data: bytes) -> Frozen:
    """What was frozen to these bytes.

    Raises:
        msgspec.DecodeError: If the bytes are no snapshot, or one of another version.
    """
    return msgspec.msgpack.decode(data, type=Frozen)


def without_tags(data: bytes) -> bytes:
    """The same snapshot as one that knew no tags: what freezing without them would have given.

    Raises:
        msgspec.DecodeError: As `thawed`.
    """
    frozen = thawed(data)
    frozen.tracks, frozen.lent, frozen.nobody_else_nats = {}, [], 0.0
    for space in frozen.spaces.values():
        space.badge = space.company = 0.0
    return msgspec.msgpack.encode(frozen)


def wake(estimator: Estimator, frozen: Frozen) -> None:
    """Make a new estimator believe what a frozen one did."""
    estimator.now_ms = frozen.now_ms
    _wake_watch(estimator, frozen)
    _wake_spaces(estimator, frozen)
    schooling = estimator.opinion.schooling
    report_card.wake(schooling, frozen.schooling, _pair_keys(estimator), _ids(estimator))
    tracker = estimator.tracker
    tracker.stepped_ms = frozen.stepped_ms
    for scanner, i in tracker.ground.hearing.scanners.items():
        if (ear := frozen.ears.get(scanner)) is not None:
            tracker.ears.told_ms[i], tracker.ears.heard_ms[i] = ear.told_ms, ear.heard_ms
            tracker.ears.surprise_nats[i] = ear.surprise_nats
    if frozen.digest == _digest(estimator):
        _wake_tracks(estimator, frozen)
    if frozen.digest.rpartition(" ")[2] == tracker.ground.digest:
        _wake_drifts(estimator, frozen)
    if tracker.clues is not None:
        for channel in frozen.started:
            tracker.clues.move(channel)


def _wake_watch(estimator: Estimator, frozen: Frozen) -> None:
    watch, votes = estimator.watch, estimator.opinion.votes
    for i, key in enumerate(_pair_keys(estimator)):
        if (pair := frozen.pairs.get(key)) is not None:
            watch.level[i], watch.level_ms[i], watch.said[i] = pair.level, pair.level_ms, pair.said
            watch.edges[:, i], watch.trusted[i] = pair.edges, pair.trusted
            votes.on_ms[i], votes.still_ms[i] = pair.on_ms, pair.still_ms
            votes.restless_ms[i] = pair.restless_ms
    for board, i in watch.liveness.index.items():
        if (life := frozen.boards.get(board)) is not None:
            watch.liveness.heard_ms[i] = life.heard_ms
            watch.liveness.every_ms[i] = life.every_ms
            watch.liveness.offline[i] = life.offline


def _wake_spaces(estimator: Estimator, frozen: Frozen) -> None:
    decision, opinion = estimator.decision, estimator.opinion
    for i, space in enumerate(estimator.building.spaces):
        kept = frozen.spaces.get(space.id)
        if kept is None:
            continue
        decision.state[i], decision.since_ms[i] = kept.state, kept.since_ms
        decision.low_ms[i], opinion.belief.p[:, i] = kept.low_ms, kept.chances
        estimator.shown[i], opinion.badges.there[i] = kept.shown, kept.badge
        estimator.told_minute[i] = kept.told_minute
        opinion.company.nats[i] = kept.company
        opinion.passing.left[i], opinion.passing.came[i] = kept.passing[:2]
        opinion.leavings.nats[i] = kept.passing[2]
        nats, trust_motion, is_fresh = kept.levels
        if i in opinion.levels.models:
            opinion.levels.tell(i, nats, trust_motion, is_fresh=is_fresh)
        else:
            opinion.levels.tell(i, nats, 1.0, is_fresh=False)
    company = opinion.company
    company.used_s, company.unbadged_s, company.badged_s, company.deskless_s = frozen.company
    opinion.levels.gauges.update(frozen.gauges)
    opinion.badges.nobody_else_nats = frozen.nobody_else_nats
    if opinion.doors is not None and len(frozen.lent) == len(opinion.doors.lent):
        opinion.doors.lent = np.array(frozen.lent, dtype=float).reshape(opinion.doors.lent.shape)


def _three(chances: Floats) -> tuple[float, float, float]:
    return float(chances[0]), float(chances[1]), float(chances[2])


def _tracks(estimator: Estimator) -> dict[str, FrozenTrack]:
    tracker = estimator.tracker
    rows, oldest_ms = tracker.rows, estimator.now_ms - TIME_TO_LIVE_MS
    new: dict[int, list[tuple[int, float, int]]] = {}
    for row, scanner, strength_db, event_ms in tracker.new:
        new.setdefault(row, []).append((scanner, strength_db, event_ms))
    return {
        tag: FrozenTrack(
            *rows.frozen(row),
            rows.heard_ms[row].tolist(),
            rows.heard_db[row].tobytes(),
            np.array([rows.smoothing.total_db[row], rows.smoothing.weight[row]]).tobytes(),
            int(rows.last_ms[row]),
            int(rows.stepped_ms[row]),
            new.get(row, []),
            tracker.answers.frozen(row),
            tracker.answers.lately[row].tobytes(),
        )
        for tag, row in rows.of.items()
        if int(rows.last_ms[row]) >= oldest_ms
    }


def _wake_tracks(estimator: Estimator, frozen: Frozen) -> None:
    tracker = estimator.tracker
    rows = tracker.rows
    for text, kept in frozen.tracks.items():
        row = tracker.enter(Tag(text))
        rows.wake(row, kept.offsets, kept.places, kept.p, kept.by_place)
        rows.heard_ms[row] = kept.heard_ms
        rows.heard_db[row] = np.frombuffer(kept.heard_db, dtype=np.float32)
        smooth = np.frombuffer(kept.smooth_db, dtype=np.float32).reshape(2, -1)
        rows.smoothing.total_db[row], rows.smoothing.weight[row] = smooth
        rows.last_ms[row], rows.stepped_ms[row] = kept.last_ms, kept.stepped_ms
        tracker.new += [(row, *heard) for heard in kept.new]
        if kept.answer is not None:
            tracker.answers.wake(row, kept.answer)
        tracker.answers.lately[row] = np.frombuffer(kept.lately, dtype=np.float32)


def _pair_keys(estimator: Estimator) -> list[str]:
    spaces, watch = estimator.building.spaces, estimator.watch
    return [
        f"{sensor} {spaces[space].id}"
        for sensor, space in zip(watch.sensors, watch.space_of, strict=True)
    ]
