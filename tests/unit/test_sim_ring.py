"""The ring of unacknowledged messages of a simulated board."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.ring import Ring


def filled(count, size=512):
    ring = Ring(size)
    for seq in range(count):
        ring.add(seq, str(seq).encode())
    return ring


def taken(ring, now_ms):
    seqs = []
    while (message := ring.take(now_ms)) is not None:
        seqs.append(message.seq)
    return seqs


def test_each_message_is_sent_once_until_it_waited_ten_seconds():
    """A message is due at once, then again after 10 s without an acknowledgement, oldest first."""
    ring = filled(3)
    assert taken(ring, 20_000) == [0, 1, 2]
    assert taken(ring, 29_000) == []
    assert taken(ring, 30_000) == [0, 1, 2]


def test_what_is_acknowledged_is_forgotten():
    """An acknowledgement lets go of all up to its number, and of no more."""
    ring = filled(5)
    taken(ring, 20_000)
    ring.acknowledge(2)
    assert [message.seq for message in ring] == [3, 4]
    assert taken(ring, 40_000) == [3, 4]


def test_repeated_messages_go_before_new_ones():
    """What waited too long is sent before what was never sent."""
    ring = filled(2)
    taken(ring, 20_000)
    ring.add(2, b"2")
    assert taken(ring, 31_000) == [0, 1, 2]


def test_a_full_ring_loses_its_oldest_and_says_so():
    """The 513th message pushes out the first, which is counted and told by `oldest`."""
    ring = filled(512)
    assert ring.oldest(512) == 1
    ring.add(512, b"512")
    assert len(ring) == 512
    assert ring.overwritten == 1
    assert taken(ring, 20_000)[0] == 1


def test_an_empty_ring_keeps_nothing_below_the_next():
    """With nothing kept, the next message is the oldest itself."""
    ring = filled(4)
    assert ring.oldest(4) == 0
    ring.acknowledge(3)
    assert ring.oldest(4) == 4


def test_a_message_that_could_not_be_sent_is_next_again():
    """Putting a message back makes it the next one, without waiting."""
    ring = filled(2)
    ring.put_back(ring.take(20_000))
    assert taken(ring, 20_000) == [0, 1]


def test_a_resend_starts_where_it_was_asked_to():
    """The command to resend sends again from a number on."""
    ring = filled(5)
    taken(ring, 20_000)
    ring.resend_from(3)
    assert taken(ring, 20_001) == [3, 4]


@given(st.lists(st.tuples(st.sampled_from(["add", "ack", "take"]), st.integers(0, 60))))
def test_no_message_is_lost_but_by_acknowledgement_or_overflow(steps):
    """Whatever happens, the ring holds an unbroken run of the latest messages not acknowledged."""
    ring, seq, durable, now_ms = Ring(8), 0, -1, 20_000
    for what, number in steps:
        now_ms += 1000 * number
        if what == "add":
            ring.add(seq, b"")
            seq += 1
        elif what == "ack" and seq:
            durable = max(durable, min(number, seq - 1))
            ring.acknowledge(number)
        else:
            ring.take(now_ms)
        expected = list(range(max(durable + 1, seq - 8), seq))
        assert [message.seq for message in ring] == expected
    assert set(taken(ring, now_ms + 20_000)) == {message.seq for message in ring}
