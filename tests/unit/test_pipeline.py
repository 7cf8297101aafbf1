"""From letters to committed pages, on a real database."""

import sqlite3

import pytest
from support.clock import ManualClock
from support.office import BADGE, BADGE_ADDRESS, START_MS, STRANGER_ADDRESS
from support.service import Ingest
from support.speaker import UP_MS, heartbeat, motion, readings, status

from ingest.pipeline import MAX_TICKS, PURGE_EVERY_MS, SNAPSHOT_EVERY_MS
from occupancy.state import State
from occupancy.store.sqlite import open_database
from occupancy.whereabouts import TIME_TO_LIVE_MS


def scanned(*addresses, rssi_dbm=-55):
    return {"kind": "sightings", "sensor": "ble", "heard": [[a, rssi_dbm] for a in addresses]}


def say(clock, board, *parts, seq, **more):
    """A message composed and received now."""
    up = UP_MS + clock.ms - START_MS
    return readings(board, *parts, seq=seq, up=up, at_ms=clock.ms, **more)


def state(ingest, space):
    return ingest.view.spaces[space].state


def test_a_reading_becomes_an_answer_and_a_row(ingest, clock):
    """One round is on disk, in history and in the view."""
    assert ingest.hear(say(clock, "d1", motion(), seq=0)) == {"d1"}
    assert state(ingest, "desk-1") is State.OCCUPIED
    assert [t.after for t in ingest.transitions()] == [State.OCCUPIED]
    assert ingest.pipeline.counters.accepted == 1
    assert ingest.pipeline.counters.refused == {}


def test_nothing_is_safe_before_the_commit(ingest, clock):
    """When the disk refuses, the round raises, tells nobody and leaves no row."""
    rows, revision = ingest.rows("journal"), ingest.view.revision
    ingest.journal.broken = True
    clock.wait(1)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        ingest.hear(say(clock, "d1", motion(), seq=0))
    assert (ingest.rows("journal"), ingest.view.revision) == (rows, revision)
    assert ingest.transitions() == []
    assert state(ingest, "desk-1") is State.UNKNOWN


def test_a_letter_whose_commit_failed_counts_when_it_comes_again(ingest, clock):
    """The next process hears it again and takes it as new."""
    message = say(clock, "d1", motion(), seq=0)
    ingest.journal.broken = True
    with pytest.raises(sqlite3.OperationalError):
        ingest.hear(message)
    after = ingest.crash()
    assert after.hear(message) == {"d1"}
    assert after.pipeline.counters.duplicates == 0
    assert state(after, "desk-1") is State.OCCUPIED
    after.connection.close()


def test_a_message_sent_again_has_no_second_effect(ingest, clock):
    """It is told again that it is safe, and nothing else happens."""
    message = say(clock, "d1", motion(), seq=0)
    ingest.hear(message)
    before, rows = ingest.belief(), ingest.rows("journal")
    assert ingest.hear(message, message) == {"d1"}
    assert (ingest.belief(), ingest.rows("journal")) == (before, rows)
    assert ingest.pipeline.counters.duplicates == 2


def test_a_message_sent_again_after_a_crash_has_no_second_effect(ingest, clock):
    """The ledger is folded from the journal."""
    message = say(clock, "d1", motion(), seq=0)
    ingest.hear(message)
    after = ingest.crash()
    before = after.belief()
    assert after.hear(message) == {"d1"}
    assert after.belief() == before
    after.connection.close()


