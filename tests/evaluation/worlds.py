"""Five worlds of the simulator, a week each: is the live estimator better than the best timer?

    python tests/evaluation/worlds.py --keep DIR

Each world draws its physics by lot. It is simulated, decoded and folded as the service would, and
what the estimator told is judged against what was true, as is a fixed timer of every length. The
first 30 minutes are judged for neither. Exit code 1 when the estimator fails a demand in a world.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does: helpers are named from tests/

from evaluation.world_facts import facts
from evaluation.world_match import Match, keep_place, match, timers, truth_of
from evaluation.world_table import markdown, table, timer_markdown
from evaluation.world_week import Tell, Week, week_of


def play(world: int, days: float, keep: Path, record: Tell, fold: Tell) -> Match:
    """Record one world unless it is kept, and judge it."""
    week = week_of(world, days, keep_place(keep, world, days), record)
    record(1.0)
    truth = truth_of(week)
    found = match(week, truth, timers(week, truth), fold)
    fold(1.0)
    return found


def _play_quietly(world: int, days: float, keep: Path) -> Match:
    return play(world, days, keep, _quiet, _quiet)


def _quiet(part: float) -> None:
    del part


def _all(numbers: list[int], days: float, keep: Path, jobs: int) -> list[Match]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        if jobs > 1:
            task = progress.add_task("worlds", total=len(numbers))
            found = []
            with ProcessPoolExecutor(jobs) as pool:
                places = [keep] * len(numbers)
                for one in pool.map(_play_quietly, numbers, [days] * len(numbers), places):
                    found.append(one)
                    progress.advance(task)
            return found
        return [_with_bars(progress, world, days, keep) for world in numbers]


def _with_bars(progress: Progress, world: int, days: float, keep: Path) -> Match:
    recording = progress.add_task(f"world {world}: simulate", total=1.0)
    folding = progress.add_task(f"world {world}: judge", total=1.0)

    def record(part: float) -> None:
        progress.update(recording, completed=part)

    def fold(part: float) -> None:
        progress.update(folding, completed=part)

    return play(world, days, keep, record, fold)


def main(
    seeds: Annotated[str, typer.Option(help="Numbers of the worlds.")] = "1,2,3,4,5",
    days: Annotated[float, typer.Option(min=0.1, help="How long each is.")] = 7.0,
    keep: Annotated[Path | None, typer.Option(help="Keep recordings here for later runs.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Worlds at a time, a process each.")] = 1,
    *,
    all_timers: Annotated[bool, typer.Option(help="Print the scores of every timer.")] = False,
    only_facts: Annotated[bool, typer.Option(help="Tell what can be known; fold nothing.")] = False,
) -> None:
    """Judge the live estimator in drawn worlds against the best fixed timer of each."""
    numbers = [int(text) for text in seeds.split(",")]
    with TemporaryDirectory() as scratch:
        place = keep or Path(scratch)
        if only_facts:
            for world in numbers:
                week: Week = week_of(world, days, keep_place(place, world, days), _quiet)
                typer.echo(facts(week, truth_of(week)))
            return
        found = _all(numbers, days, place, jobs)
    Console(width=200).print(table(found))
    typer.echo(markdown(found))
    if all_timers:
        for one in found:
            typer.echo(f"\nWorld {one.world}\n\n{timer_markdown(one)}")
    raise typer.Exit(int(any(one.failures for one in found)))


if __name__ == "__main__":
    typer.run(main)
