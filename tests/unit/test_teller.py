"""What boards are told."""

import msgspec
import pytest
from support.speaker import Listening, motion, readings

from ingest.teller import REPORTS, Teller
from sensors.families.own.wire import Acknowledgement, Resend
from sensors.memory import Memory


class Post:
    """A publisher that keeps what it was given."""

    def __init__(self):
        self.sent = []
        self.connected = True

    def publish(self, topic, payload, qos):
        """Keep it, while there is a connection."""
        if self.connected:
            self.sent.append((topic, msgspec.json.decode(payload), qos))
        return self.connected

    def taken(self):
        """What was sent since last asked."""
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
def post():
    """Where messages to boards end up."""
    return Post()


@pytest.fixture
def teller(post):
    """A teller of the small office."""
    return Teller("hq", post)


def heard(*seqs, board="d1", boot="b1", memory=None):
    """A memory that took these messages."""
    listening = Listening()
    listening.memory = memory or listening.memory
    for seq in seqs:
        listening.hear(readings(board, motion(), seq=seq, boot=boot))
    return listening.memory


def ack(durable, boot="b1", board="d1"):
    return (f"vrijplek/v1/hq/{board}/ack", {"boot": boot, "durable": durable}, 0)


def resend(first, boot="b1", board="d1"):
    command = {"command": "resend", "boot": boot, "from": first}
    return (f"vrijplek/v1/hq/{board}/command", command, 1)


def test_a_board_is_told_once_in_each_flush(teller, post):
    """However many messages came, one acknowledgement says how far they are safe."""
    memory = heard(0, 1, 2)
    for _ in range(3):
        teller.note({"d1"})
    teller.flush(memory)
    assert post.taken() == [ack(2)]


def test_a_board_without_news_is_told_nothing(teller, post):
    """A flush tells only boards that were noted since the last one."""
    memory = heard(0)
    teller.note({"d1"})
    teller.flush(memory)
    post.taken()
    teller.flush(memory)
    assert post.taken() == []


def test_a_board_that_sends_again_is_told_again(teller, post):
    """An acknowledgement that was lost is followed by another one."""
    memory = heard(0)
    for _ in range(2):
        teller.note({"d1"})
        teller.flush(memory)
    assert post.taken() == [ack(0), ack(0)]


def test_a_hole_is_asked_for_once(teller, post):
    """The first time it is noticed, then never again while it is the same hole."""
    memory = heard(0, 2)
    for _ in range(3):
        teller.note({"d1"})
        teller.flush(memory)
    assert post.taken() == [ack(0), resend(1), ack(0), ack(0)]
    assert teller.resends == 1


def test_another_hole_is_asked_for_again(teller, post):
    """A later hole, and the same number in a later boot, are new."""
    memory = heard(0, 2)
    teller.note({"d1"})
    teller.flush(memory)
    heard(1, 4, memory=memory)
    teller.note({"d1"})
    teller.flush(memory)
    heard(0, 2, boot="b2", memory=memory)
    teller.note({"d1"})
    teller.flush(memory)
    asked = [sent for sent in post.taken() if sent[0].endswith("command")]
    assert asked == [resend(1), resend(3), resend(1, "b2")]


def test_nothing_is_safe_before_the_first_message(teller, post):
    """A boot whose beginning is missing has nothing to acknowledge and something to ask for."""
    memory = heard(0)
    heard(1, boot="b2", memory=memory)
    teller.note({"d1"})
    teller.flush(memory)
    assert post.taken() == [resend(0, "b2")]


def test_boards_are_told_in_a_fixed_order(teller, post):
    """The same state gives the same messages."""
    memory = heard(0, memory=heard(0, board="d1"), board="d2")
    teller.note({"d2", "d1"})
    teller.flush(memory)
    assert [sent[0].split("/")[3] for sent in post.taken()] == ["d1", "d2"]


def test_an_unknown_board_is_told_nothing(teller, post):
    """Who has never been heard has nothing on disk."""
    teller.note({"ghost"})
    teller.flush(Memory())
    assert post.taken() == []


def test_what_is_told_is_what_the_wire_format_says():
    """Acknowledgement and command decode as the payloads of the format."""
    [(_, told, _), (_, asked, _)] = [ack(2), resend(1)]
    assert msgspec.convert(told, Acknowledgement) == Acknowledgement("b1", 2)
    assert msgspec.convert(asked, Resend) == Resend("b1", 1)


def report(board):
    return (f"vrijplek/v1/hq/{board}/command", {"command": "report"}, 1)


def test_who_has_just_connected_is_asked_once_how_it_is(teller, post):
    """Two births before the flush are one question, and later flushes ask nothing."""
    for _ in range(2):
        teller.note((), ["d1"])
    teller.flush(Memory())
    teller.flush(Memory())
    assert post.taken() == [report("d1")]
    assert teller.reports == 1


def test_boards_that_are_born_at_once_are_asked_in_turn(teller, post):
    """So many a second, in the order of their births, and none is left out."""
    boards = [f"d{i}" for i in range(REPORTS + 5)]
    teller.note((), boards)
    asked = []
    for many in (REPORTS, 5, 0):
        teller.flush(Memory())
        sent = post.taken()
        assert len(sent) == many
        asked += sent
    assert asked == [report(board) for board in boards]


def test_what_can_not_be_sent_waits(teller, post):
    """Without a connection nothing is forgotten: acknowledgement, resend and report come later."""
    memory = heard(0, 2)
    post.connected = False
    teller.note({"d1"}, {"d2"})
    assert teller.flush(memory) == 0
    post.connected = True
    assert teller.flush(memory) == 1
    assert post.taken() == [ack(0), resend(1), report("d2")]
