"""The command `vrijplek evaluate`: how right are we, on recordings whose truth is known?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vrijplek.evaluation.change_log import write_rooms, write_uses
from vrijplek.evaluation.contest import Tell, Trial, contest, notes_of, steps, unknown_types
from vrijplek.evaluation.judge import Judged, judged
from vrijplek.evaluation.ours import Ours
from vrijplek.evaluation.replayed import Replay, left_out, read_replay
from vrijplek.evaluation.session import Session, read_session, session_folders
from vrijplek.evaluation.simple import ROOM_METHODS, USE_METHODS
from vrijplek.evaluation.tables import room_table, use_table

TABLE_WIDTH = 110
"""What the tables need; narrower terminals wrap the lines."""

CalibrateOption = Annotated[
    list[Path],
    typer.Option(
        metavar="DIR", help="Sessions to learn the site from, with their truth. May be repeated."
    ),
]
ReplayOption = Annotated[
    list[Path],
    typer.Option(
        metavar="DIR", help="Sessions to answer on, each with empty beliefs. May be repeated."
    ),
]
OutOption = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for the answers; made if need be.")
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Leave out of the replay a source, a type, `pir` or `env`. May be repeated.",
        show_default=False,
    ),
]
SimpleOption = Annotated[
    bool, typer.Option("--simple/--no-simple", help="Run the simple methods as well.")
]


def evaluate(
    calibrate: CalibrateOption,
    replay: ReplayOption,
    out: OutOption,
    without: WithoutOption = None,
    *,
    simple: SimpleOption = True,
) -> None:
    """Learn a site from recorded sessions, replay others, and score the answers.

    A folder with `events.csv.gz` is a session; of any other folder those of its children that have
    one are. Calibration uses `truth_room.csv` and `truth_occ.csv` too. Of a replay the answers see
    the events alone; its truth and `meta.json` may be missing, and are opened only for the scores.

    Writes `SESSION.rooms.csv` and `SESSION.occupancy.csv` into --out, and prints scores beside
    those of simple methods: nearest scanner, kNN, a Gaussian filter, fixed timers.

    For example, one day of a house after the days before it:

        vrijplek evaluate --calibrate house/mon --calibrate house/tue --replay house/wed --out said

    Exit code: 0 all is written, 1 a file is wrong, 2 the words are, or a folder can't be used.
    """
    learn_from = session_folders(calibrate, "--calibrate")
    answer_on = session_folders(replay, "--replay")
    out.mkdir(parents=True, exist_ok=True)
    others = (*ROOM_METHODS, *USE_METHODS) if simple else ()
    with _progress() as progress:
        task = progress.add_task("reading", total=len(learn_from) + len(answer_on))

        def done(what: str) -> None:
            progress.update(task, advance=1, description=what)

        calibration, whole = _read(learn_from, answer_on, done)
        replays = left_out(whole, without or ())
        more = steps((Ours(), *others), replays)
        progress.update(task, total=len(learn_from) + len(answer_on) + more)
        (ours,) = contest((Ours(),), calibration, replays, done)
        write_answers(out, ours, calibration)
        trials = contest(others, calibration, replays, done)
    sessions = judged(replays)
    for table in score_tables(sessions, calibration, ours, trials):
        Console(width=max(Console().width, TABLE_WIDTH)).print(table)
    if not sessions:
        typer.echo("No scores: no session that was replayed has meta.json and truth.")
    for note in (*unknown_types(calibration, whole), *notes_of(ours)):
        typer.echo(f"note: {note}")


def _read(
    calibrate: Sequence[Path], replay: Sequence[Path], done: Tell
) -> tuple[list[Session], list[Replay]]:
    calibration, replays = [], []
    for folder in calibrate:
        calibration.append(read_session(folder))
        done(f"read {folder.name}")
    for folder in replay:
        replays.append(read_replay(folder))
        done(f"read {folder.name}")
    return calibration, replays


def write_answers(out: Path, trial: Trial, calibration: Sequence[Session]) -> None:
    """Writes what was said of each session, as far as the calibration names rooms."""
    for name, said in trial.said.items():
        if any(session.truth.stays for session in calibration):
            write_rooms(out, name, said.rooms)
        if any(session.truth.uses for session in calibration):
            write_uses(out, name, said.uses)


def score_tables(
    sessions: Sequence[Judged],
    calibration: Sequence[Session],
    ours: Trial,
    others: Sequence[Trial],
) -> list[Table]:
    """The scores of ours beside others that say anything, of what the calibration names."""
    tables = []
    if any(session.truth.stays for session in calibration):
        chosen = [ours, *(trial for trial in others if trial.tells_rooms)]
        tables.append(room_table(sessions, chosen))
    if any(session.truth.uses for session in calibration):
        chosen = [ours, *(trial for trial in others if trial.tells_use)]
        tables.append(use_table(sessions, chosen))
    return [table for table in tables if table is not None]


def _progress() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(
        *columns, TextColumn("{task.description}", markup=False), console=Console(stderr=True)
    )
