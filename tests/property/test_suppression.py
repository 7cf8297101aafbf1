"""No small count can be worked out from what is shown."""

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from occupancy.suppression import Row, Shown, is_small, suppressed

COLUMNS = 3
counts = st.tuples(*[st.integers(0, 6)] * COLUMNS)


def tables_of(total):
    """Every way to spread a total over the columns."""
    return [c for c in product(range(total + 1), repeat=COLUMNS) if sum(c) == total]


def looks(shown: Shown, count: int) -> bool:
    """Whether a count could be behind what is shown."""
    if shown is None:
        return True
    return is_small(count) if shown == "<5" else count == shown


def row_looks(shown, row):
    return all(map(looks, shown, row))


@settings(max_examples=150, deadline=None)
@given(st.lists(counts, min_size=1, max_size=2), counts)
@example([(1, 5, 0)], (0, 0, 0))
@example([(4, 4, 4)], (0, 0, 0))
@example([(5, 0, 6), (0, 0, 3)], (0, 0, 0))
@example([(6, 6, 6)], (0, 1, 0))
@example([(1, 1, 5), (1, 1, 5)], (0, 0, 0))
def test_no_small_count_follows_from_a_floor_its_zones_and_their_totals(zones, rest):
    """For every small count an outsider's list of possible tables holds two values for it."""
    whole = tuple(map(sum, zip(*zones, rest, strict=True)))
    rows = [Row("floor", None, whole)]
    rows += [Row(f"zone-{i}", "floor", zone) for i, zone in enumerate(zones)]
    shown = suppressed(rows)
    leaves = [
        [c for c in tables_of(sum(zone)) if row_looks(shown[f"zone-{i}"], c)]
        for i, zone in enumerate(zones)
    ]
    leaves.append(tables_of(sum(rest)))
    possible = [set() for _ in range((len(leaves) + 1) * COLUMNS)]
    for table in product(*leaves):
        total = tuple(map(sum, zip(*table, strict=True)))
        if row_looks(shown["floor"], total):
            for values, value in zip(
                possible, [n for r in (*table, total) for n in r], strict=True
            ):
                values.add(value)
    truth = [n for row in (*zones, rest, whole) for n in row]
    for values, value in zip(possible, truth, strict=True):
        assert value in values
        assert not is_small(value) or len(values) > 1, (rows, shown)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 4), min_size=1, max_size=6))
def test_no_small_count_is_shown_and_no_shown_count_is_wrong(zones):
    """What is shown is the truth, `<5` for a small count, or nothing."""
    whole = tuple(map(sum, zip(*zones, strict=True)))
    rows = [Row("site", None, whole), *(Row(str(i), "site", z) for i, z in enumerate(zones))]
    for row in rows:
        for value, told in zip(row.counts, suppressed(rows)[row.id], strict=True):
            assert told in ((None, "<5") if is_small(value) else (None, value))


def test_large_counts_are_all_shown():
    """A table without small counts is shown as it is."""
    rows = [Row("site", None, (20, 10)), Row("a", "site", (10, 5)), Row("b", "site", (10, 5))]
    assert suppressed(rows) == {row.id: row.counts for row in rows}
