"""The outbox: in order, counted, checked, bounded where it may be."""

import sqlite3

import pytest
from support.moves import move, moves, outbox_in, points, post
from support.office import START_MS

from ingest.outbox import REFUSED_ROWS, Load
from ingest.transaction import transaction
from occupancy.point import TRANSITIONS


@pytest.fixture
def outbox(tmp_path):
    """An empty one, whose quota is 1,000 bytes."""
    made = outbox_in(tmp_path / "v.sqlite", quota_bytes=1_000)
    yield made
    made.connection.close()


def values(outbox, most=99):
    """What waits."""
    return [item.point for item in outbox.oldest(TRANSITIONS, most)]


def test_what_is_posted_comes_back_in_order(outbox):
    """As it was, oldest first, at most as many as asked for, and each stream by itself."""
    said = moves(5)
    post(outbox, said)
    post(outbox, [move()], stream="others")
    assert values(outbox) == points(said)
    assert values(outbox, 2) == points(said[:2])


def test_what_is_done_is_gone(outbox):
    """Only that, and ids are not given twice."""
    post(outbox, moves(3))
    first, *others = outbox.oldest(TRANSITIONS, 9)
    outbox.done([first])
    assert outbox.oldest(TRANSITIONS, 9) == others
    outbox.done(others)
    post(outbox, [move()])
    assert outbox.oldest(TRANSITIONS, 9)[0].id == 4


def test_a_transaction_that_fails_leaves_nothing(outbox):
    """Rows and count go back together."""

    def fail():
        with transaction(outbox.connection):
            outbox.post(TRANSITIONS, points(moves(2)), START_MS)
            raise sqlite3.OperationalError

    with pytest.raises(sqlite3.OperationalError):
        fail()
    assert outbox.load() == Load()


def test_the_load_is_counted_as_rows_come_and_go(outbox):
    """Rows, bytes of bodies and the oldest time are those of the table."""
    post(outbox, moves(3), at_ms=5)
    post(outbox, moves(4), at_ms=7)
    outbox.done(outbox.oldest(TRANSITIONS, 3))
    [(rows, size)] = outbox.connection.execute("SELECT count(*), sum(length(body)) FROM outbox")
    assert outbox.load() == Load(rows, size, 7)
    assert outbox.fill == size / 1_000


def test_a_flipped_byte_is_found(outbox):
    """The value is none then, and its neighbours are whole."""
    post(outbox, moves(3))
    outbox.connection.execute("UPDATE outbox SET body = zeroblob(length(body)) WHERE id = 2")
    assert [value is None for value in values(outbox)] == [False, True, False]


def test_a_refused_value_is_set_aside_with_what_the_store_said(outbox):
    """It leaves the outbox in the same transaction; at most 1,000 are kept."""
    post(outbox, moves(REFUSED_ROWS + 5))
    for item in outbox.oldest(TRANSITIONS, 9_999):
        outbox.refuse(TRANSITIONS, item, f"bad {item.id}", START_MS)
    rows = outbox.connection.execute("SELECT stream, why FROM outbox_refused").fetchall()
    assert outbox.load().rows == 0
    assert len(rows) == REFUSED_ROWS
    assert rows[-1] == (TRANSITIONS, f"bad {REFUSED_ROWS + 5}")


def test_what_no_store_may_keep_is_let_go(outbox):
    """By stream and the time at which it was added; a millisecond later it stays."""
    post(outbox, [move()], at_ms=9)
    post(outbox, [move()], at_ms=10)
    post(outbox, [move()], stream="others", at_ms=1)
    outbox.purge(TRANSITIONS, 10)
    assert len(values(outbox)) == 1
    assert outbox.load().rows == 2
