"""The doctor at a state folder: each thing is broken once, and the finding tells its mend."""

import os
import sys
import time
from types import SimpleNamespace

import pytest
from support.office import START_MS
from support.patient import sql, the_wrong_of

from ingest.journal import RAW_KEPT_MS, VERSION
from vrijplek.doctor import boards, databases, folder
from vrijplek.doctor.checks import CHECKS, examine
from vrijplek.lock import StateLock


def test_a_folder_that_is_well(patient):
    """Nothing to mend in it."""
    of_folder = (folder, databases, boards)
    checks = [check for check in CHECKS if sys.modules[check.__module__] in of_folder]
    assert len(checks) >= 9
    found = list(examine(patient(), checks))
    assert [one for one in found if not one.is_well] == []
    assert {"disk", "file modes", "snapshot", "purge", "gaps"} <= {one.what for one in found}


def test_a_full_disk(patient, monkeypatch):
    """By bytes, and by inodes."""
    disk = SimpleNamespace(f_bavail=1_000, f_frsize=4096, f_files=10_000, f_favail=9_000)
    monkeypatch.setattr(os, "statvfs", lambda _path: disk)
    assert the_wrong_of(folder.room(patient())).found == "4 MB left"
    disk.f_bavail, disk.f_favail = 10**9, 12
    assert the_wrong_of(folder.room(patient())).found == "12 inodes left"
    disk.f_files = disk.f_favail = 0
    assert [one.is_well for one in folder.room(patient())] == [True]


def test_files_that_others_may_read(patient, state):
    """Each with its mode and the command that mends it."""
    (state / "vrijplek.sqlite").chmod(0o644)
    wrong = the_wrong_of(folder.modes(patient()))
    assert wrong.found.endswith("vrijplek.sqlite has mode 644")
    assert wrong.mend == f"chmod 600 {state / 'vrijplek.sqlite'}"
    (state / "vrijplek.sqlite").chmod(0o600)
    state.chmod(0o755)
    assert the_wrong_of(folder.modes(patient())).mend == f"chmod 700 {state}"


def test_what_was_set_aside_long_ago(patient, state):
    """A restore keeps what was there; nobody else deletes it."""
    (state / "vrijplek-before-20260101T000000Z.sqlite").touch(0o600)
    soon, late = time.time(), time.time() + 31 * 86_400
    assert list(folder.leftovers(patient(int(soon * 1000)))) == []
    assert "rm " in the_wrong_of(folder.leftovers(patient(int(late * 1000)))).mend


def test_who_holds_the_folder_is_told_and_not_disturbed(state, running):
    """By the system's list of locks, or by the process's id where there is none."""
    assert folder.holder(state) == running


def test_a_lock_that_nobody_holds(state, monkeypatch, tmp_path):
    """The file stays behind."""
    assert folder.holder(state) is None
    StateLock(state).release()
    assert folder.holder(state) is None
    monkeypatch.setattr(folder, "LOCKS", tmp_path / "none")
    (state / "lock").write_text("999999999\n")
    assert folder.holder(state) is None
    (state / "lock").write_text(f"{os.getpid()}\n")
    assert folder.holder(state) == os.getpid()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE journal SET body = cast(x'00' || body AS BLOB)", "damaged: row 1 of journal"),
        ("DROP TABLE journal", "no such table: journal"),
    ],
)
def test_a_database_that_is_damaged_inside(patient, state, damage, told):
    """What SQLite would not notice is noticed too."""
    sql(state, damage)
    wrong = the_wrong_of(databases.soundness(patient()))
    assert wrong.what == "vrijplek.sqlite"
    assert told in wrong.found
    assert "vrijplek restore" in wrong.mend


def test_a_database_of_a_later_version(patient, state):
    """Told with the version that this software reads."""
    sql(state, f"PRAGMA user_version = {VERSION + 1}")
    wrong = the_wrong_of(databases.soundness(patient()))
    assert (wrong.found, wrong.expected) == (str(VERSION + 1), f"at most {VERSION}")


def test_a_log_that_is_never_emptied(patient, state):
    """Something holds it back."""
    log = state / "vrijplek.sqlite-wal"
    with log.open("wb") as file:
        file.truncate(300_000_000)
    assert the_wrong_of(databases.log_size(patient())).found == "300 MB"


def test_a_snapshot_that_is_old_while_a_service_runs(patient, running):
    """Nothing has been written since; without a service that is as it should be."""
    assert the_wrong_of(databases.freshness(patient(START_MS + 400_000))).found == "400 s old"


def test_a_snapshot_that_is_old_without_a_service(patient):
    """It waits for the next start."""
    assert all(one.is_well for one in databases.freshness(patient(START_MS + 400_000)))


def test_a_journal_from_the_future(patient):
    """The clock of the machine was set back, by more than the service bears with."""
    wrong = the_wrong_of(databases.freshness(patient(START_MS - 3_600_000)))
    assert wrong.found == "the journal is 3600 s ahead of the clock"


def test_sightings_that_nobody_purges(patient, state):
    """A service was killed: they lie there until the next start."""
    sql(state, ("INSERT INTO sightings VALUES (1, ?, x'00')", (START_MS - 20 * 60_000,)))
    wrong = the_wrong_of(databases.purge(patient()))
    assert wrong.found == "1 rows of sightings past their time"
    assert wrong.mend.startswith("start the service")


def test_a_purge_that_does_not_run(patient, state, running):
    """Rows that should have gone while a service runs."""
    sql(
        state,
        "UPDATE snapshot SET journal_id = 1000",
        ("UPDATE journal SET at_ms = ?", (START_MS - RAW_KEPT_MS - 600_000,)),
    )
    wrong = the_wrong_of(databases.purge(patient()))
    assert "rows of journal past their time" in wrong.found
    assert "the purge does not run" in wrong.mend
