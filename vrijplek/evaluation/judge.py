"""The judge: lays what was said beside what was true. The only place that opens the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

from vrijplek.evaluation.contest import Trial
from vrijplek.evaluation.grid import Grid, RoomCodes, Space, Track, read_step_s, space, track
from vrijplek.evaluation.replayed import Replay
from vrijplek.evaluation.room_score import RoomScore, score_rooms
from vrijplek.evaluation.session import read_truth
from vrijplek.evaluation.truth import Truth
from vrijplek.evaluation.use_score import UseScore, score_uses


@dataclass(frozen=True, slots=True)
class Judged:
    """A session whose truth is known."""

    name: str
    grid: Grid
    truth: Truth

    def tracks(self, trial: Trial, codes: RoomCodes) -> list[Track]:
        """Each tag of the truth, beside what a method said of it."""
        rows, stays = trial.said[self.name].rooms, self.truth.stays
        return [
            track(
                self.grid,
                [stay for stay in stays if stay.subject == subject],
                [row for row in rows if row.subject == subject],
                codes,
            )
            for subject in self.truth.subjects
        ]

    def spaces(self, trial: Trial) -> list[Space]:
        """Each room of the truth, beside what a method said of it."""
        rows, uses = trial.said[self.name].uses, self.truth.uses
        return [
            space(
                self.grid,
                [use for use in uses if use.room == room],
                [row for row in rows if row.room == room],
            )
            for room in self.truth.rooms_in_use
        ]


def judged(replays: Sequence[Replay]) -> tuple[Judged, ...]:
    """The sessions that tell a grid and a truth.

    Raises:
        FileProblemsError: If a file of the truth is not as it should be.
    """
    found = []
    for replay in replays:
        step_s, truth = read_step_s(replay.folder), read_truth(replay.folder)
        if step_s is not None and (truth.stays or truth.uses):
            grid = Grid.over(truth, replay.last_event_s, step_s)
            found.append(Judged(replay.name, grid, truth))
    return tuple(found)


def room_score(sessions: Sequence[Judged], trial: Trial) -> RoomScore | None:
    """The score over all tags of all sessions; None where no truth tells a room."""
    codes = RoomCodes()
    tracks = [found for session in sessions for found in session.tracks(trial, codes)]
    return score_rooms(tracks) if tracks else None


def use_score(sessions: Sequence[Judged], trial: Trial) -> UseScore | None:
    """The score over all rooms of all sessions; None where no truth tells use."""
    spaces = [found for session in sessions for found in session.spaces(trial)]
    return score_uses(spaces) if spaces else None
