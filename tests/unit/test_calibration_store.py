"""Walks on disk: what is kept, what is not, and what a stop in between leaves."""

import sqlite3

import pytest
from support.clock import ManualClock
from support.office import BADGE, START_MS, around
from support.service import Ingest
from support.speaker import UP_MS, motion, readings

from ingest.calibration import CalibrationStore
from ingest.recorder import LISTENS_MS, Recorder
from ingest.spare_tags import SpareTags
from occupancy.calibration import (
    PATIENCE_MS,
    STAY_MS,
    Heard,
    Moved,
    NoWalkError,
    Spare,
    Visit,
    Walk,
    WalkingError,
)
from occupancy.store.sqlite import open_database
from sensors.tag import Tag

OTHER = Tag("f" * 32)
BADGE_ADDRESS = "c3:00:00:00:00:2a"
WALK = Walk(
    "a1",
    START_MS,
    START_MS + 60_000,
    (Visit("room-a", START_MS, START_MS + 60_000),),
    (Heard("r1/ble", START_MS, START_MS + 200, -12.5),),
    (Moved("r1/pir", START_MS, START_MS + 200, True),),
)


@pytest.fixture
def clock():
    """Time that the test moves."""
    return ManualClock()


class Walker:
    """A recorder beside a pipeline on the same file, as in a service."""

    def __init__(self, folder, clock):
        self.clock, self.file = clock, folder / "vrijplek.sqlite"
        self.ingest = Ingest(self.file, clock)
        self.ingest.hear()
        self.connection = open_database(self.file)
        self.store = CalibrationStore(self.connection)
        self.recorder = Recorder(self.store)
        pages = CalibrationStore(self.ingest.connection)
        self.ingest.pipeline.tap = lambda entries: self.recorder.take(entries, pages)
        self.seq = 0

    def hear(self, board="r1", *, rssi_dbm=-60, ago_s=0.0, part=None):
        """A board hears the badge, or says something else."""
        heard = {"kind": "sightings", "sensor": "ble", "heard": [[BADGE_ADDRESS, rssi_dbm]]}
        up = UP_MS + self.clock.ms - START_MS
        said = {**(part or heard), "up": up - int(ago_s * 1000)}
        message = readings(board, said, seq=self.seq, up=up, at_ms=self.clock.ms, boot=board)
        self.seq += 1  # each board's count has holes then, which matters to nobody here
        return self.ingest.hear(message)

    def close(self):
        """Ends both connections."""
        self.connection.close()
        self.ingest.connection.close()


@pytest.fixture
def walker(tmp_path, clock):
    """A service in which somebody can walk."""
    made = Walker(tmp_path, clock)
    yield made
    made.close()


def test_a_walk_keeps_what_was_heard_during_its_stays(walker, clock):
    """Sightings of its tag and edges of motion, of the stays alone and at their event times."""
    walker.hear()
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.hear(rssi_dbm=-61)
    clock.wait(5)
    walker.recorder.move("p1", "room-a", clock.ms)
    clock.wait(2)
    walker.hear(rssi_dbm=-62)
    walker.hear("d1", part=motion("pir-1"))
    clock.wait(3)
    walker.recorder.move("p1", None, clock.ms)
    clock.wait(2)
    walker.hear(rssi_dbm=-63)
    walker.hear(rssi_dbm=-64, ago_s=4)
    walker.recorder.finish("p1", clock.ms)
    (walk,) = walker.store.walks()
    assert walk.visits == (Visit("room-a", START_MS + 5_000, START_MS + 10_000),)
    assert [(h.scanner, h.strength_db) for h in walk.heard] == [("r1/ble", -3.0), ("r1/ble", -5.0)]
    assert walk.heard[1].event_ms == START_MS + 8_000
    assert [(m.channel, m.on) for m in walk.moved] == [("d1/pir-1", True)]


