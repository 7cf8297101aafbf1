"""Shipping: whatever is bad, all others arrive; whatever the names, a line says what it should."""

import re

from hypothesis import given
from hypothesis import strategies as st
from support.moves import move
from support.office import OFFICE

from ingest.backoff import LONGEST_ASKED_S, LONGEST_S, SHORTEST_S, wait_s
from ingest.outbox import Item
from ingest.parcel import MOST_SUSPECTS, Parcel
from occupancy.point import transition_point
from occupancy.state import MOVES, State
from occupancy.store.influx.history import text as quoted
from occupancy.store.influx.order import in_order
from occupancy.store.influx.store import line as line_of


@given(st.integers(1, 300), st.data())
def test_halving_finds_exactly_the_bad_ones(count, data):
    """Each value is either taken or set aside, once, unless the store refuses all of many."""
    bad = data.draw(st.sets(st.integers(0, count - 1)))
    most = data.draw(st.integers(1, count))
    parcel = Parcel([Item(i, None) for i in range(count)])
    taken, aside, requests = [], [], 0
    while parcel.part and not parcel.is_hopeless:
        ids = [item.id for item in parcel.part]
        requests += 1
        if len(ids) > most:
            parcel.too_large("large")
        elif bad & set(ids):
            parcel.refused("bad")
        else:
            taken += [item.id for item in parcel.taken()]
        aside += [item.id for item, _ in parcel.convicted()]

    if parcel.is_hopeless:
        assert len(bad) >= MOST_SUSPECTS
        assert (taken, aside) == ([], [])
    else:
        assert (sorted(taken), sorted(aside)) == (sorted(set(range(count)) - bad), sorted(bad))
    assert requests <= 2 * count


@given(st.integers(1, 10**6), st.floats(0, 1), st.none() | st.floats(0, 10**9))
def test_a_wait_is_never_short_and_never_endless(failures, chance, asked_s):
    """Half a second at least, what was asked for at least, a minute more than that at most."""
    waited_s = wait_s(failures, chance, asked_s)
    asked_s = min(asked_s or 0, LONGEST_ASKED_S)
    assert max(SHORTEST_S, asked_s) <= waited_s <= asked_s + LONGEST_S


def unescaped(text: str) -> str:
    """A tag as a server reads it."""
    return re.sub(r"\\([,= ])", r"\1", text)


NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40
).filter(lambda name: "\\" not in name)


@given(NAMES, st.integers(0, 2**52), st.sampled_from(State), st.floats(0, 1))
def test_a_line_says_what_was_sent_whatever_the_name(space, event_ms, after, probability):
    """Space, state, time and probability are read back from the line."""
    moved = move(event_ms, after, space)
    line = line_of(transition_point(moved, OFFICE))
    head, fields = re.split(r"(?<!\\) ", line, maxsplit=1)
    tags = dict(re.split(r"(?<!\\)=", tag, maxsplit=1) for tag in re.split(r"(?<!\\),", head)[1:])
    assert "\n" not in line
    assert unescaped(tags["space"]) == space
    assert tags["state"] == after.value
    assert fields.endswith(f" {event_ms}")


@given(st.text(max_size=40))
def test_a_quoted_text_ends_where_it_should(text):
    """No quote inside is left alone, so nothing can follow the text that is not a part of it."""
    inner = quoted(text)[1:-1]
    assert re.fullmatch(r"(?:[^'\\\n]|\\.)*", inner)
    assert re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], inner) == text


@given(st.lists(st.booleans(), max_size=8), st.data())
def test_order_within_a_millisecond_is_found_again(same, data):
    """A walk through the legal moves, shuffled, comes back, where no state comes twice at once."""
    state, at_ms, walk, here = State.UNKNOWN, 1_000, [], set()
    for together in same:
        after = data.draw(st.sampled_from(sorted(MOVES[state])))
        if not together or after in here or state is State.UNKNOWN:
            at_ms, here = at_ms + 1, set()
        here.add(after)
        walk.append(move(at_ms, after, before=state))
        state = after
    found = in_order(data.draw(st.permutations(walk)))
    assert [m.event_ms for m in found] == [m.event_ms for m in walk]
    assert not walk or found[-1].after is walk[-1].after