def test_a_gap_is_written_down(ingest, clock):
    """What a board no longer keeps is in the table and in the counters."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    ingest.hear(say(clock, "d1", motion(on=False), seq=5, oldest=4))
    gaps = ingest.connection.execute("SELECT board, first, last FROM gaps").fetchall()
    assert gaps == [("d1", 1, 3)]
    assert (ingest.pipeline.counters.gaps, ingest.pipeline.counters.gaps_of["d1"]) == (1, 1)


def test_refusals_are_counted_and_kept(ingest, clock):
    """By family and reason, with the masked excerpt, and the round goes on."""
    bad = readings("ghost", motion(), at_ms=clock.ms)
    assert ingest.hear(bad, say(clock, "d1", motion("pir-9"), seq=0)) == {"d1"}
    assert ingest.pipeline.counters.refused == {
        ("vrijplek", "unknown_board"): 1,
        ("vrijplek", "unknown_sensor"): 1,
    }
    assert ingest.rows("quarantine") == 2


def test_clocks_that_are_off_are_counted(ingest, clock):
    """A board with a wrong clock is heard all the same."""
    ingest.hear(
        say(clock, "d1", motion(), seq=0, t=12),
        say(clock, "d1", motion(on=False), seq=1, t=clock.ms),
    )
    assert ingest.pipeline.counters.clocks_off == 1
    assert state(ingest, "desk-1") is State.OCCUPIED


def test_the_second_ticks(ingest, clock):
    """A tick a second, each of them a page."""
    rows = ingest.rows("journal")
    ingest.wait(3)
    assert ingest.rows("journal") == rows + 3
    assert ingest.estimator.now_ms == clock.ms
    assert ingest.pipeline.due_s() == 1.0


def test_a_round_within_the_second_writes_nothing(ingest, clock):
    """Without a letter and without a tick there is nothing to commit."""
    commits = ingest.pipeline.counters.commits
    clock.wait(0.5)
    ingest.hear()
    assert ingest.pipeline.counters.commits == commits
    assert ingest.pipeline.due_s() == 0.5


def test_a_long_pause_is_a_bounded_number_of_ticks(ingest, clock):
    """A night's sleep is one step and two minutes of seconds."""
    rows = ingest.rows("journal")
    clock.wait(36_000)
    ingest.hear()
    assert ingest.rows("journal") - rows <= MAX_TICKS + 1
    assert ingest.estimator.now_ms == clock.ms


def test_silence_makes_a_desk_unknown_in_history(ingest, clock):
    """Never free on the way."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    ingest.wait(120)
    assert [s.state for s in ingest.told("desk-1")][1:] == [State.OCCUPIED, State.UNKNOWN]


def test_a_goodbye_makes_a_desk_unknown_within_a_second(ingest, clock):
    """A board that ends with a will."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    ingest.hear(status("d1", at_ms=clock.ms))
    ingest.wait(1)
    assert state(ingest, "desk-1") is State.UNKNOWN


def day(clock):
    """Half an hour of an office, as messages to be heard at their time."""
    seq = dict.fromkeys(("d1", "d2", "r1", "s1"), -1)

    def next_of(board, *parts, **more):
        seq[board] += 1
        return say(clock, board, *parts, seq=seq[board], **more)

    for second in range(0, 300, 5):
        said = []
        if second % 20 == 0:
            said += [next_of("d1", heartbeat()), next_of("d2", heartbeat(every_s=20))]
        if second % 35 == 0:
            said.append(next_of("d1", motion(on=second % 70 == 0)))
        if second == 100:
            seq["d1"] += 2
        if second % 10 == 0:
            said.append(next_of("r1", scanned(BADGE_ADDRESS, STRANGER_ADDRESS)))
            said.append(next_of("s1", scanned(BADGE_ADDRESS, rssi_dbm=-80)))
        if second == 150:
            said.append(status("d2", at_ms=clock.ms))
        if second == 200:
            said.append(next_of("d2", motion("pir"), boot="c9"))
        yield said
        clock.wait(5)


@pytest.mark.parametrize("every", [1, 7, 25])
def test_a_crash_changes_nothing(tmp_path, every):
    """Killed after any round and started again, belief, memory and history are what they were."""
    whole_clock, torn_clock = ManualClock(), ManualClock()
    whole = Ingest(tmp_path / "whole.sqlite", whole_clock)
    torn = Ingest(tmp_path / "torn.sqlite", torn_clock)
    for number, (said, again) in enumerate(zip(day(whole_clock), day(torn_clock), strict=True)):
        whole.hear(*said)
        torn.hear(*again)
        if number % every == 0:
            torn = torn.crash()
            assert torn.belief() == whole.belief()
            assert torn.estimator.statuses() == whole.estimator.statuses()
            assert torn.estimator.whereabouts() == whole.estimator.whereabouts()
    assert torn.transitions() == whole.transitions()
    assert len(whole.transitions()) >= 4
    assert torn.rows("gaps") == whole.rows("gaps")
    whole.connection.close()
    torn.connection.close()


