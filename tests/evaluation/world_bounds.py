"""Why not better: what estimators reach in a world that know of it what no service can know.

    python tests/evaluation/world_bounds.py --seeds 3

Each is judged at several thresholds of `away`, which moves along the line between time to free and
false frees. Rates, habits and the walked map are learned from the truth of the very hours that are
judged (the map: of the carriers' own stays), so nothing learned from history can be better.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import track

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does: helpers are named from tests/

from evaluation.world_match import keep_place, match, timers, truth_of
from evaluation.world_scores import Scores
from evaluation.world_truth import Told, Truth
from evaluation.world_week import START_MS, Tell, Week, week_of

from occupancy.estimator import Estimator
from occupancy.learned import Learned
from occupancy.learning.radio_map import learn_radio_map
from occupancy.learning.recording import Recording, Stay, Use
from occupancy.learning.use import learn_use
from occupancy.places import Places
from occupancy.thresholds import Thresholds
from sensors.entry import Entry
from sensors.reading import Sighting

FIRST_MS = START_MS + 7 * 3_600_000
"""Nobody is in before; nights would teach that nobody ever comes."""


@dataclass(frozen=True)
class Deaf(Week):
    """A week without what scanners said."""

    def entries(self, tell: Tell) -> Iterator[Entry]:
        """All that motion sensors said, and that boards live."""
        for entry in super().entries(tell):
            kept = tuple(r for r in entry.readings if not isinstance(r, Sighting))
            yield msgspec.structs.replace(entry, readings=kept)


def _spans(lines: list[Told], end_ms: int) -> Iterator[tuple[Told, int, int]]:
    ends = [line.t_ms for line in lines[1:]] + [end_ms]
    for line, until_ms in zip(lines, ends, strict=True):
        begin_ms = max(line.t_ms, FIRST_MS)
        if until_ms > begin_ms:
            yield line, begin_ms, until_ms


def _labelled(week: Week, truth: Truth) -> Recording:
    """The hours in which people are in, with all that was true."""
    end_ms, places = START_MS + 1000 * week.seconds, set(Places(week.building).ids)
    entries = tuple(e for e in week.entries(_quiet) if e.received_ms >= FIRST_MS)
    stays = tuple(
        Stay(tag, line.place, begin_ms, until_ms)
        for person, tag in week.about.people.items()
        for line, begin_ms, until_ms in _spans(truth.walks[person], end_ms)
        if line.place in places
    )
    uses = tuple(
        Use(space, begin_ms, until_ms, float(bool(line.occupied)))
        for space, lines in truth.lines.items()
        for line, begin_ms, until_ms in _spans(lines, end_ms)
    )
    return Recording(FIRST_MS, end_ms, entries, stays, uses)


def _approaches(week: Week, truth: Truth) -> dict[str, tuple[Week, Learned]]:
    deaf = Deaf(week.folder, week.about, week.building)
    told = _labelled(week, truth)
    rates, habits, _ = learn_use([_labelled(deaf, truth)])
    known = Learned(rates=rates, habits=habits)
    return {
        "motion alone": (deaf, Learned()),
        "motion alone, rates known": (deaf, known),
        "motion and badges": (week, Learned()),
        "motion and badges, rates known": (week, known),
        "the same, places by a walked map": (
            week,
            msgspec.structs.replace(known, radio=learn_radio_map([replace(told, uses=())])),
        ),
    }


def _row(name: str, away: str, one: Scores) -> str:
    f1, free_s, false_min = one.f1, one.free_median_s, one.false_free_min_per_h
    return f"| {name} | {away} | {f1:.3f} | {free_s:.0f} | {false_min:.1f} |"


def main(
    seeds: Annotated[str, typer.Option(help="Numbers of the worlds.")] = "1,2,3,4,5",
    days: Annotated[float, typer.Option(min=0.1, help="How long each is.")] = 0.5,
    away: Annotated[str, typer.Option(help="Thresholds of away.")] = "0.25,0.4,0.6",
    keep: Annotated[Path | None, typer.Option(help="Keep recordings here for later runs.")] = None,
) -> None:
    """Judge estimators that know more than a service can, as `worlds.py` judges the service's."""
    thresholds = [float(text) for text in away.split(",")]
    console = Console(stderr=True)
    with TemporaryDirectory() as scratch:
        for world in [int(text) for text in seeds.split(",")]:
            week = week_of(world, days, keep_place(keep or Path(scratch), world, days), _quiet)
            truth = truth_of(week)
            rivals = timers(week, truth)
            hold_s, rival = max(rivals.items(), key=lambda item: item[1].f1)
            asked = replace(rival, free_median_s=rival.free_median_s / 2)
            typer.echo(
                f"\n| world {world} | `away` | F1 | to free s | false-free min/h |\n|{'---|' * 5}"
            )
            typer.echo(_row("asked for", f"timer {hold_s} s", asked))
            judged = [(*one, at) for one in _approaches(week, truth).items() for at in thresholds]
            for name, (heard, learned), at in track(judged, f"world {world}", console=console):
                limits = Thresholds(away=at, free=min(at, Thresholds().free))
                estimator = Estimator(week.building, learned, thresholds=limits)
                found = match(heard, truth, rivals, _quiet, estimator)
                typer.echo(_row(name, f"{at:g}", found.strict))


def _quiet(part: float) -> None:
    del part


if __name__ == "__main__":
    typer.run(main)