def test_no_tag_and_no_person_is_in_the_tables(walker, clock):
    """Neither the hash of the tag nor the walker is in any row of a walk."""
    walker.recorder.begin("person-1", BADGE, clock.ms)
    walker.recorder.move("person-1", "room-a", clock.ms)
    clock.wait(1)
    walker.hear()
    walker.recorder.finish("person-1", clock.ms)
    tables = ("walk", "walk_visit", "walk_heard", "walk_moved")
    rows = [walker.connection.execute(f"SELECT * FROM {t}").fetchall() for t in tables]  # noqa: S608
    assert all(rows[:3])
    assert BADGE not in str(rows)
    assert "person-1" not in str(rows)


def test_other_tags_are_not_kept(walker, clock):
    """A walk with another tag records nothing of this one."""
    walker.recorder.begin("p1", OTHER, clock.ms)
    walker.recorder.move("p1", "room-a", clock.ms)
    clock.wait(1)
    walker.hear()
    walker.recorder.finish("p1", clock.ms)
    assert walker.store.walks()[0].heard == ()


def test_what_is_recorded_is_on_disk_with_its_batch_or_not_at_all(walker, clock):
    """When the commit fails, no row of the walk is left either."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.move("p1", "room-a", clock.ms)
    clock.wait(1)
    walker.ingest.journal.broken = True
    with pytest.raises(sqlite3.OperationalError, match="full"):
        walker.hear()
    assert walker.connection.execute("SELECT count(*) FROM walk_heard").fetchone() == (0,)


def test_a_tag_is_heard_for_its_walk_alone(walker, clock):
    """From begin to finish, and nothing is added to a walk that is over."""
    assert not walker.recorder.hears(BADGE)
    walker.recorder.begin("p1", BADGE, clock.ms)
    assert walker.recorder.hears(BADGE)
    assert not walker.recorder.hears(OTHER)
    walker.recorder.move("p1", "room-a", clock.ms)
    walker.recorder.finish("p1", clock.wait(9))
    assert not walker.recorder.hears(BADGE)
    (walk,) = walker.store.walks()
    walker.store.take(walk.id, WALK.heard, WALK.moved)
    assert walker.store.walks() == (walk,)


def test_one_walk_a_person_and_a_tag(walker, clock):
    """Two people may walk at once with two tags."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    with pytest.raises(WalkingError, match="of yours"):
        walker.recorder.begin("p1", OTHER, clock.ms)
    with pytest.raises(WalkingError, match="with this tag"):
        walker.recorder.begin("p2", BADGE, clock.ms)
    walker.recorder.begin("p2", OTHER, clock.ms)
    assert walker.recorder.going() == {"p1": BADGE, "p2": OTHER}


def test_without_a_walk_nothing_can_be_pressed(walker, clock):
    """Neither a place nor finish."""
    with pytest.raises(NoWalkError):
        walker.recorder.move("p1", "room-a", clock.ms)
    with pytest.raises(NoWalkError):
        walker.recorder.finish("p1", clock.ms)
    assert walker.recorder.progress("p1", clock.ms) is None


def test_a_place_pressed_twice_is_one_stay(walker, clock):
    """Seconds go on, and the walk lasts longer."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.move("p1", "room-a", clock.ms)
    walker.recorder.move("p1", "room-a", clock.wait(30))
    progress = walker.recorder.progress("p1", clock.wait(10))
    assert (progress.seconds, progress.visits) == (40.0, ())
    assert progress.until_ms == START_MS + 30_000 + PATIENCE_MS


def test_progress_tells_how_many_scanners_hear(walker, clock):
    """Those of the last 10 s; a place before is a stay that is over."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.move("p1", "room-b", clock.ms)
    walker.hear("r1")
    clock.wait(6)
    walker.hear("s1")
    walker.recorder.move("p1", "room-a", clock.ms)
    progress = walker.recorder.progress("p1", clock.ms)
    assert (progress.place, progress.scanners) == ("room-a", 2)
    assert [(v.place, v.seconds) for v in progress.visits] == [("room-b", 6.0)]
    assert walker.recorder.progress("p1", clock.wait(LISTENS_MS / 1000 - 5)).scanners == 1