def test_a_crash_between_letters_and_acknowledgement_changes_nothing(tmp_path, clock):
    """Letters that come again after their commit are duplicates."""
    ingest = Ingest(tmp_path / "torn.sqlite", clock)
    for said in day(clock):
        ingest.hear(*said)
        before = ingest.belief()
        ingest = ingest.crash()
        ingest.hear(*(m for m in said if m.topic.endswith("readings")))
        assert ingest.belief() == before
    ingest.connection.close()


def test_the_view_is_whole_after_recovery(ingest, clock):
    """An answer is there before the first message."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    after = ingest.crash()
    assert state(after, "desk-1") is State.OCCUPIED
    assert set(after.view.spaces) == {s.id for s in after.estimator.building.spaces}
    assert after.view.as_of_ms == ingest.estimator.now_ms
    after.connection.close()


def test_snapshots_keep_recovery_short(ingest, clock):
    """Only what came after the last minute is folded again."""
    ingest.wait(600)
    after = ingest.crash()
    assert after.pages <= SNAPSHOT_EVERY_MS / 1000 + 1
    after.connection.close()


def test_what_is_past_its_time_is_purged(ingest, clock):
    """At the start and every minute from then on."""
    ingest.wait(2 * PURGE_EVERY_MS / 1000)
    assert ingest.purged == [START_MS, START_MS + PURGE_EVERY_MS, START_MS + 2 * PURGE_EVERY_MS]


def bytes_on_disk(folder):
    """Everything in a folder, database and log alike."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


def with_badge(ingest, clock, seconds=30):
    """A badge is heard for a while."""
    for seq in range(seconds):
        ingest.hear(say(clock, "r1", scanned(BADGE_ADDRESS, STRANGER_ADDRESS), seq=seq))
        clock.wait(1)
    assert ingest.view.whereabouts(BADGE).place == "room-a"


def test_no_address_is_ever_on_disk(ingest, clock, tmp_path):
    """Neither an enrolled one nor a stranger's, while it runs."""
    with_badge(ingest, clock)
    found = bytes_on_disk(tmp_path)
    assert BADGE.encode() in found
    for address in (BADGE_ADDRESS, STRANGER_ADDRESS):
        assert address.encode() not in found
        assert address.replace(":", "").encode() not in found


def test_a_stopped_service_keeps_no_tag_on_disk(ingest, clock, tmp_path):
    """After a clean end and a closed file neither journal nor snapshot knows a badge."""
    with_badge(ingest, clock)
    ingest.pipeline.finish()
    ingest.connection.close()
    assert BADGE.encode() not in bytes_on_disk(tmp_path)
    after = Ingest(ingest.file, clock)
    assert after.estimator.whereabouts() == {}
    after.connection.close()


def test_a_stopped_service_keeps_no_tag_beside_a_reader(ingest, clock, tmp_path):
    """Also when a reader of the history is closed after the writer."""
    with_badge(ingest, clock)
    reader = open_database(ingest.file, read_only=True)
    reader.execute("SELECT count(*) FROM transitions").fetchone()
    ingest.pipeline.finish()
    ingest.connection.close()
    reader.close()
    assert BADGE.encode() not in bytes_on_disk(tmp_path)


def test_a_stopped_service_goes_on_where_it_was(ingest, clock):
    """Desks keep their states over a clean end."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    ingest.wait(5)
    ingest.pipeline.finish()
    statuses = ingest.estimator.statuses()
    after = ingest.crash()
    assert after.pages == 0
    assert after.estimator.statuses() == statuses
    after.connection.close()


def test_a_running_service_forgets_sightings_after_fifteen_minutes(ingest, clock, tmp_path):
    """A minute later neither table, snapshot nor write-ahead log knows the badge."""
    with_badge(ingest, clock)
    ingest.wait(TIME_TO_LIVE_MS / 1000 + 120, step_s=5)
    assert ingest.rows("sightings") == 0
    assert BADGE.encode() not in bytes_on_disk(tmp_path)
