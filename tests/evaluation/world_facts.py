"""What motion sensors and tags can tell at all in a world, measured with the truth at hand.

Owns a report for people who work on the estimator. Nothing that is judged reads it.
"""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
from evaluation.world_match import idle_of
from evaluation.world_scores import stretches
from evaluation.world_truth import Told, Truth
from evaluation.world_week import START_MS, Week

QUANTILES = (10, 25, 50, 75, 90, 95, 99)
NEAR_S = 3.0
"""A trigger so close to a leaving belongs to it."""


def facts(week: Week, truth: Truth) -> str:
    """The report, as JSON."""
    ups = _ups(week, truth.spaces)
    offs = idle_of(week, truth.spaces)
    told: dict[str, object] = {"world": week.about.world, "refused": week.about.refused}
    first_room = sum(space.startswith("desk") for space in truth.spaces)
    kinds = {"desk": slice(0, first_room), "room": slice(first_room, None)}
    for kind, rows in kinds.items():
        told[kind] = _of_kind(truth, list(range(len(truth.spaces)))[rows], ups, offs)
    told["leavings of desks"] = _with_tags(week, truth)
    return json.dumps(told, indent=1)


def _ups(week: Week, spaces: tuple[str, ...]) -> list[np.ndarray]:
    """Times in seconds at which a sensor of each space went on."""
    sees = {s.id: [place.space for place in s.sees] for s in week.building.sensors}
    found: dict[str, list[float]] = {space: [] for space in spaces}
    for edge in week.edges():
        for space in sees.get(edge.sensor, ()):
            if edge.on and space in found:
                found[space].append((edge.event_ms - START_MS) / 1000)
    return [np.array(sorted(found[space])) for space in spaces]


def _of_kind(truth: Truth, rows: list[int], ups: list[np.ndarray], idle: np.ndarray) -> object:
    busy_gaps, first_after, visits, absences = [], [], [], []
    left_seen = left = came_seen = came = ups_busy = ups_empty = 0
    last_idle = []
    for row in rows:
        busy, times = truth.busy[row], ups[row]
        for start, end, is_busy in stretches(busy):
            inside = times[(times >= start - 1) & (times <= end)]
            if not is_busy:
                absences.append(end - start)
                quiet = times[(times > start + NEAR_S) & (times < end - NEAR_S)]
                ups_empty += len(quiet)
                if len(quiet):
                    first_after.append(quiet[0] - start)
                continue
            visits.append(end - start)
            ups_busy += len(inside)
            busy_gaps += np.diff(inside).tolist()
            if start > 0:
                came += 1
                came_seen += bool((idle[row, start : start + 2] < NEAR_S).any())
            if end < len(busy):
                left += 1
                around = idle[row, end : end + 2]
                left_seen += bool((around < NEAR_S).any())
                last_idle.append(float(idle[row, max(end - int(NEAR_S), 0)]))
    busy_h = sum(int(truth.busy[row].sum()) for row in rows) / 3600
    empty_h = sum(int((~truth.busy[row]).sum()) for row in rows) / 3600
    return {
        "spaces": len(rows),
        "busy h": round(busy_h, 1),
        "busy part": round(busy_h / (busy_h + empty_h), 4),
        "visits": len(visits),
        "visit s": _quantiles(visits),
        "absence s": _quantiles(absences),
        "triggers an hour, busy": round(ups_busy / busy_h, 2),
        "triggers an hour, empty": round(ups_empty / empty_h, 2),
        "gap of on-edges while busy s": _quantiles(busy_gaps),
        "first trigger after leaving s": _quantiles(first_after),
        "empty stretches without any trigger": round(1 - len(first_after) / len(absences), 3),
        "coming is seen": round(came_seen / max(came, 1), 4),
        "leaving is seen": round(left_seen / max(left, 1), 4),
        "silence just before leaving s": _quantiles(last_idle),
    }


def _with_tags(week: Week, truth: Truth) -> object:
    """How many leave a desk, and how many of them with a tag that is listened to."""
    total = carried = heard = held = 0
    later: Counter[str] = Counter()
    for person, lines in truth.walks.items():
        for before, after in pairwise(lines):
            if before.space is None or not before.space.startswith("desk"):
                continue
            if after.space == before.space:
                continue
            total += 1
            carried += person in week.about.people
            is_open = week.hours.open_at(after.t_ms)
            heard += person in week.about.people and is_open
            held += _is_held(truth, before.space, after.t_ms)
            later[_later(week, lines, before.place, after.t_ms + 60_000)] += 1
    return {
        "total": total,
        "with a tag": round(carried / max(total, 1), 3),
        "with a tag in working hours": round(heard / max(total, 1), 3),
        "owner will be back": round(held / max(total, 1), 3),
        "a minute later in": {place: round(n / total, 3) for place, n in later.items()},
        "people": len(truth.walks),
        "carriers": len(week.about.people),
    }


def _later(week: Week, lines: list[Told], area: str | None, at_ms: int) -> str:
    """What kind of place somebody is in at a time, seen from the area they left."""
    place = next((line.place for line in reversed(lines) if line.t_ms <= at_ms), None)
    if place == area:
        return "the same area"
    if place is None or place == "outside":
        return "outside"
    return f"another {week.building.space(place).kind}"


def _is_held(truth: Truth, desk: str, at_ms: int) -> bool:
    return any(abs(line.t_ms - at_ms) < 1500 and line.held for line in truth.lines[desk])


def _quantiles(values: list[int] | list[float]) -> dict[str, float]:
    if not values:
        return {}
    found = np.percentile(np.array(values, dtype=float), QUANTILES)
    named = zip(QUANTILES, found.tolist(), strict=True)
    return {f"{q} %": round(value, 1) for q, value in named} | {"mean": round(np.mean(values), 1)}
