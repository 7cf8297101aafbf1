"""Our own wire format, version 1: from topic and bytes to an entry."""

from functools import lru_cache

import msgspec

from sensors.entry import Decoded, Entry, Stamp
from sensors.families.own import wire
from sensors.families.own.speech import Speech
from sensors.families.own.strangers import stranger
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import Offline
from sensors.rejected import Reason, Rejected, masked_excerpt, without_values
from sensors.statement import Announced

PREFIX = "vrijplek/v1"
LARGEST_READ = 65_536
"""Of what is too large, so much is still searched for its `seq`."""
CLOCK_OFF_MS = 5_000
"""A board's own clock that differs more from the event time is counted; it never counts itself."""
_readings = msgspec.json.Decoder(wire.Readings)
_envelope = msgspec.json.Decoder(wire.Envelope)
_status = msgspec.json.Decoder(wire.BoardStatus)


class VrijplekFamily:
    """Boards that speak docs/wire-format.md."""

    name = "vrijplek"

    def filters(self, site: str) -> tuple[str, ...]:
        """All readings and all statuses of one site.

        >>> VrijplekFamily().filters("hq")
        ('vrijplek/v1/hq/+/readings', 'vrijplek/v1/hq/+/status')
        """
        return f"{PREFIX}/{site}/+/readings", f"{PREFIX}/{site}/+/status"

    def decode(self, message: Message, memory: Memory, around: Surroundings) -> Decoded:
        """What a message says; never raises, changes nothing."""
        board, leaf = _told_by(message.topic, around.site)
        refusal = self._refuse_early(message, board, leaf, around)
        if refusal is not None and refusal.reason is Reason.TOO_LARGE:
            return self._refused(refusal, message, board, memory)
        if refusal is not None and refusal.reason is Reason.UNKNOWN_BOARD:
            known = stranger(board, message.payload, retained=message.retained)
            return Decoded(rejected=(refusal,), announced=(known,))
        if refusal is not None:
            return Decoded(rejected=(refusal,))
        try:
            if leaf == "status":
                return self._status(_status.decode(message.payload), message, board, memory)
            said = _readings.decode(message.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            detail = wire.with_expected(without_values(error))
            refusal = refused(Reason.MALFORMED, detail, message, board)
            return self._refused(refusal, message, board, memory)
        return self._readings(said, message, board, memory, around)

    @staticmethod
    def _refused(refusal: Rejected, message: Message, board: str, memory: Memory) -> Decoded:
        """A refusal that still counts the message, so that its board does not send it for ever."""
        stamp = _stamp_in(message.payload)
        ledger = memory.board(board).ledger
        if stamp is None or ledger.is_superseded(stamp):
            return Decoded(rejected=(refusal,))
        if ledger.knows(stamp):
            return Decoded(rejected=(refusal,), duplicate=True)
        entry = Entry(board, message.received_ms, (), stamp)
        return Decoded(entry=entry, rejected=(refusal,))

    def _refuse_early(
        self, message: Message, board: str, leaf: str, around: Surroundings
    ) -> Rejected | None:
        if not board or leaf not in {"readings", "status"}:
            return refused(Reason.UNKNOWN_TOPIC, "expected .../<board>/readings or status", message)
        if around.boards.get(board) != self.name:
            detail = f"no board of this id and family in the building of site {around.site}"
            return refused(Reason.UNKNOWN_BOARD, detail, message, board)
        if len(message.payload) > wire.MAX_BYTES:
            detail = f"{len(message.payload)} bytes, at most {wire.MAX_BYTES} are taken"
            return refused(Reason.TOO_LARGE, detail, message, board)
        if message.retained and leaf == "readings":
            return refused(Reason.RETAINED, "a retained reading has no known time", message, board)
        return None

    def _status(
        self, said: wire.BoardStatus, message: Message, board: str, memory: Memory
    ) -> Decoded:
        """A birth is only noted; a goodbye counts unless a later boot has spoken."""
        if said.state == "online":
            return Decoded(born=board, noted="birth")
        if said.boot in memory.board(board).ledger.past:
            return Decoded(noted="goodbye of an earlier boot")
        gone = Offline(board, message.received_ms)
        return Decoded(entry=Entry(board, message.received_ms, (gone,)))

    def _readings(
        self,
        said: wire.Readings,
        message: Message,
        board: str,
        memory: Memory,
        around: Surroundings,
    ) -> Decoded:
        stamp = Stamp(said.boot, said.seq, said.oldest, said.up)
        known = memory.board(board)
        ledger = known.ledger
        if said.oldest > said.seq:
            detail = f"oldest {said.oldest} is after seq {said.seq}"
            refusal = refused(Reason.MALFORMED, detail, message, board)
            return self._refused(refusal, message, board, memory)
        in_order = ledger.is_next(stamp)
        if not in_order and ledger.is_superseded(stamp):
            detail = "a later boot has replaced this one"
            return Decoded(rejected=(refused(Reason.SUPERSEDED_BOOT, detail, message, board),))
        if not in_order and ledger.knows(stamp):
            return Decoded(duplicate=True)
        booted_ms = known.booted_ms(stamp, message.received_ms)
        speech = Speech(board, booted_ms, message, memory, around, in_order)
        for part in said.readings:
            speech.understand(part, said.up)
        entry = Entry(board, message.received_ms, tuple(speech.readings), stamp)
        off_ms = 0 if said.t is None else said.t - (booted_ms + said.up)
        off_ms = off_ms if abs(off_ms) > CLOCK_OFF_MS else 0
        announced: tuple[Announced, ...] = ()
        if speech.unplaced:
            told = Announced(self.name, board, tuple(speech.unplaced), board=board, heard=True)
            announced = (told,)
        return Decoded(entry, tuple(speech.rejected), clock_off_ms=off_ms, announced=announced)


@lru_cache(4096)
def _told_by(topic: str, site: str) -> tuple[str, str]:
    """Board and last level of a topic; no board where it is not of this site."""
    levels = topic.split("/")
    is_ours = len(levels) == 5 and topic.startswith(f"{PREFIX}/{site}/")
    return (levels[3] if is_ours else "", levels[-1])


def _stamp_in(payload: bytes) -> Stamp | None:
    """Which message a refused one was, where that much can be read."""
    if len(payload) > LARGEST_READ:
        return None
    try:
        said = _envelope.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Stamp(said.boot, said.seq, min(said.oldest, said.seq), said.up)


def refused(reason: Reason, detail: str, message: Message, board: str = "") -> Rejected:
    """A refusal of a message of this family, with a masked excerpt."""
    return Rejected(
        reason,
        detail,
        VrijplekFamily.name,
        board,
        len(message.payload),
        masked_excerpt(message.payload),
    )
