"""Checksums before what is kept."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.seal import DamagedError, opened, seal_all, sealed


@given(st.binary(max_size=200))
def test_what_was_sealed_is_opened_as_it_was(body):
    """Whatever the bytes are, none at all included."""
    assert opened(sealed(body), "row 1") == body


@given(st.binary(max_size=200), st.data())
def test_one_flipped_bit_is_found(body, data):
    """Anywhere, in the checksum itself too; the error names the row."""
    kept = bytearray(sealed(body))
    bit = data.draw(st.integers(0, len(kept) * 8 - 1))
    kept[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedError, match="row 1 of the journal"):
        opened(bytes(kept), "row 1 of the journal")


def test_what_is_cut_short_is_found():
    """Even where less than a checksum is left."""
    for length in range(4):
        with pytest.raises(DamagedError):
            opened(sealed(b"page")[:length], "row 1")


def test_what_was_kept_without_is_sealed_once_for_all():
    """Every row of the columns that are named, and no other."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript("CREATE TABLE t (a BLOB, b BLOB); INSERT INTO t VALUES ('x', 'y')")
    connection.execute("UPDATE t SET a = CAST(a AS BLOB), b = CAST(b AS BLOB)")
    seal_all(connection, [("t", "a")])
    [(a, b)] = connection.execute("SELECT a, b FROM t")
    connection.close()
    assert (opened(a, "t"), b) == (b"x", b"y")
