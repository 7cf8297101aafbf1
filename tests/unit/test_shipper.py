"""The shipper, step by step, with a store that does what the test says."""

from collections import deque

import pytest
from support.moves import move, moves, outbox_in, points, post
from support.office import START_MS

from ingest.shipper import BATCH, IDLE_S, Shipper
from occupancy.point import (
    TRANSITIONS,
    NotAllowedError,
    PointsRefusedError,
    StoreError,
    TooManyPointsError,
)


class Store:
    """Takes values, unless an answer is lined up or a value is bad."""

    def __init__(self):
        self.kept, self.sent, self.answers = [], [], deque()
        self.bad, self.most = set(), 10**6

    def send(self, stream, values):
        """Take, or say what is wrong."""
        self.sent.append(len(values))
        if self.answers:
            raise self.answers.popleft()
        if len(values) > self.most:
            raise TooManyPointsError("too large", 413)
        if self.bad & {point.at_ms for point in values}:
            raise PointsRefusedError("400: bad", 400)
        self.kept += values

    def notices(self):
        """Nothing."""
        return ()


@pytest.fixture
def store():
    """A store that takes all."""
    return Store()


@pytest.fixture
def outbox(tmp_path):
    """An outbox with a quota of 100,000 bytes."""
    made = outbox_in(tmp_path / "v.sqlite", quota_bytes=100_000)
    yield made
    made.connection.close()


@pytest.fixture
def shipper(store, outbox):
    """One whose chance is a half."""
    return Shipper(lambda: outbox, store, (TRANSITIONS,), lambda: START_MS, lambda: 0.5)


def drained(shipper, outbox, most=500):
    """Steps until nothing waits; how long each waited."""
    waits = []
    while outbox.load().rows:
        waits.append(shipper.step(outbox))
        assert len(waits) < most, "it does not end"
    return waits


def test_everything_is_sent_once_and_in_order(shipper, store, outbox):
    """In batches, without waiting in between."""
    said = moves(BATCH + 10)
    post(outbox, said)
    assert drained(shipper, outbox) == [0.0, 0.0]
    assert store.kept == points(said)
    assert store.sent == [BATCH, 10]
    assert shipper.step(outbox) == IDLE_S


def test_an_empty_outbox_asks_once_whether_the_store_is_there(shipper, store, outbox):
    """And again, with growing patience, while it is not."""
    store.answers += [StoreError("down"), StoreError("down")]
    waits = [shipper.step(outbox) for _ in range(4)]
    assert waits == [0.5, 1.0, 0.0, IDLE_S]
    assert store.sent == [0, 0, 0]
    assert shipper.state.is_up


def test_what_fails_is_tried_again_until_it_is_taken(shipper, store, outbox):
    """Twice as patiently each time, up to a minute, and nothing leaves the outbox meanwhile."""
    post(outbox, moves(3))
    store.answers += [StoreError("down") for _ in range(9)]
    waits = [shipper.step(outbox) for _ in range(9)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert outbox.load().rows == 3
    assert not shipper.state.is_up
    drained(shipper, outbox)
    assert store.kept == points(moves(3))


def test_retry_after_is_honoured(shipper, store, outbox):
    """No sooner than asked, whatever the jitter."""
    post(outbox, moves(1))
    store.answers.append(StoreError("slowly", 40.0))
    assert shipper.step(outbox) == 40.5


def test_bad_values_are_set_aside_and_all_others_kept(shipper, store, outbox):
    """Three among two hundred; after each refusal at least half a second goes by."""
    said = moves(200)
    store.bad = {said[i].event_ms for i in (0, 77, 199)}
    post(outbox, said)
    waits = drained(shipper, outbox)
    assert sorted(v.at_ms for v in store.kept) == sorted(
        v.event_ms for v in said if v.event_ms not in store.bad
    )
    assert shipper.state.refused == 3
    assert set(waits) == {0.0, 0.5}


def test_a_single_bad_value_is_set_aside(shipper, store, outbox):
    """Also where it is alone, so that it does not stand in the way for ever."""
    store.bad = {START_MS}
    post(outbox, [move()])
    drained(shipper, outbox)
    assert shipper.state.refused == 1


def test_a_store_that_refuses_everything_is_not_believed(shipper, store, outbox):
    """Then it is the store: nothing is set aside, people are told, and it is asked slowly."""
    said = moves(100)
    store.bad = {value.event_ms for value in said}
    post(outbox, said)
    while not shipper.state.trouble:
        shipper.step(outbox)
    assert outbox.load().rows == 100
    assert shipper.state.refused == 0
    assert shipper.trouble() == "it refuses every point, 400: bad"
    store.bad = set()
    drained(shipper, outbox)
    assert store.kept == points(said)
    assert shipper.trouble() == ""


def test_what_is_too_large_is_sent_in_smaller_parts(shipper, store, outbox):
    """In order, and from then on at most so much at once."""
    store.most = 30
    post(outbox, moves(100))
    drained(shipper, outbox)
    assert store.kept == points(moves(100))
    store.sent.clear()
    post(outbox, moves(100))
    drained(shipper, outbox)
    assert max(store.sent) <= 30


def test_an_account_that_may_not_is_told_and_tried_again_slowly(shipper, store, outbox):
    """Between half a minute and a minute later; then all is forgotten."""
    post(outbox, moves(2))
    store.answers.append(NotAllowedError("401: unauthorized"))
    assert shipper.step(outbox) == 45.0
    assert shipper.trouble() == "401: unauthorized"
    drained(shipper, outbox)
    assert shipper.trouble() == ""


def test_a_value_that_is_damaged_on_disk_is_set_aside(shipper, store, outbox):
    """The others go their way."""
    post(outbox, moves(3))
    outbox.connection.execute("UPDATE outbox SET body = x'c1' WHERE id = 2")
    drained(shipper, outbox)
    assert len(store.kept) == 2
    assert outbox.connection.execute("SELECT why FROM outbox_refused").fetchall() == [
        ("damaged on disk",)
    ]


def test_an_outbox_that_fills_up_is_told_of(shipper, store, outbox):
    """From seven tenths of its quota on, until there is room again."""
    post(outbox, moves(600))
    store.answers.append(StoreError("down"))
    assert outbox.fill > 0.7
    shipper.step(outbox)
    assert shipper.notices() == (f"the outbox is {outbox.fill:.0%} full",)
    drained(shipper, outbox)
    shipper.step(outbox)
    assert shipper.notices() == ()


def test_a_database_that_is_held_by_another_is_waited_for(shipper, outbox):
    """Nothing is lost, and what was sent is sent again."""
    post(outbox, moves(2))
    outbox.connection.execute("PRAGMA busy_timeout = 0")
    other = outbox_in(outbox.connection.execute("PRAGMA database_list").fetchone()[2])
    other.connection.execute("BEGIN IMMEDIATE")
    assert shipper.step(outbox) >= 0.5
    other.connection.execute("ROLLBACK")
    other.connection.close()
    drained(shipper, outbox)
    assert shipper.state.shipped == 2
