"""How worlds are judged: the timer, the scores, the recording."""

from io import StringIO
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from evaluation.world_fold import FREE, OCCUPIED, Listener
from evaluation.world_match import idle_of, judged, match, timers, truth_of
from evaluation.world_scores import calibration_error, scores, stretches, to_free_s
from evaluation.world_table import HEADS, markdown, rows, table, timer_markdown
from evaluation.world_timer import HOLDS_S, idle_s, timer
from evaluation.world_truth import in_force, read_truth
from evaluation.world_week import week_of
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from occupancy.estimator import Estimator

GRID_MS = 1000 * np.arange(100)
HOUR = 1 / 24
flags = st.lists(st.booleans(), min_size=2, max_size=60).map(np.array)


def no_one(part):
    """Takes progress and does nothing with it."""


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """A quarter of an hour of world 1, at night."""
    return week_of(1, HOUR / 4, tmp_path_factory.mktemp("worlds"), no_one)


def test_a_timer_holds_from_the_last_word_on():
    """In use while the sensor is on, and for the hold after it went off."""
    idle = idle_s([10_000, 20_000], [True, False], GRID_MS)
    assert np.flatnonzero(timer(idle, 15)).tolist() == list(range(10, 35))


def test_a_new_trigger_starts_the_timer_anew():
    """The hold counts from the last report alone."""
    idle = idle_s([10_000, 12_000, 20_000, 22_000], [True, False, True, False], GRID_MS)
    assert np.flatnonzero(timer(idle, 15)).tolist() == list(range(10, 37))


@pytest.mark.parametrize("told", [[], [5_000], [5_000, 9_000]])
def test_a_sensor_that_never_went_on_holds_nothing(told):
    """Without a trigger there is no use, however often off is told and however long the hold."""
    assert not timer(idle_s(told, [False] * len(told), GRID_MS), max(HOLDS_S)).any()


def test_a_level_told_again_starts_no_timer():
    """Off after off, as a board tells it after a reboot, does not prolong the hold."""
    idle = idle_s([10_000, 20_000, 30_000], [True, False, False], GRID_MS)
    assert np.flatnonzero(timer(idle, 15)).tolist() == list(range(10, 35))


def test_holds_are_dense():
    """Neighbours differ by a third at most, from a quarter of a minute to an hour."""
    steps = np.array(HOLDS_S[1:]) / np.array(HOLDS_S[:-1])
    assert (HOLDS_S[0], HOLDS_S[-1]) == (15, 3600)
    assert 1 < steps.min() <= steps.max() < 1.34


def test_scores_of_one_visit():
    """Counts, the delay to free and false-free minutes come out as counted by hand."""
    busy, on = np.zeros((1, 100), dtype=bool), np.zeros((1, 100), dtype=bool)
    busy[0, 20:60] = True
    on[0, 24:50] = on[0, 56:70] = True
    found = scores(busy, on, ~on)
    hits, said = 26 + 4, 26 + 14
    assert found.f1 == pytest.approx(2 * hits / (said + 40))
    assert (found.precision, found.recall) == (hits / said, hits / 40)
    assert (found.free_median_s, found.leavings) == (10, 1)
    assert found.false_free_min_per_h == pytest.approx(60 * 10 / 40)


def test_away_is_free_in_one_reading_only():
    """With a mask of its own, what is neither in use nor free is no false-free minute."""
    busy = np.ones((1, 10), dtype=bool)
    on = np.zeros((1, 10), dtype=bool)
    assert scores(busy, on, ~on).false_free_min_per_h == 60
    assert scores(busy, on, on).false_free_min_per_h == 0


def test_who_returns_before_free_was_told_counts_with_the_absence():
    """The delay of a leaving ends when somebody comes back."""
    busy = np.array([True] * 20 + [False] * 7 + [True] * 20 + [False] * 5)
    assert to_free_s(busy, np.zeros(52, dtype=bool)) == [7, 5]


def test_short_visits_and_missed_ones_have_no_delay():
    """Less than ten seconds, and visits at whose end the space was told free, do not count."""
    busy = np.array([True] * 9 + [False] * 9 + [True] * 20 + [False] * 5)
    free = np.zeros(43, dtype=bool)
    free[30:] = True
    assert to_free_s(busy, free) == []


def test_the_demands_are_three():
    """A method beats another with a better F1, half the delay and fewer false-free minutes."""
    busy, late, good = (np.zeros((1, 400), dtype=bool) for _ in range(3))
    busy[0, 100:200], late[0, 110:260], good[0, 101:210] = True, True, True
    rival, mine = scores(busy, late, ~late), scores(busy, good, ~good)
    assert all(mine.beats(rival).values())
    assert not any(rival.beats(mine).values())
    assert not any(mine.beats(mine).values())


