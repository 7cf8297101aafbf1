"""Scores as tables for people."""

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from vrijplek.evaluation.contest import Trial
from vrijplek.evaluation.judge import Judged, room_score, use_score
from vrijplek.evaluation.room_score import RoomScore
from vrijplek.evaluation.use_score import UseScore

ROOM_HEADS = (
    "", "\naccuracy", "\nmacro-F1", "spurious\nswitches/h", "visits\nfound", "lag s\nmedian",
    "lag s\np90", "calib.\nerror",
)  # fmt: skip
USE_HEADS = (
    "", "\nF1", "\nprec.", "\nrecall", "\nmissed", "enter s\nmedian", "\np90",
    "vacate s\nmedian", "\np90", "drops\n/occ. h", "false on\n/vac. h", "calib.\nerror",
)  # fmt: skip


def room_table(sessions: Sequence[Judged], trials: Sequence[Trial]) -> Table | None:
    """Where tags were said to be, a row for each method; None where no truth tells it."""
    scores = [(trial.method, room_score(sessions, trial)) for trial in trials]
    known = [(method, score) for method, score in scores if score is not None]
    if not known:
        return None
    first = known[0][1]
    title = f"Rooms: {first.visits} visits in {first.hours:.2f} h"
    return _table(title, ROOM_HEADS, [(method, *_room_cells(score)) for method, score in known])


def use_table(sessions: Sequence[Judged], trials: Sequence[Trial]) -> Table | None:
    """Which rooms were said to be in use, a row for each method; None where no truth tells it."""
    scores = [(trial.method, use_score(sessions, trial)) for trial in trials]
    known = [(method, score) for method, score in scores if score is not None]
    if not known:
        return None
    first = known[0][1]
    hours = f"{first.occupied_h:.2f} h occupied and {first.vacant_h:.2f} h vacant"
    title = f"Occupancy: {first.visits} visits, {hours}"
    return _table(title, USE_HEADS, [(method, *_use_cells(score)) for method, score in known])


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _room_cells(score: RoomScore) -> tuple[str, ...]:
    return (
        share_text(score.accuracy),
        share_text(score.macro_f1),
        number_text(score.spurious_switches_per_hour),
        share_text(score.visits_found),
        number_text(score.lag_median_s),
        number_text(score.lag_p90_s),
        share_text(score.calibration_error),
    )


def _use_cells(score: UseScore) -> tuple[str, ...]:
    return (
        share_text(score.f1),
        share_text(score.precision),
        share_text(score.recall),
        str(score.missed),
        number_text(score.enter_median_s),
        number_text(score.enter_p90_s),
        number_text(score.vacate_median_s),
        number_text(score.vacate_p90_s),
        number_text(score.drops_per_occupied_hour),
        number_text(score.false_on_per_vacant_hour),
        share_text(score.calibration_error),
    )


def share_text(value: float) -> str:
    """A number between 0 and 1.

    >>> share_text(0.9456), share_text(float("nan"))
    ('0.946', '-')
    """
    return "-" if math.isnan(value) else f"{value:.3f}"


def number_text(value: float) -> str:
    """A number of any size.

    >>> number_text(0.22), number_text(28.04), number_text(556.4), number_text(90.0)
    ('0.22', '28', '556', '90')
    """
    if math.isnan(value):
        return "-"
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
