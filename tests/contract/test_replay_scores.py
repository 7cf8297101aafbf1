"""Scores agree with those of the recordings' own script, and simple methods with their figures."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from support.machine import beside

from vrijplek.evaluation.change_log import write_rooms, write_uses
from vrijplek.evaluation.contest import Trial, contest
from vrijplek.evaluation.judge import judged, room_score, use_score
from vrijplek.evaluation.replayed import read_replay
from vrijplek.evaluation.session import read_session, session_folders
from vrijplek.evaluation.simple import ROOM_METHODS, USE_METHODS

RECORDINGS = Path(__file__).parents[3] / "shared" / "replay"
FIRST, LATER = ("sphere/seq01", "sphere/seq02", "sphere/seq03"), ("sphere/seq07", "sphere/seq08")
DAYS = ("uci_roomest/2017-12-22", "uci_roomest/2017-12-23", "uci_roomest/2017-12-24")
ROOMS = {
    "sphere/seq04": {
        "nearest (Bermuda)": (0.68, 0.30),
        "nearest (mqtt_room)": (0.67, 0.30),
        "kNN of 5": (0.94, 0.76),
        "Gaussian filter": (0.95, 0.82),
    },
    "sphere/seq09": {
        "nearest (Bermuda)": (0.74, 0.28),
        "nearest (mqtt_room)": (0.73, 0.27),
        "kNN of 5": (0.89, 0.67),
        "Gaussian filter": (0.93, 0.74),
    },
    "tetam_tracks": {
        "nearest (Bermuda)": (0.38, 0.20),
        "nearest (mqtt_room)": (0.41, 0.24),
        "kNN of 5": (0.64, 0.65),
        "Gaussian filter": (0.60, 0.56),
    },
}
CALIBRATED_ON = {
    "sphere/seq04": FIRST,
    "sphere/seq09": LATER,
    "tetam_tracks": ("tetam_set_1",),
    DAYS[0]: DAYS[1:],
    DAYS[1]: (DAYS[0], DAYS[2]),
}
USES = {
    ("sphere/seq04", "sphere/seq09"): {
        "PIR, hold 30 s": 0.613,
        "PIR, hold 90 s": 0.543,
        "PIR, hold 300 s": 0.410,
        "tag only, Gaussian": 0.943,
    },
    DAYS[:2]: {"PIR, hold 90 s": 0.917, "PIR, hold 300 s": 0.969, "PIR, hold 900 s": 0.937},
}


@pytest.fixture(autouse=True)
def recordings():
    """They have to be beside the project."""
    return beside(RECORDINGS, RECORDINGS.parent)


def replayed(names, methods):
    """Judged sessions and the trials of some methods, over several replays together."""
    sessions, said = (), {method.name: {} for method in methods}
    for name in names:
        learn_from = [RECORDINGS / one for one in CALIBRATED_ON[name]]
        calibration = [read_session(one) for one in session_folders(learn_from, "")]
        replays = [read_replay(one) for one in session_folders([RECORDINGS / name], "")]
        sessions += judged(replays)
        for trial in contest(methods, calibration, replays):
            said[trial.method] |= trial.said
    return sessions, [Trial(name, told) for name, told in said.items()]


def script(kind, dataset, predictions):
    """What the script of the recordings prints."""
    command = [sys.executable, RECORDINGS / "score.py", kind, RECORDINGS / dataset, predictions]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def assert_same(ours, theirs):
    """Every number of both, as far as theirs is rounded."""
    shared = set(theirs) & set(type(ours).__dataclass_fields__)
    assert len(shared) >= 8
    for name in shared:
        value = float(getattr(ours, name))
        both_none = math.isnan(value) and math.isnan(theirs[name])
        assert both_none or value == pytest.approx(theirs[name], abs=6e-5), name


@pytest.mark.parametrize("names", [("sphere/seq04", "sphere/seq09"), ("tetam_tracks",)])
def test_scores_of_rooms_are_those_of_the_script(tmp_path, names):
    """Of each simple method, over several sessions together."""
    sessions, trials = replayed(names, ROOM_METHODS)
    for trial in trials:
        for session, said in trial.said.items():
            write_rooms(tmp_path, session, said.rooms)
        theirs = script("room", names[0].partition("/")[0], tmp_path)
        assert_same(room_score(sessions, trial), theirs)


@pytest.mark.parametrize("names", list(USES), ids=["sphere", "uci"])
def test_scores_of_occupancy_are_those_of_the_script(tmp_path, names):
    """The same for use."""
    sessions, trials = replayed(names, USE_METHODS)
    for trial in trials:
        for session, said in trial.said.items():
            write_uses(tmp_path, session, said.uses)
        theirs = script("occupancy", names[0].partition("/")[0], tmp_path)
        assert_same(use_score(sessions, trial), theirs)


@pytest.mark.parametrize("name", list(ROOMS))
def test_simple_methods_follow_tags_as_well_as_they_are_known_to(name):
    """Accuracy and macro-F1 within 0.03 of what the recordings' page tells."""
    sessions, trials = replayed((name,), ROOM_METHODS)
    for trial in trials:
        score = room_score(sessions, trial)
        expected = pytest.approx(ROOMS[name][trial.method], abs=0.03)
        assert (score.accuracy, score.macro_f1) == expected, trial.method


@pytest.mark.parametrize("names", list(USES), ids=["sphere", "uci"])
def test_simple_methods_tell_use_as_well_as_they_are_known_to(names):
    """F1 within 0.03, over two sessions together."""
    sessions, trials = replayed(names, USE_METHODS)
    found = {trial.method: use_score(sessions, trial).f1 for trial in trials}
    assert {name: found[name] for name in USES[names]} == pytest.approx(USES[names], abs=0.03)