@given(flags)
def test_stretches_cover_everything_once(values):
    """Stretches follow each other without a hole, and neighbours differ."""
    found = stretches(values)
    again = [value for start, end, value in found for _ in range(start, end)]
    assert again == values.tolist()
    assert all(one[2] != two[2] for one, two in pairwise(found))


@given(flags, flags)
def test_no_delay_is_longer_than_the_absence(busy, free):
    """A delay is never below zero, and never more than the longest time nobody was there."""
    size = min(len(busy), len(free))
    busy, free = busy[:size], free[:size]
    longest = max((end - start for start, end, used in stretches(busy) if not used), default=0)
    assert all(0 <= delay <= longest for delay in to_free_s(busy, free))


def test_a_probability_that_is_right_has_no_error():
    """Said seven times of ten and so it was; said always and never so, the error is whole."""
    seven = np.arange(1000) % 10 < 7
    assert calibration_error(np.full(1000, 0.7), seven) == pytest.approx(0)
    assert calibration_error(np.ones(10), np.zeros(10, dtype=bool)) == 1


def test_the_value_in_force_is_the_last_one_told():
    """Of two lines at one time the later one counts."""
    told = in_force(np.array([5, 5, 9]), np.array([1, 2, 3]), np.array([4, 5, 9]), np.int64(0))
    assert told.tolist() == [0, 2, 3]


def test_truth_is_read_second_by_second(tmp_path):
    """A space is busy from the line that says so to the line that says it no more."""
    file = tmp_path / "truth.jsonl"
    lines = [
        {"t_ms": 0, "space": "a", "occupied": False, "people": 0, "held": False},
        {"t_ms": 2500, "space": "a", "occupied": True, "people": 1, "held": False},
        {"t_ms": 2600, "space": "other", "occupied": True, "people": 1, "held": False},
        {"t_ms": 5000, "space": "a", "occupied": False, "people": 0, "held": True},
        {"t_ms": 5000, "person": "p-001", "place": "zone"},
    ]
    file.write_bytes(b"\n".join(msgspec.json.encode(line) for line in lines))
    truth = read_truth(file, ("a",), 0, 7)
    assert truth.busy.tolist() == [[False, False, False, True, True, False, False]]
    assert [line.place for line in truth.walks["p-001"]] == ["zone"]


def test_a_recorded_world_is_the_same_again(week, tmp_path):
    """Two recordings of one world hold the same entries, edges and truth; nothing is refused."""
    again = week_of(1, HOUR / 4, tmp_path, no_one)
    assert list(again.entries(no_one)) == list(week.entries(no_one))
    assert again.edges() == week.edges()
    assert again.about == week.about
    assert week.about.refused == 0
    truths = [(one.folder / "truth.jsonl").read_text() for one in (week, again)]
    assert truths[0] == truths[1]


def test_a_kept_recording_is_not_made_again(week):
    """A folder that holds the world is only read; one of another length is made anew."""
    before = (week.folder / "entries.bin").stat().st_mtime_ns
    week_of(1, HOUR / 4, week.folder, no_one)
    assert (week.folder / "entries.bin").stat().st_mtime_ns == before


def test_all_desks_and_rooms_of_the_office_are_judged(week):
    """The office of the worlds has a motion sensor for each of its desks and rooms."""
    kinds = [space.partition("-")[0] for space in judged(week.building)]
    assert (kinds.count("desk"), kinds.count("room")) == (30, 6)


def test_an_empty_night_is_free(week):
    """After the first news the estimator tells no space in use where none is and none triggers."""
    truth = truth_of(week)
    answers = Listener(week, truth.spaces, Estimator(week.building)).listen(no_one)
    quiet = np.isinf(idle_of(week, truth.spaces)).all(axis=1)
    assert not truth.busy.any()
    assert answers.state.shape == truth.busy.shape
    assert quiet.sum() > 5
    assert not (answers.state[quiet] == OCCUPIED).any()
    assert (answers.state[quiet, -1] == FREE).any()


def test_a_world_is_judged_and_told(week, monkeypatch):
    """All timers and both readings have scores, which the tables name."""
    monkeypatch.setattr("evaluation.world_match.WARM_UP_S", 0)
    truth = truth_of(week)
    found = match(week, truth, timers(week, truth), no_one)
    assert set(found.timers) == set(HOLDS_S)
    assert found.best[1].f1 == 0
    assert found.failures
    assert all(len(row) == len(HEADS) for row in rows(found))
    console = Console(width=220, record=True, file=StringIO())
    console.print(table([found]))
    assert "ours, strict" in console.export_text()
    assert markdown([found]).count("\n") == 6
    assert timer_markdown(found).count("\n") == len(HOLDS_S) + 1
