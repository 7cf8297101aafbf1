"""Scores of answers whose right values are worked out by hand."""

import math

import numpy as np
import pytest

from vrijplek.evaluation.calibration_error import calibration_error, of_spaces, of_tracks
from vrijplek.evaluation.change_log import thinned
from vrijplek.evaluation.grid import Grid, RoomCodes, space, track
from vrijplek.evaluation.method import RoomChange, Said, UseChange
from vrijplek.evaluation.room_score import score_rooms, spurious_switches
from vrijplek.evaluation.truth import Stay, Truth, Use
from vrijplek.evaluation.use_score import score_uses

STAYS = (Stay(0, 50, "tag", "den"), Stay(50, 90, "tag", "hall"), Stay(90, 95, "tag", "den"))
USES = (Use(0, 40, "den", 0), Use(40, 80, "den", 2), Use(80, 100, "den", 0))


def on_grid(*rows, stays=STAYS, end_s=100, step_s=1.0):
    """A tag on a grid, from pairs of time and room with a probability behind them or not."""
    told = [RoomChange(t_s, "tag", room, *(p or (1.0,))) for t_s, room, *p in rows]
    return track(Grid(step_s, np.arange(0, end_s + 1e-9, step_s)), stays, told, RoomCodes())


def used(*rows, uses=USES, end_s=99):
    """A room on a grid, from pairs of time and state."""
    told = [UseChange(t_s, "den", state, *(p or (float(state),))) for t_s, state, *p in rows]
    return space(Grid(1.0, np.arange(0, end_s + 1e-9)), uses, told)


def test_the_state_at_a_step_is_the_last_row_at_or_before_it():
    """A row between two steps counts from the later one on; before the first nothing is said."""
    said = on_grid((2.5, "den"), (4.0, "hall"), end_s=5).said
    assert said.tolist() == [0, 0, 0, 1, 2, 2]


def test_spans_are_half_open_and_the_rest_is_not_scored():
    """The step at which a stay ends belongs to the next."""
    truth = on_grid().truth
    assert truth[[49, 50, 89, 90, 94]].tolist() == [1, 2, 2, 1, 1]
    assert set(truth[95:]) == {0}


def test_scores_of_whereabouts():
    """5 s late at the hall, back 2 s early, one switch for nothing."""
    score = score_rooms([on_grid((0, "den"), (20, "hall"), (22, "den"), (55, "hall"), (88, "den"))])
    assert score.accuracy == pytest.approx((95 - 2 - 5 - 2) / 95)
    den = 2 * 53 / (55 + 60)
    hall = 2 * 33 / (40 + 35)
    assert score.macro_f1 == pytest.approx((den + hall) / 2)
    assert score.spurious_switches_per_hour == pytest.approx(2 / (95 / 3600))
    assert (score.visits, score.visits_found) == (1, 1.0)
    assert (score.lag_median_s, score.lag_p90_s) == (5.0, 5.0)


@pytest.mark.parametrize(
    ("rows", "spurious"),
    [
        ([(0, "den"), (45, "hall")], 0),
        ([(0, "den"), (39, "hall")], 1),
        ([(0, "den"), (50, "hall"), (60, "den"), (61, "hall")], 2),
        ([(0, "den"), (88, "hall")], 0),
        ([(0, "den"), (92, "hall")], 1),
        ([(0, "den"), (50, ""), (52, "hall")], 1),
        ([(0, "den"), (97, "hall")], 0),
    ],
    ids=["early", "too early", "twice", "late", "too late", "unknown between", "not scored"],
)
def test_a_switch_needs_a_true_one_of_its_own(rows, spurious):
    """To the same room, not yet used, at most 10 s later, and not over again."""
    assert spurious_switches(on_grid(*rows)) == spurious


def test_a_visit_that_is_never_said_is_not_found():
    """Nor has it a lag."""
    score = score_rooms([on_grid((0, "den"))])
    assert (score.visits, score.visits_found) == (1, 0.0)
    assert math.isnan(score.lag_median_s)


def test_scores_of_occupancy():
    """3 s late in, one drop of 2 s inside, 10 s late out, one false alarm of 4 s before."""
    score = score_uses(
        [
            used(
                (0, False),
                (10, True),
                (14, False),
                (43, True),
                (60, False),
                (62, True),
                (90, False),
            )
        ]
    )
    hits, told, busy = 35, 35 + 4 + 10, 40
    assert (score.precision, score.recall) == (hits / told, hits / busy)
    assert score.f1 == pytest.approx(2 * hits / (told + busy))
    assert (score.visits, score.missed) == (1, 0)
    assert (score.enter_median_s, score.vacate_median_s) == (3.0, 10.0)
    assert score.drops_per_occupied_hour == pytest.approx(3600 / 40)
    assert score.false_on_per_vacant_hour == pytest.approx(3600 / 60)
    assert score.false_on_h == pytest.approx(14 / 3600)


def test_a_room_that_is_never_freed_counts_until_the_truth_ends():
    """And one of which nothing was said is missed."""
    score = score_uses([used((40, True)), used()])
    assert score.vacate_median_s == 20.0
    assert (score.visits, score.missed) == (2, 1)
    assert score.recall == 0.5


def test_a_grid_ends_with_the_last_event_or_the_truth():
    """Whichever is later; that of rooms decides where both are told."""
    both = Truth(STAYS, USES)
    assert Grid.over(both, 97.2, 1.0).t_s[-1] == 97.0
    assert Grid.over(both, 20.0, 1.0).t_s[-1] == 95.0
    assert Grid.over(Truth(uses=USES), 20.0, 30.0).t_s.tolist() == [0, 30, 60, 90]


def test_calibration_error_over_ten_bins():
    """Each bin by how many steps it has; a probability of 1 lies in the last."""
    p = np.array([0.05, 0.05, 0.95, 1.0])
    right = np.array([False, True, True, True])
    assert calibration_error(p, right) == pytest.approx(0.5 * 0.45 + 0.5 * 0.025)
    assert math.isnan(calibration_error(np.empty(0), np.empty(0, dtype=bool)))


def test_probabilities_are_held_like_the_states():
    """An unknown room is left out; so are steps before the first row and without truth."""
    rooms = on_grid((0, "den", 0.8), (25, "", 0.5), (97, "hall", 0.1))
    assert of_tracks([rooms]) == pytest.approx(0.2)
    rooms_in_use = used((20, False, 0.1), (40, True, 0.7), (80, False, 0.1))
    assert of_spaces([rooms_in_use]) == pytest.approx((20 * 0.1 + 40 * 0.3 + 20 * 0.1) / 80)


def test_rows_are_thinned_by_tag_and_room():
    """A row stays when the answer changes or its probability has moved by 0.01."""
    rows = [(0, "a", "den", 0.900), (1, "b", "den", 0.90), (2, "a", "den", 0.905)]
    rows += [(3, "a", "den", 0.910), (4, "b", "hall", 0.90), (5, "a", "den", 0.910)]
    kept = thinned(Said(tuple(RoomChange(*row) for row in reversed(rows)))).rooms
    assert [row.t_s for row in kept] == [0, 1, 3, 4]
