"""The report on calibration: how well places can be told apart, and what would help.

Owns the words' figures. Knows no store and no estimator.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec
import numpy as np

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.learning.advice import Advice, Pair, best_place
from occupancy.learning.recording import Recording
from occupancy.learning.told_apart import SILENT_DB, Confusion, confusion
from occupancy.learning.windows import WINDOW_S, Windows, windows_of
from occupancy.places import Places

ENOUGH_S = 60.0
"""A place with less is not judged; our choice."""
GOOD, FAIR = 0.9, 0.7
CONFUSED = 0.05
"""Two places are a confused pair from this part of their windows."""
MOST_PAIRS = 3
"""Of the most confused pairs, so many count for advice."""


DRIFTED_DB = 4.0
"""From so much drift of a scanner on, a new walk is worth it."""


class Verdict(StrEnum):
    """How well a place is told, in a word."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    SHORT = "short"
    """Too little was recorded to say."""
    NONE = "none"
    """Nothing was recorded."""


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """How well one place is told from the others."""

    place: str
    verdict: Verdict
    seconds: float
    """Recorded, with a scanner hearing the tag."""
    stays: int
    accuracy: float | None = None
    """Part of its windows that were named right; None where too little was recorded."""
    confused_with: str | None = None
    """As which other place its windows were named most often."""
    confused: float | None = None
    """Part of its windows that were named so."""
    nearest: str | None = None
    """The place that sounds most like it."""
    gap_db: float | None = None
    """How far that is, over all scanners."""


class Confused(msgspec.Struct, frozen=True, rename="camel"):
    """Two places that are taken for each other."""

    one: str
    other: str
    part: float
    """Of the windows of both."""
    gap_db: float


class Suggestion(msgspec.Struct, frozen=True, rename="camel"):
    """Where one more scanner would help most."""

    place: str
    gain_db: float


class Drifted(msgspec.Struct, frozen=True, rename="camel"):
    """How a scanner has changed since the walks, as confident stays tell it."""

    scanner: str
    louder_db: float
    """Than on the walks; how far it is corrected by, at most 10 dB."""


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """What calibration came to."""

    walks: int
    windows: int
    """Of 5 s, of all places with enough recorded."""
    accuracy: float | None
    """Mean over the places that were judged."""
    places: tuple[Told, ...]
    """Every place of the building, in its order."""
    columns: tuple[str, ...]
    """Places of `confusion`."""
    confusion: tuple[tuple[int, ...], ...]
    """Windows of a place (row) named as each place (column)."""
    most_confused: Confused | None = None
    suggestion: Suggestion | None = None
    drifts: tuple[Drifted, ...] = ()
    """Every scanner that was walked, the one that drifted most first."""
    walk_again: bool = False
    """Whether a scanner has drifted so far that a new walk is worth it."""


def with_drifts(report: Report, drift_db: Mapping[str, float]) -> Report:
    """The report as it is now, with how much louder each scanner has become."""
    drifts = sorted(
        (Drifted(scanner, round(db, 1)) for scanner, db in drift_db.items()),
        key=lambda one: (-abs(one.louder_db), one.scanner),
    )
    again = any(abs(one.louder_db) >= DRIFTED_DB for one in drifts)
    return msgspec.structs.replace(report, drifts=tuple(drifts), walk_again=again)


def report_on(building: Building, recordings: Sequence[Recording]) -> Report:
    """How well the places of a building can be told apart, by what was recorded."""
    whole = windows_of(recordings)
    windows = _enough(whole)
    found = confusion(windows)
    gaps_db = gaps(windows)
    pairs = _pairs(windows, found, gaps_db)
    told = _told(windows, found, gaps_db, _recorded(whole))
    judged = [one.accuracy for one in told.values() if one.accuracy is not None]
    return Report(
        walks=sum(bool(one.stays) for one in recordings),
        windows=int(found.sum()),
        accuracy=round(float(np.mean(judged)), 3) if judged else None,
        places=tuple(told.get(i, Told(i, Verdict.NONE, 0.0, 0)) for i in Places(building).ids),
        columns=windows.places,
        confusion=tuple(tuple(row) for row in found.tolist()),
        most_confused=_most_confused(pairs),
        suggestion=_suggestion(best_place(building, pairs)),
    )


