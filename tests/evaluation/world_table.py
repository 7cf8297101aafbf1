"""The table of the worlds, on a terminal and as Markdown.

Owns columns and number formats.
"""

from collections.abc import Iterator, Sequence

from evaluation.world_match import Match
from evaluation.world_scores import Scores
from rich.table import Table

HEADS = (
    *("world", "method", "F1", "precision", "recall", "to free s", "90 % s", "false-free min/h"),
    *("unknown", "changes/day", "ECE", "whereabouts", "untold", "fails"),
)


def rows(found: Match) -> Iterator[tuple[str, ...]]:
    """The rows of one world: the best timer, then the estimator in both readings, then parts."""
    hold_s, rival = found.best
    more, blank = found.extras, ("",) * 6
    yield (str(found.world), f"timer {hold_s} s", *_figures(rival), *blank)
    extras = (
        *(f"{more.unknown:.3f}", f"{more.changes_per_day:.1f}", f"{more.ece:.3f}"),
        *(f"{more.right:.3f}", f"{more.untold:.3f}"),
    )
    yield ("", "ours, strict", *_figures(found.strict), *extras, "; ".join(found.failures))
    yield ("", "ours, FREE only", *_figures(found.lenient), *blank)
    yield ("", "ours, desks", *_figures(found.desks), *blank)
    yield ("", "ours, rooms", *_figures(found.rooms), *blank)


def _figures(one: Scores) -> tuple[str, ...]:
    return (
        *(f"{one.f1:.4f}", f"{one.precision:.3f}", f"{one.recall:.3f}"),
        *(f"{one.free_median_s:.0f}", f"{one.free_p90_s:.0f}", f"{one.false_free_min_per_h:.2f}"),
    )


def table(matches: Sequence[Match]) -> Table:
    """For a terminal."""
    made = Table(title="Five worlds: the estimator against the best fixed timer of each")
    for head in HEADS:
        made.add_column(head, justify="left" if head in {"method", "fails"} else "right")
    for found in matches:
        for row in rows(found):
            made.add_row(*row)
        made.add_section()
    return made


def markdown(matches: Sequence[Match]) -> str:
    """For a page."""
    lines = [HEADS, ("---",) * len(HEADS), *(row for found in matches for row in rows(found))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def timer_markdown(found: Match) -> str:
    """All timers of one world."""
    lines = ["| hold s | F1 | precision | recall | to free s | 90 % s | false-free min/h |"]
    lines.append("|" + "---|" * 7)
    for hold_s, one in found.timers.items():
        lines.append(f"| {hold_s} | {' | '.join(_figures(one))} |")
    return "\n".join(lines)
