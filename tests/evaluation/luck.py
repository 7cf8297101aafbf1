"""How large the calibration error of recordings is by luck alone, were every probability true.

    python tests/evaluation/luck.py RECORDINGS

What is told of a tag is right or wrong for a stretch of time, not anew each second. Each stretch is
drawn right as often as its mean probability says, many times over, and the error of each draw is
measured: where even the truth would miss a goal most times, the recordings are too short for it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does: helpers are named from tests/

import numpy as np
from evaluation.figures import ROWS

from vrijplek.evaluation.calibration_error import calibration_error
from vrijplek.evaluation.contest import answers
from vrijplek.evaluation.grid import NOWHERE, RoomCodes
from vrijplek.evaluation.judge import judged
from vrijplek.evaluation.ours import Ours
from vrijplek.evaluation.replayed import left_out, read_replay
from vrijplek.evaluation.session import read_session, session_folders

DRAWS = 2_000


def told_in(folder, run):
    """Probabilities told of all tags, whether each was right, and to which stretch it belongs."""

    def folders(names):
        return session_folders([folder / name for name in names], "RECORDINGS")

    method = Ours().learn([read_session(one) for one in folders(run.calibrate)])
    replays = left_out([read_replay(one) for one in folders((run.replay,))], run.without)
    trial = answers(Ours().name, method, replays, lambda _done: None)
    codes, p, right, stretch_of = RoomCodes(), [], [], []
    for session in judged(replays):
        for track in session.tracks(trial, codes):
            known = (track.truth != NOWHERE) & (track.said != NOWHERE)
            pairs = np.stack([track.truth, track.said])[:, known]
            begins = (np.diff(pairs, prepend=-1) != 0).any(axis=0)
            stretch_of.append(np.cumsum(begins) + sum(map(len, p)))
            p.append(track.p[known])
            right.append(pairs[0] == pairs[1])
    return np.concatenate(p), np.concatenate(right), np.concatenate(stretch_of)


def by_luck(p, stretch_of, chance):
    """Calibration errors of draws in which every probability is true, shape ``(DRAWS,)``."""
    _, index = np.unique(stretch_of, return_inverse=True)
    mean = np.bincount(index, p) / np.bincount(index)
    draws = chance.random((DRAWS, len(mean))) < mean
    return np.array([calibration_error(p, draw[index]) for draw in draws])


def main(folder):
    """Prints a table."""
    chance = np.random.default_rng(1)
    print(
        "| replay | seconds | whiles | measured | by luck: mean | 5 % | 95 % |\n" + "|---" * 7 + "|"
    )
    for row in ROWS:
        if row.rooms:
            p, right, stretch_of = told_in(folder, row.runs[0])
            luck = by_luck(p, stretch_of, chance)
            low, high = np.percentile(luck, [5, 95])
            measured = calibration_error(p, right)
            print(
                f"| {row.name} | {len(p)} | {len(np.unique(stretch_of))} | {measured:.3f} "
                f"| {luck.mean():.3f} | {low:.3f} | {high:.3f} |"
            )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
