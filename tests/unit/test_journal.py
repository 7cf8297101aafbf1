"""The journal on disk."""

import sqlite3

import pytest
from support.office import BADGE, START_MS

from ingest.journal import (
    RAW_KEPT_MS,
    SIGHTINGS_KEPT_MS,
    Journal,
    Page,
    Snapshot,
)
from ingest.losses import INTERRUPTION_ROWS, LOSSES_KEPT_MS, QUARANTINE_ROWS, Interruption
from occupancy.store.sqlite import open_database
from sensors.entry import Entry, Stamp
from sensors.ledger import Gap
from sensors.reading import Heartbeat, Motion, Sighting
from sensors.rejected import Reason, Rejected

MOTION = Motion("d1/pir-1", START_MS, True)
SIGHTING = Sighting("r1/ble", START_MS, BADGE, -71.5, -59.0)
ALIVE = Heartbeat("r1", START_MS, 30.0)
STAMP = Stamp("b1", 7, 3, 900)


@pytest.fixture
def journal(tmp_path):
    """An empty journal in a file."""
    connection = open_database(tmp_path / "journal.sqlite")
    yield Journal(connection)
    connection.close()


def page(*readings, board="d1", tick_ms=None):
    return Page((Entry(board, START_MS, readings, STAMP),), tick_ms)


def refusal(number):
    return Rejected(Reason.MALFORMED, f"number {number}", "vrijplek", "d1", 12, '{"a": 1}')


def count(journal, table):
    return journal.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def test_pages_come_back_in_order_and_as_they_were(journal):
    """Entries, stamps and ticks survive."""
    pages = [page(MOTION), Page((), START_MS + 1_000), page(ALIVE, tick_ms=5)]
    ids = [journal.append(each, START_MS) for each in pages]
    assert list(journal.after(0)) == list(zip(ids, pages, strict=True))
    assert [found for _, found in journal.after(ids[0])] == pages[1:]


def test_sightings_lie_apart_and_come_back_to_their_entry(journal):
    """The body of a page holds no tag; read again, the page has them behind the rest."""
    entries = (
        Entry("d1", START_MS, (MOTION,), STAMP),
        Entry("r1", START_MS, (SIGHTING, ALIVE, SIGHTING), None),
    )
    journal.append(Page(entries), START_MS)
    [(body,)] = journal.connection.execute("SELECT body FROM journal")
    assert BADGE.encode() not in body
    [(_, found)] = journal.after(0)
    assert found.entries[0] == entries[0]
    assert found.entries[1] == Entry("r1", START_MS, (ALIVE, SIGHTING, SIGHTING), None)


def test_sightings_are_gone_after_fifteen_minutes(journal):
    """At fifteen minutes they are there, a millisecond later only the rest of the page is."""
    journal.append(page(ALIVE, SIGHTING, board="r1"), START_MS)
    journal.purge(START_MS + SIGHTINGS_KEPT_MS)
    assert count(journal, "sightings") == 1
    journal.purge(START_MS + SIGHTINGS_KEPT_MS + 1)
    assert count(journal, "sightings") == 0
    [(_, found)] = journal.after(0)
    assert found == page(ALIVE, board="r1")


@pytest.mark.parametrize(("covered", "left"), [(0, 2), (1, 1), (2, 0)])
def test_old_pages_go_when_a_snapshot_covers_them(journal, covered, left):
    """What is still needed to recover stays, however old."""
    ids = [journal.append(page(MOTION), START_MS) for _ in range(2)]
    journal.keep(Snapshot([0, *ids][covered], START_MS, b"", b""))
    journal.purge(START_MS + RAW_KEPT_MS + 1)
    assert count(journal, "journal") == left


def test_young_pages_stay(journal):
    """Readings are kept for seven days, snapshot or not."""
    journal.keep(Snapshot(journal.append(page(MOTION), START_MS), START_MS, b"", b""))
    journal.purge(START_MS + RAW_KEPT_MS)
    assert count(journal, "journal") == 1


