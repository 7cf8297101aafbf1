"""One world judged: the estimator against the best timer of that world.

Owns which spaces are judged, from when on, and in which readings of "free".
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluation.world_fold import FREE, LOOK_MS, OCCUPIED, UNKNOWN, Answers, Listener
from evaluation.world_scores import Scores, calibration_error, scores
from evaluation.world_timer import HOLDS_S, Floats, idle_s, timer
from evaluation.world_truth import Truth, in_force, read_truth
from evaluation.world_week import START_MS, Tell, Week

from occupancy.building import Building
from occupancy.estimator import Estimator
from occupancy.space import Kind

WARM_UP_S = 1800
"""Judged for nobody: the time in which a service that starts empty gets to know something."""
LOOK_S = LOOK_MS // 1000


@dataclass(frozen=True, slots=True)
class Extras:
    """What is measured of the estimator alone."""

    unknown: float
    """Part of the time."""
    changes_per_day: float
    """Of a space."""
    ece: float
    """Expected calibration error of the probability as told, while the state is known."""
    right: float
    """Part of the looks at which carriers of tags were told in the right room or zone."""
    untold: float
    """Part of those looks at which no place was told."""


@dataclass(frozen=True)
class Match:
    """All figures of one world."""

    world: int
    timers: dict[int, Scores]
    """By hold in seconds."""
    strict: Scores
    """All but OCCUPIED counts as free."""
    lenient: Scores
    """FREE alone counts as free."""
    desks: Scores
    rooms: Scores
    """Strict, of desks and of rooms alone."""
    extras: Extras

    @property
    def best(self) -> tuple[int, Scores]:
        """Hold and scores of the timer with the best F1."""
        return max(self.timers.items(), key=lambda item: item[1].f1)

    @property
    def failures(self) -> list[str]:
        """The demands that do not hold, each with its reading."""
        rival = self.best[1]
        readings = {"strict": self.strict, "FREE only": self.lenient}
        return [
            f"{demand} ({name})"
            for name, mine in readings.items()
            for demand, holds in mine.beats(rival).items()
            if not holds
        ]


def judged(building: Building) -> tuple[str, ...]:
    """The desks and rooms that a motion sensor sees."""
    seen = {place.space for sensor in building.sensors for place in sensor.sees}
    spaces = (*building.of_kind(Kind.DESK), *building.of_kind(Kind.ROOM))
    return tuple(space.id for space in spaces if space.id in seen)


def truth_of(week: Week) -> Truth:
    """What was true of the judged spaces of a week."""
    return read_truth(week.folder / "truth.jsonl", judged(week.building), START_MS, week.seconds)


def idle_of(week: Week, spaces: tuple[str, ...]) -> Floats:
    """How long no sensor of each space has changed, shape ``(spaces, seconds)``."""
    grid_ms = START_MS + 1000 * np.arange(week.seconds)
    told: dict[str, list[tuple[int, bool]]] = {}
    for edge in week.edges():
        told.setdefault(edge.sensor, []).append((edge.event_ms, edge.on))
    idle = np.full((len(spaces), week.seconds), np.inf, dtype=np.float32)
    for sensor in week.building.sensors:
        rows = [spaces.index(place.space) for place in sensor.sees if place.space in spaces]
        edges = sorted(told.get(sensor.id, []))
        mine = idle_s([at_ms for at_ms, _ in edges], [on for _, on in edges], grid_ms)
        for row in rows:
            np.minimum(idle[row], mine, out=idle[row])
    return idle


def timers(week: Week, truth: Truth) -> dict[int, Scores]:
    """Scores of each timer."""
    idle, busy = idle_of(week, truth.spaces)[:, WARM_UP_S:], truth.busy[:, WARM_UP_S:]
    found = {}
    for hold_s in HOLDS_S:
        on = timer(idle, hold_s)
        found[hold_s] = scores(busy, on, ~on)
    return found


def match(
    week: Week,
    truth: Truth,
    rivals: dict[int, Scores],
    tell: Tell,
    estimator: Estimator | None = None,
) -> Match:
    """Fold a week and judge what was told, by an estimator that knows nothing if not given."""
    listener = Listener(week, truth.spaces, estimator or Estimator(week.building))
    answers = listener.listen(tell)
    np.savez_compressed(week.folder / "answers.npz", state=answers.state, p=answers.p)
    busy, state = truth.busy[:, WARM_UP_S:], answers.state[:, WARM_UP_S:]
    on = state == OCCUPIED
    kinds = [week.building.space(space).kind for space in truth.spaces]
    is_desk = np.array([kind is Kind.DESK for kind in kinds])
    return Match(
        world=week.about.world,
        timers=rivals,
        strict=scores(busy, on, ~on),
        lenient=scores(busy, on, state == FREE),
        desks=scores(busy[is_desk], on[is_desk], ~on[is_desk]),
        rooms=scores(busy[~is_desk], on[~is_desk], ~on[~is_desk]),
        extras=_extras(week, truth, answers),
    )


def _extras(week: Week, truth: Truth, answers: Answers) -> Extras:
    first = WARM_UP_S // LOOK_S
    looks = np.s_[:, ::LOOK_S]
    state, busy, p = answers.state[looks][:, first:], truth.busy[looks][:, first:], answers.p
    p = p[:, first:]
    known = (state != UNKNOWN) & ~np.isnan(p)
    right, untold = whereabouts(week, truth, answers)
    return Extras(
        unknown=float((answers.state[:, WARM_UP_S:] == UNKNOWN).mean()),
        changes_per_day=float(answers.changes.mean()) / week.about.days,
        ece=calibration_error(p[known], busy[known]),
        right=right,
        untold=untold,
    )


def whereabouts(week: Week, truth: Truth, answers: Answers) -> tuple[float, float]:
    """Of carriers in a room or zone in working hours: told right, and not told at all."""
    building = week.building
    places = {s.id for s in (*building.of_kind(Kind.ROOM), *building.of_kind(Kind.ZONE))}
    seconds = np.arange(WARM_UP_S, week.seconds, LOOK_S)
    minutes = seconds // 60
    is_open = {m: week.hours.open_at(START_MS + 60_000 * m) for m in set(minutes.tolist())}
    seconds = seconds[[is_open[minute] for minute in minutes.tolist()]]
    asked = right = untold = 0
    for person, tag in week.about.people.items():
        lines = truth.walks.get(person, [])
        times = np.array([line.t_ms for line in lines])
        values = np.array([line.place if line.place in places else "" for line in lines])
        true = in_force(times, values, START_MS + 1000 * seconds, np.str_(""))
        told = dict(answers.places.get(tag, []))
        for second, place in zip(seconds.tolist(), true.tolist(), strict=True):
            if place:
                found = told.get(second)
                asked, right, untold = asked + 1, right + (found == place), untold + (not found)
    return right / max(asked, 1), untold / max(asked, 1)


def keep_place(keep: Path, world: int, days: float) -> Path:
    """Where the recording of a world is kept."""
    return keep / f"world-{world}-{days:g}d"
