"""Upkeep: what Prometheus reads of journal, boards, store and process."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from support.half import Half
from support.office import START_MS
from support.speaker import UP_MS, heartbeat, motion, readings

from vrijplek import upkeep
from vrijplek.depth import DepthGauge


class Store:
    """A store of history of which a test says how it does."""

    why = ""
    rows = 0
    oldest: int | None = None

    def trouble(self):
        """What the test said."""
        return self.why

    def waiting(self):
        """What the test said."""
        return self.rows

    def oldest_ms(self):
        """What the test said."""
        return self.oldest


@pytest.fixture
def scrape(ingest, clock):
    """Reads the gauges as Prometheus does: each line's name with labels, and its value."""
    half = Half()
    half.pipeline, half.clock = ingest.pipeline, clock
    depth = DepthGauge(ingest.file)

    def run(store=None):
        registry = CollectorRegistry()
        upkeep.register(registry, half, depth, store)
        lines = generate_latest(registry).decode().splitlines()
        samples = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
        return {name: float(value) for name, value in samples}

    yield run
    depth.connection.close()


def say(clock, board, *parts, seq, **more):
    """A message composed and received now."""
    up = UP_MS + clock.ms - START_MS
    return readings(board, *parts, seq=seq, up=up, at_ms=clock.ms, **more)


def test_what_a_start_would_fold_grows_until_the_next_snapshot(ingest, scrape, clock):
    """A row a second while nothing is heard, and none right after the snapshot of each minute."""
    before = scrape()
    assert before["vrijplek_snapshot_age_seconds"] == 0
    ingest.wait(10)
    found = scrape()
    assert found["vrijplek_journal_rows"] == before["vrijplek_journal_rows"] + 10
    assert found["vrijplek_snapshot_age_seconds"] == 10
    ingest.wait(50)
    assert scrape()["vrijplek_journal_rows"] == 0


def test_the_sizes_of_the_files_are_told(ingest, scrape):
    """Database, its log, and what is left on the disk."""
    found = scrape()
    assert found["vrijplek_database_bytes"] == ingest.file.stat().st_size
    log = ingest.file.with_name("vrijplek.sqlite-wal")
    assert found["vrijplek_database_log_bytes"] == log.stat().st_size
    assert found["vrijplek_disk_free_bytes"] > 0


def test_a_database_that_can_not_be_read_leaves_the_other_gauges(ingest, scrape):
    """A number that is not known is missing, not 0."""
    ingest.connection.execute("ALTER TABLE snapshot RENAME TO elsewhere")
    found = scrape()
    assert "vrijplek_journal_rows" not in found
    assert "vrijplek_boards_silent" in found


def test_each_kind_of_evidence_has_its_age(ingest, scrape, clock):
    """Since it came last, whoever said it; a kind that never came is missing."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    clock.wait(20)
    ingest.hear(say(clock, "d1", heartbeat({"pir-1": False}), seq=1))
    clock.wait(5)
    ages = {k: v for k, v in scrape().items() if k.startswith("vrijplek_evidence_age_seconds")}
    assert ages['vrijplek_evidence_age_seconds{kind="heartbeat"}'] == 5
    assert ages['vrijplek_evidence_age_seconds{kind="motion"}'] in {5, 25}
    assert 'vrijplek_evidence_age_seconds{kind="sighting"}' not in ages


def test_the_most_silent_sensor_of_a_kind_is_told(ingest, scrape, clock):
    """Of those that ever told their level: one board goes on, the other is silent for a minute."""
    assert not [name for name in scrape() if name.startswith("vrijplek_evidence_oldest")]
    ingest.hear(say(clock, "d1", motion(), seq=0), say(clock, "d2", motion("pir"), seq=0))
    clock.wait(60)
    ingest.hear(say(clock, "d1", heartbeat({"pir-1": True}), seq=1))
    assert scrape()['vrijplek_evidence_oldest_seconds{kind="motion"}'] == 60


def test_boards_that_are_not_heard_are_counted(ingest, scrape, clock):
    """All before the first word; one less after it; all again once it is silent."""
    boards = len(ingest.estimator.building.boards)
    assert scrape()["vrijplek_boards_silent"] == boards
    ingest.hear(say(clock, "d1", motion(), seq=0))
    assert scrape()["vrijplek_boards_silent"] == boards - 1
    ingest.wait(80)
    assert scrape()["vrijplek_boards_silent"] == boards


def test_a_missing_message_is_an_open_gap_until_it_comes(ingest, scrape, clock):
    """The board still has it, and has been asked."""
    ingest.hear(say(clock, "d1", motion(), seq=0))
    late = say(clock, "d1", motion(on=False), seq=1)
    ingest.hear(say(clock, "d1", motion(), seq=2))
    assert scrape()["vrijplek_gaps_open"] == 1
    ingest.hear(late)
    assert scrape()["vrijplek_gaps_open"] == 0


def test_the_outbox_is_told_where_history_goes_elsewhere(scrape, clock):
    """Up, how much waits and for how long; nothing of it where there is no such store."""
    assert "vrijplek_store_up" not in scrape()
    store = Store()
    found = scrape(store)
    assert (found["vrijplek_store_up"], found["vrijplek_outbox_age_seconds"]) == (1, 0)
    store.why, store.rows, store.oldest = "refused", 7, clock.ms - 90_000
    found = scrape(store)
    assert found["vrijplek_store_up"] == 0
    assert found["vrijplek_outbox_rows"] == 7
    assert found["vrijplek_outbox_age_seconds"] == 90


def test_the_process_tells_of_itself(scrape):
    """Memory, descriptors and threads."""
    found = scrape()
    assert found["process_resident_memory_bytes"] > 1_000_000
    assert found["process_open_fds"] > 0
    assert found["vrijplek_threads"] >= 1