def gaps(windows: Windows) -> Floats:
    """How far apart places are in dB over all scanners, shape ``(places, places)``.

    The distance between their mean strengths; a scanner that hears nothing counts as `SILENT_DB`.
    """
    filled = np.where(np.isnan(windows.strength_db), SILENT_DB, windows.strength_db)
    mean = np.array([filled[windows.place == i].mean(axis=0) for i in range(len(windows.places))])
    mean = mean.reshape(len(windows.places), len(windows.scanners))
    return np.asarray(np.linalg.norm(mean[:, None] - mean[None, :], axis=2))


def _enough(windows: Windows) -> Windows:
    """Without windows in which nobody heard the tag, and without places with too few."""
    heard = windows.heard
    count = np.bincount(windows.place[heard], minlength=len(windows.places))
    kept = np.flatnonzero(count * WINDOW_S >= ENOUGH_S)
    renumbered = np.full(len(windows.places), -1)
    renumbered[kept] = np.arange(len(kept))
    rows = heard & np.isin(windows.place, kept)
    return Windows(
        tuple(windows.places[i] for i in kept),
        windows.scanners,
        windows.strength_db[rows],
        renumbered[windows.place[rows]],
        windows.stay[rows],
        windows.walk[rows],
    )


def _recorded(windows: Windows) -> dict[str, tuple[float, int]]:
    """Seconds in which the tag was heard, and stays, of each place."""
    heard = windows.heard
    found: dict[str, tuple[float, int]] = {}
    for i, place in enumerate(windows.places):
        mine = windows.place == i
        stays = len(np.unique(windows.stay[mine]))
        found[place] = (float((mine & heard).sum() * WINDOW_S), stays)
    return found


def _told(
    windows: Windows,
    found: Confusion,
    gaps_db: Floats,
    recorded: dict[str, tuple[float, int]],
) -> dict[str, Told]:
    """Each recorded place."""
    told = {
        place: Told(place, Verdict.SHORT, seconds, stays)
        for place, (seconds, stays) in recorded.items()
    }
    for i, place in enumerate(windows.places):
        right, total = int(found[i, i]), int(found[i].sum())
        others = found[i].copy()
        others[i] = 0
        wrong = int(others.argmax())
        away_db = gaps_db[i].copy()
        away_db[i] = np.inf
        is_alone = len(windows.places) == 1
        near = int(away_db.argmin())
        told[place] = msgspec.structs.replace(
            told[place],
            verdict=_verdict(right / total),
            accuracy=round(right / total, 3),
            confused_with=windows.places[wrong] if others[wrong] else None,
            confused=round(int(others[wrong]) / total, 3) if others[wrong] else None,
            nearest=None if is_alone else windows.places[near],
            gap_db=None if is_alone else round(float(away_db[near]), 1),
        )
    return told


def _verdict(accuracy: float) -> Verdict:
    """The word for a part of windows that were named right.

    >>> _verdict(0.95).value, _verdict(0.75).value, _verdict(0.2).value
    ('good', 'fair', 'poor')
    """
    if accuracy >= GOOD:
        return Verdict.GOOD
    return Verdict.FAIR if accuracy >= FAIR else Verdict.POOR


def _pairs(windows: Windows, found: Confusion, gaps_db: Floats) -> list[Pair]:
    """The pairs that are confused most, worst first."""
    total: Floats = np.maximum(found.sum(axis=1), 1).astype(float)
    part: Floats = (found + found.T) / np.add.outer(total, total)
    pairs = [
        Pair(windows.places[i], windows.places[j], float(gaps_db[i, j]), float(part[i, j]))
        for i in range(len(windows.places))
        for j in range(i)
        if part[i, j] >= CONFUSED
    ]
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.one, pair.other))[:MOST_PAIRS]


def _most_confused(pairs: Sequence[Pair]) -> Confused | None:
    if not pairs:
        return None
    worst = pairs[0]
    one, other = sorted((worst.one, worst.other))
    return Confused(one, other, round(worst.weight, 3), round(worst.gap_db, 1))


def _suggestion(advice: Advice | None) -> Suggestion | None:
    return None if advice is None else Suggestion(advice.place, advice.gain_db)
