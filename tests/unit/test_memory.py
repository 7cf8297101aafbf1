"""What decoding remembers."""

import pytest
from support.office import START_MS
from support.speaker import Listening, heartbeat, motion, readings

from sensors.entry import Entry, Stamp
from sensors.ledger import Gap
from sensors.memory import BoardMemory, Memory
from sensors.reading import Contact, Count, Motion, Presence

TALK = (
    readings("d1", motion(on=True), seq=0),
    readings("d1", motion("pir-2", on=True), seq=2, up=605_000, at_ms=START_MS + 5_020),
    readings("d1", motion(on=False), seq=1, up=604_000, at_ms=START_MS + 5_500),
    readings("d2", heartbeat({"radar": True, "pir": False}), boot="x", seq=40, oldest=38),
    readings("d1", motion(on=True), boot="b2", up=100, at_ms=START_MS + 60_000),
)


def entry(*said, stamp=None):
    return Entry("d1", START_MS, said, stamp)


@pytest.mark.parametrize(
    ("reading", "level"),
    [
        (Motion("d1/c", 1, True), True),
        (Presence("d1/c", 1, False), False),
        (Contact("d1/c", 1, True), True),
    ],
)
def test_levels_are_remembered(reading, level):
    """The last level of each kind of channel that has one repeats, the other does not."""
    memory = Memory()
    memory.take(entry(reading))
    assert memory.repeats("d1/c", level=level)
    assert not memory.repeats("d1/c", level=not level)


def test_a_channel_never_heard_repeats_nothing():
    """Neither level is a repetition before the first one."""
    memory = Memory()
    memory.take(entry(Count("d1/gate", 1, 3)))
    assert not memory.repeats("d1/gate", level=True)
    assert not memory.repeats("d1/gate", level=False)


def test_looking_a_board_up_does_not_keep_it():
    """Decoding may ask for any board without changing the memory."""
    memory = Memory()
    memory.board("ghost").ledger.take("ghost", Stamp("a", 0, 0, 1), 1)
    assert memory == Memory()


def test_an_entry_without_a_stamp_leaves_the_ledger_alone():
    """Families that do not count their messages have no ledger."""
    memory = Memory()
    assert memory.take(entry(Motion("d1/c", 1, True))) is None
    assert memory.boards == {}


def test_a_new_boot_forgets_the_offset_of_the_old_one():
    """Uptimes of two boots are never mixed."""
    memory = Memory()
    memory.take(entry(stamp=Stamp("a", 0, 0, 500_000)))
    assert (
        memory.board("d1").booted_ms(Stamp("a", 1, 0, 501_000), START_MS + 9_000)
        == START_MS - 500_000
    )
    second = Stamp("b", 0, 0, 200)
    assert memory.board("d1").booted_ms(second, START_MS + 9_000) == START_MS + 8_800
    memory.take(Entry("d1", START_MS + 9_000, (), second))
    assert memory.board("d1").booted_ms(Stamp("b", 1, 0, 300), START_MS + 9_100) == START_MS + 8_800


def test_gaps_are_told_in_order():
    """Taking many entries tells each gap that they reveal."""
    stamps = [Stamp("a", 0, 0, 1), Stamp("a", 3, 3, 4), Stamp("a", 9, 8, 9)]
    gaps = Memory().take_all(entry(stamp=stamp) for stamp in stamps)
    assert gaps == [Gap("d1", "a", 1, 2, START_MS), Gap("d1", "a", 4, 7, START_MS)]


def test_taking_entries_again_gives_the_same_memory():
    """The journal's entries, folded into a new memory, give the bytes of the live one."""
    live, entries = Listening(), []
    for message in TALK:
        decoded = live.hear(message)
        assert decoded.entry is not None
        entries.append(decoded.entry)
    replayed = Memory()
    replayed.take_all(entries)
    assert replayed.frozen() == live.memory.frozen()


def test_a_frozen_memory_wakes_as_it_was():
    """Bytes and back is the same memory, and goes on in the same way."""
    live = Listening()
    for message in TALK[:3]:
        live.hear(message)
    woken = Listening()
    woken.memory = Memory.woken(live.memory.frozen())
    assert woken.memory == live.memory
    assert [woken.hear(m) for m in TALK[3:]] == [live.hear(m) for m in TALK[3:]]


def test_what_waits_behind_a_hole_freezes_in_one_way():
    """The bytes do not depend on the order in which messages came."""
    frozen = set()
    for order in ((8, 16, 32), (32, 8, 16), (16, 32, 8)):
        memory = Memory({"d1": BoardMemory()})
        for seq in order:
            memory.boards["d1"].ledger.take("d1", Stamp("a", seq, 0, 1), 1)
        frozen.add(memory.frozen())
    assert len(frozen) == 1