def test_a_forgotten_stay_ends_by_itself(walker, clock):
    """After its time nothing is kept of it, and pressing the place again is a new stay."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.move("p1", "room-a", clock.ms)
    clock.wait(STAY_MS / 1000 + 5)
    walker.hear()
    walker.recorder.move("p1", "room-a", clock.ms)
    walker.recorder.finish("p1", clock.wait(3))
    (walk,) = walker.store.walks()
    assert [v.seconds for v in walk.visits] == [STAY_MS / 1000, 3.0]
    assert walk.heard == ()


def test_a_forgotten_walk_is_overdue(walker, clock):
    """So long after the last press, and not before."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    assert walker.recorder.overdue(clock.wait(PATIENCE_MS / 1000 - 1)) == ()
    assert walker.recorder.overdue(clock.wait(1)) == ("p1",)


def test_a_walk_without_a_stay_is_forgotten(walker, clock):
    """There is nothing to keep of it."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.finish("p1", clock.wait(5))
    assert walker.store.walks() == ()
    assert walker.connection.execute("SELECT count(*) FROM walk").fetchone() == (0,)


def test_a_walk_that_a_stop_cut_off_ends_where_it_was_last_heard(walker, clock):
    """The next process keeps what was recorded; nobody is on a walk any more."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    walker.recorder.move("p1", "room-a", clock.ms)
    clock.wait(7)
    walker.hear()
    clock.wait(100)
    assert walker.store.end_open() == 1
    (walk,) = walker.store.walks()
    assert walk.visits == (Visit("room-a", START_MS, START_MS + 7_000),)
    assert walk.end_ms == START_MS + 7_000
    assert not Recorder(walker.store).hears(BADGE)


def test_a_walk_comes_back_from_a_copy(walker):
    """Added once, whole, and not a second time; removed it is gone, each time a new revision."""
    before = walker.store.revision()
    assert walker.store.add(WALK)
    assert not walker.store.add(WALK)
    assert walker.store.walks() == (WALK,)
    (outline,) = walker.store.outlines()
    assert (outline.places, outline.seconds, outline.sightings, outline.edges) == (1, 60.0, 1, 1)
    assert walker.store.revision() == before + 1
    assert walker.store.remove("a1")
    assert not walker.store.remove("a1")
    assert walker.store.walks() == ()
    assert walker.store.revision() == before + 2


def test_a_walk_that_is_going_on_is_no_walk_yet(walker, clock):
    """It is neither listed nor removed."""
    walker.recorder.begin("p1", BADGE, clock.ms)
    progress = walker.recorder.progress("p1", clock.ms)
    assert walker.recorder.outlines() == walker.recorder.walks() == ()
    assert not walker.recorder.remove(progress.walk)


def test_tags_are_set_aside_by_name(walker):
    """A name and a tag are there once each."""
    spares = SpareTags(walker.connection)
    spares.add(Spare("badge-1", BADGE))
    spares.add(Spare("badge-2", BADGE))
    spares.add(Spare("badge-1", OTHER))
    assert spares.all() == (Spare("badge-1", OTHER), Spare("badge-2", BADGE))
    assert spares.remove("badge-1")
    assert not spares.remove("badge-1")
    assert spares.all() == (Spare("badge-2", BADGE),)


def test_a_pipeline_without_a_tap_works(tmp_path, clock):
    """Walks are no part of it unless somebody listens."""
    ingest = Ingest(tmp_path / "other.sqlite", clock)
    assert ingest.hear(readings("d1", motion(), at_ms=clock.ms)) == {"d1"}
    assert around().enrolled(BADGE_ADDRESS, clock.ms) == BADGE
    ingest.connection.close()
