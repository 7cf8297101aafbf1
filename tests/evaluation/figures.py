"""The figures that recorded sessions must reach: prints them, ends with 1 if one is missed.

    python tests/evaluation/figures.py RECORDINGS

RECORDINGS is the folder with the datasets sphere, tetam_set_1, tetam_tracks and uci_roomest.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vrijplek.errors import CommandError
from vrijplek.evaluation.contest import Trial, answers
from vrijplek.evaluation.judge import Judged, judged, room_score, use_score
from vrijplek.evaluation.ours import Ours
from vrijplek.evaluation.replayed import left_out, read_replay
from vrijplek.evaluation.room_score import RoomScore
from vrijplek.evaluation.session import read_session, session_folders
from vrijplek.evaluation.simple import ROOM_METHODS, USE_METHODS
from vrijplek.evaluation.tables import number_text, share_text
from vrijplek.evaluation.use_score import UseScore

METHODS = (Ours(), *ROOM_METHODS, *USE_METHODS)
FIRST, LATER = ("sphere/seq01", "sphere/seq02", "sphere/seq03"), ("sphere/seq07", "sphere/seq08")
DAYS = tuple(f"uci_roomest/2017-12-{day}" for day in (22, 23, 24))
SHARES = {"accuracy", "macro_f1", "visits_found", "f1", "calibration_error"}
AT_LEAST = {"accuracy", "macro_f1", "visits_found", "f1"}
CALIBRATED = {"calibration_error": 0.05}
ROOM_FIGURES = ("accuracy", "macro_f1", "spurious_switches_per_hour", "visits_found")
USE_FIGURES = ("f1", "vacate_median_s", "drops_per_occupied_hour", "false_on_per_vacant_hour")


@dataclass(frozen=True)
class Run:
    """One session or more, replayed on one calibration."""

    calibrate: tuple[str, ...]
    replay: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """What some runs together must reach."""

    name: str
    runs: tuple[Run, ...]
    targets: dict[str, float]
    rooms: bool = True


def switched(figures):
    """Targets of whereabouts by position, with the calibration error."""
    return dict(zip(ROOM_FIGURES, figures, strict=False)) | CALIBRATED


def held(figures):
    """Targets of occupancy by position, with the calibration error."""
    return dict(zip(USE_FIGURES, figures, strict=False)) | CALIBRATED


def others(day):
    """The days that a day is calibrated on."""
    return tuple(other for other in DAYS if other != day)


def both(*without):
    """The two houses."""
    return (Run(FIRST, "sphere/seq04", without), Run(LATER, "sphere/seq09", without))


def days(some, *without):
    """Days of the office, each calibrated on the other two."""
    return tuple(Run(others(day), day, without) for day in some)


ROWS = (
    Row("sphere seq04", both()[:1], switched((0.96, 0.84, 12, 1)) | {"lag_median_s": 4}),
    Row("sphere seq09", both()[1:], switched((0.945, 0.78, 20, 1))),
    Row("tetam tracks", (Run(("tetam_set_1",), "tetam_tracks"),), switched((0.68, 0.69, 150))),
    Row("sphere seq04, no Lounge_AP", both("Lounge_AP")[:1], switched((0.85, 0.62, 40))),
    Row("sphere, PIR and tag", both(), held((0.955, 6, 3)), rooms=False),
    Row("sphere, PIR only", both("rssi"), held((0.72, 40, 6)), rooms=False),
    Row("uci, all sensors", days(DAYS[:2]), held((0.995, 30, 0.1)), rooms=False),
    Row("uci, PIR only", days(DAYS[:2], "env"), held((0.975, 300, 0.4)), rooms=False),
    Row("uci 12-24, PIR only", days(DAYS[2:], "env"), {"said_occupied_s": 0}, rooms=False),
)


class Runner:
    """Runs every method on every run once, and learns each calibration once."""

    def __init__(self, folder, tell):
        self.folder, self.tell = folder, tell
        self.trials: dict[Run, list[Trial]] = {}
        self.sessions: dict[Run, tuple[Judged, ...]] = {}

    def run(self, runs):
        """All runs, those of one calibration together."""
        for calibrate in dict.fromkeys(run.calibrate for run in runs):
            sessions = [read_session(folder) for folder in self.folders(calibrate)]
            learned = {}
            for method in METHODS:
                learned[method.name] = method.learn(sessions)
                self.tell(f"{method.name} learned {calibrate[0]}")
            for run in runs:
                if run.calibrate == calibrate:
                    self.answer(run, learned)

    def answer(self, run, learned):
        """What each method says in one run."""
        whole = [read_replay(folder) for folder in self.folders((run.replay,))]
        replays = left_out(whole, run.without)
        self.sessions[run] = judged(replays)
        self.trials[run] = []
        for name, method in learned.items():
            self.trials[run].append(answers(name, method, replays, lambda _done: None))
            self.tell(f"{name}: {run.replay}")

    def folders(self, names):
        """Session folders below the recordings."""
        return session_folders([self.folder / name for name in names], "RECORDINGS")

    def scores(self, row) -> Iterator[tuple[str, RoomScore | UseScore]]:
        """Method and score, over the runs of a row together."""
        sessions = [session for run in row.runs for session in self.sessions[run]]
        for trials in zip(*(self.trials[run] for run in row.runs), strict=True):
            said = {name: one for trial in trials for name, one in trial.said.items()}
            whole = Trial(trials[0].method, said)
            if whole.method == Ours().name or (whole.tells_rooms if row.rooms else whole.tells_use):
                yield whole.method, (room_score if row.rooms else use_score)(sessions, whole)


def figure(score, name):
    """One number of a score."""
    if name == "said_occupied_s":
        told_h = score.recall * score.occupied_h + score.false_on_h
        return told_h * 3600
    return getattr(score, name)


def text(name, value):
    """A figure as people read it."""
    return share_text(value) if name in SHARES else number_text(value)


def is_met(name, value, target):
    """Whether a figure reaches its target; one that is not known does not."""
    return value >= target if name in AT_LEAST else value <= target


def print_targets(runner):
    """Ours against the targets; how many are missed."""
    missed = 0
    print("| replay | figure | target | ours | met |\n|---|---|---|---|---|")
    for row in ROWS:
        ours = next(score for method, score in runner.scores(row) if method == Ours().name)
        for name, target in row.targets.items():
            value = figure(ours, name)
            sign = "≥" if name in AT_LEAST else "≤"
            met = is_met(name, value, target)
            missed += not met
            cells = (
                row.name,
                name,
                f"{sign} {target:g}",
                text(name, value),
                "yes" if met else "NO",
            )
            print(f"| {' | '.join(cells)} |")
    return missed


def print_methods(runner):
    """Every method on every row."""
    for rooms, figures in ((True, ROOM_FIGURES), (False, USE_FIGURES)):
        names = (*figures, "calibration_error")
        print(f"\n| replay | method | {' | '.join(names)} |\n|{'---|' * (len(names) + 2)}")
        for row in ROWS:
            if row.rooms == rooms:
                for method, score in runner.scores(row):
                    cells = (text(name, figure(score, name)) for name in names)
                    print(f"| {row.name} | {method} | {' | '.join(cells)} |")


def main(folder):
    """Runs all, prints two tables; 1 if a target is missed."""
    runs = tuple(dict.fromkeys(run for row in ROWS for run in row.runs))
    steps = len(METHODS) * (len(runs) + len({run.calibrate for run in runs}))
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(
        *columns, TextColumn("{task.description}", markup=False), console=Console(stderr=True)
    )
    with bar as progress:
        task = progress.add_task("reading", total=steps)
        runner = Runner(folder, lambda done: progress.update(task, advance=1, description=done))
        runner.run(runs)
    missed = print_targets(runner)
    print_methods(runner)
    print(f"\n{missed} missed" if missed else "\nall met")
    return 1 if missed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        sys.exit(main(Path(sys.argv[1])))
    except CommandError as error:
        sys.exit(str(error))