def test_a_journal_without_a_snapshot_loses_nothing(journal):
    """Nothing covers its pages yet."""
    journal.append(page(MOTION), START_MS)
    journal.purge(START_MS + 2 * RAW_KEPT_MS)
    assert count(journal, "journal") == 1


def test_the_last_snapshot_is_the_only_one(journal):
    """A new one takes the place of the old one."""
    assert journal.snapshot() is None
    for number in (1, 2):
        journal.keep(Snapshot(number, START_MS + number, b"memory", b"belief"))
    assert journal.snapshot() == Snapshot(2, START_MS + 2, b"memory", b"belief")


def test_quarantine_is_bounded(journal):
    """A thousand refusals are kept, the last ones, in one call or in many."""
    journal.losses.refuse([refusal(n) for n in range(QUARANTINE_ROWS + 100)], START_MS)
    assert count(journal, "quarantine") == QUARANTINE_ROWS
    for number in range(5):
        journal.losses.refuse([refusal(5_000 + number)], START_MS)
    assert count(journal, "quarantine") == QUARANTINE_ROWS
    [(last,)] = journal.connection.execute("SELECT detail FROM quarantine ORDER BY id DESC LIMIT 1")
    assert last == "number 5004"


def test_no_refusal_writes_nothing(journal):
    """An empty list is no row."""
    journal.losses.refuse([], START_MS)
    assert count(journal, "quarantine") == 0


def test_the_same_gap_twice_is_one_row(journal):
    """Writing again after a crash changes nothing."""
    gap = Gap("d1", "b1", 3, 6, START_MS)
    journal.losses.lose([gap])
    journal.losses.lose([gap, Gap("d1", "b1", 9, 9, START_MS)])
    rows = journal.connection.execute("SELECT board, boot, first, last FROM gaps").fetchall()
    assert rows == [("d1", "b1", 3, 6), ("d1", "b1", 9, 9)]


class StoppedError(Exception):
    """What a test raises in the middle of a transaction."""


def test_a_transaction_is_all_or_nothing(journal):
    """What fails in the middle leaves nothing behind, and the next one works."""
    with pytest.raises(StoppedError), journal.transaction():
        journal.append(page(MOTION, SIGHTING), START_MS)
        journal.losses.refuse([refusal(1)], START_MS)
        raise StoppedError
    assert [count(journal, t) for t in ("journal", "sightings", "quarantine")] == [0, 0, 0]
    with journal.transaction():
        journal.append(page(MOTION), START_MS)
    assert count(journal, "journal") == 1


def test_a_transaction_is_on_disk_when_it_ends(journal, tmp_path):
    """Another connection sees it at once, and nothing of it before."""
    other = sqlite3.connect(tmp_path / "journal.sqlite")
    with journal.transaction():
        journal.append(page(MOTION), START_MS)
        assert other.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    assert other.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    other.close()


def test_a_journal_is_opened_again(journal):
    """The tables of an earlier process are found."""
    journal.append(page(MOTION), START_MS)
    assert len(list(Journal(journal.connection).after(0))) == 1


def test_losses_go_with_the_transitions_that_they_explain(journal):
    """At thirty days they are there, a millisecond later they are not."""
    journal.losses.lose([Gap("d1", "b1", 3, 5, START_MS)])
    journal.losses.interrupt(Interruption(START_MS - 5_000, START_MS, "the broker forgot"))
    journal.purge(START_MS + LOSSES_KEPT_MS)
    assert (count(journal, "gaps"), count(journal, "interruptions")) == (1, 1)
    journal.purge(START_MS + LOSSES_KEPT_MS + 1)
    assert (count(journal, "gaps"), count(journal, "interruptions")) == (0, 0)


def test_interruptions_are_bounded(journal):
    """A broker that forgets for ever fills no disk; the latest are kept."""
    for number in range(INTERRUPTION_ROWS + 3):
        journal.losses.interrupt(Interruption(0, number, "the broker forgot"))
    assert count(journal, "interruptions") == INTERRUPTION_ROWS
    [(latest,)] = journal.connection.execute("SELECT max(to_ms) FROM interruptions")
    assert latest == INTERRUPTION_ROWS + 2
