"""What is kept of each tag, and what motion says of where tags are."""

import numpy as np
import pytest
from support.office import OFFICE, START_MS

from occupancy.clues import Clues
from occupancy.ground import OFFSETS_DB, ground_of, ground_of_plan
from occupancy.heard import gathered
from occupancy.layout import Layout
from occupancy.radio_map import MotionMap
from occupancy.rows import GROWTH, KEPT, Rows
from sensors.tag import Tag

ONE, TWO = Tag("one"), Tag("two")
LAYOUT = ground_of_plan(OFFICE).layout
WHOLE = LAYOUT.window(np.arange(3))
PLACES = Layout(("den", "hall"), np.array([0, 1]), np.array([1.0, 1.0]))
SEES = MotionMap(["a/pir", "b/pir"], [[0.10, 0.01], [0.01, 0.10]])


@pytest.fixture
def rows():
    """Rows on the plan of the small office."""
    return Rows(ground_of(OFFICE, None))


def test_a_tag_may_be_anywhere_at_first(rows):
    """All places alike, offsets by their prior."""
    [p] = rows.p(np.array([rows.enter(ONE)]), WHOLE)
    assert p.sum() == pytest.approx(1.0)
    assert LAYOUT.gathered(p.sum(axis=0)) == pytest.approx(np.full(3, 1 / 3))
    assert p.sum(axis=1).argmax() == OFFSETS_DB.tolist().index(0.0)


def test_what_is_kept_comes_back(rows):
    """Also in another window, without the places that are as good as impossible."""
    row = np.array([rows.enter(ONE)])
    likely = np.zeros((1, len(OFFSETS_DB)), dtype=bool)
    likely[0, [1, 2]] = True
    p = np.zeros((1, len(OFFSETS_DB), len(LAYOUT.owner)), dtype=np.float32)
    p[0, 1, LAYOUT.owner == 0], p[0, 2, LAYOUT.owner == 2] = 0.01, 0.1
    p[0, 2, LAYOUT.owner == 1] = KEPT / 100
    rows.keep(row, p, likely, WHOLE)
    window = LAYOUT.window(np.array([0, 2]))
    assert (rows.p(row, window) == p[:, :, window.points]).all()
    assert rows.by_place[row[0], 1] == 0.0
    assert rows.p(row, WHOLE)[0, :, LAYOUT.owner == 1].sum() == 0.0


def test_tags_in_one_place_are_stepped_together(rows):
    """But for those that may be anywhere; in one place, who came first is first."""
    found = [rows.enter(Tag(name)) for name in "abcd"]
    rows.kept[found] = np.eye(3, dtype=bool)[[1, 0, 1, 0]]
    rows.by_place[found] = np.eye(3)[[1, 0, 1, 0]]
    due = rows.due(np.array(found[::-1]), START_MS, 60_000, 5_000)
    assert due.tolist() == [found[1], found[3], found[0], found[2]]


def test_a_row_that_was_left_is_as_new(rows):
    """Nothing of the tag before is in it."""
    row = rows.enter(ONE)
    new = rows.frozen(row)
    rows.wake(row, [0], [1], b"", b"\0\0\0\0")
    rows.last_ms[row], rows.heard_db[row] = START_MS, -9.0
    assert rows.leave(ONE) == row
    assert rows.enter(TWO) == row
    assert rows.frozen(row) == new
    assert rows.last_ms[row] == 0
    assert np.isnan(rows.heard_db[row]).all()


def test_rows_grow_and_keep_what_they_hold(rows):
    """More tags than there was room for."""
    first = rows.enter(ONE)
    rows.last_ms[first] = START_MS
    numbers = {rows.enter(Tag(str(n))) for n in range(2 * GROWTH)}
    assert len(numbers) == 2 * GROWTH
    assert first not in numbers
    assert rows.last_ms[first] == START_MS


def test_tags_are_over_when_nobody_heard_them_since(rows):
    """Exactly those."""
    for tag, at_ms in ((ONE, START_MS), (TWO, START_MS + 1)):
        row = rows.enter(tag)
        rows.last_ms[row] = at_ms
    assert rows.over(START_MS + 1) == [ONE]


def test_due_are_those_heard_and_those_idle_for_long(rows):
    """A tag that was stepped a moment ago waits, one not heard for a minute is left alone."""
    one, two = rows.enter(ONE), rows.enter(TWO)
    rows.last_ms[[one, two]] = START_MS
    rows.stepped_ms[[one, two]] = START_MS
    nobody = np.zeros(0, dtype=np.intp)
    assert rows.due(nobody, START_MS + 4_999, 60_000, 5_000).tolist() == []
    assert rows.due(nobody, START_MS + 5_000, 60_000, 5_000).tolist() == sorted([one, two])
    assert rows.due(np.array([two]), START_MS + 1, 60_000, 5_000).tolist() == [two]
    assert rows.due(nobody, START_MS + 60_000, 60_000, 5_000).tolist() == []


def test_what_was_heard_before_is_remembered(rows):
    """Strength and age of the last time, by tag and scanner; an older one is no newer time."""
    row = rows.enter(ONE)
    heard = gathered([(row, 1, -20.0, START_MS)])
    before_db, age_s = rows.before(heard)
    assert np.isnan(before_db).all()
    rows.remember(heard)
    before_db, age_s = rows.before(gathered([(row, 1, -30.0, START_MS + 3_000)]))
    assert (before_db.tolist(), age_s.tolist()) == ([-20.0], [3.0])
    rows.remember(gathered([(row, 1, -25.0, START_MS - 3_000)]))
    assert rows.heard_ms[row, 1] == START_MS


@pytest.fixture
def placed():
    """Rows of two tags of which the first is in the den."""
    rows = Rows(ground_of(OFFICE, None))
    rows.enter(ONE)
    rows.enter(TWO)
    rows.by_place = np.full((GROWTH, 2), 0.5, dtype=np.float32)
    rows.by_place[rows.of[ONE]] = (1.0, 0.0)
    return rows


def test_motion_speaks_for_the_place_that_is_seen(placed):
    """A start in the den, and none in the hall."""
    clues = Clues(SEES, PLACES)
    clues.move("a/pir")
    placed.leave(ONE)
    [nats] = clues.says(placed, np.array([placed.of[TWO]]))
    assert nats[0] > nats[1] + 1


def test_motion_that_a_tag_explains_says_less_of_another(placed):
    """Who is known to be in the den has moved there."""
    alone, beside = Clues(SEES, PLACES), Clues(SEES, PLACES)
    due = np.array([placed.of[TWO]])
    beside.move("a/pir")
    [explained] = beside.says(placed, due)
    placed.leave(ONE)
    alone.move("a/pir")
    [nats] = alone.says(placed, due)
    assert 0 < explained[0] - explained[1] < nats[0] - nats[1]


def test_stillness_speaks_against_the_places_that_are_seen(placed):
    """By what a tag there would add; a place that nobody sees has nothing against it."""
    clues = Clues(MotionMap(["a/pir"], [[0.10, 0.01]]), PLACES)
    [nats] = clues.says(placed, np.array([placed.of[TWO]]))
    assert nats.tolist() == pytest.approx([-0.09, 0.0])


def test_a_clue_counts_once(placed):
    """What started was weighed in its step; a channel that the map does not know is none."""
    clues = Clues(SEES, PLACES)
    clues.move("a/pir")
    clues.move("z/pir")
    assert clues.to_keep() == ["a/pir"]
    due = np.array([placed.of[TWO]])
    first = clues.says(placed, due)
    assert clues.to_keep() == []
    assert (clues.says(placed, due) != first).any()
