"""What boards say, as messages, for tests that let boards speak."""

import json

from support.office import SITE, START_MS, around

from sensors.decoder import decode
from sensors.entry import Decoded
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message

UP_MS = 600_000
"""Milliseconds since boot of a board that speaks at `START_MS`."""


def payload(*parts, boot="b1", seq=0, oldest=0, up=UP_MS, **more) -> dict[str, object]:
    """The payload of one `readings` message."""
    body = {"boot": boot, "seq": seq, "oldest": oldest, "up": up, "readings": list(parts)}
    return body | more


def readings(board, *parts, at_ms=START_MS, retained=False, **more) -> Message:
    """One `readings` message of our own format."""
    body = json.dumps(payload(*parts, **more)).encode()
    return Message(f"vrijplek/v1/{SITE}/{board}/readings", body, at_ms, retained)


def status(board, state="offline", boot="b1", at_ms=START_MS, retained=False, **more) -> Message:
    """One `status` message of our own format."""
    body = json.dumps({"state": state, "boot": boot} | more).encode()
    return Message(f"vrijplek/v1/{SITE}/{board}/status", body, at_ms, retained)


def motion(sensor="pir-1", on=True, **more):
    """A motion reading."""
    return {"kind": "motion", "sensor": sensor, "on": on} | more


def heartbeat(on=None, every_s=30, **more):
    """A heartbeat with the levels of some channels."""
    return {"kind": "heartbeat", "every_s": every_s, "on": on or {}} | more


class Listening:
    """A decoder with its memory: decodes and takes, as the pipeline does."""

    def __init__(self, surroundings: Surroundings | None = None) -> None:
        self.around = surroundings or around()
        self.memory = Memory()

    def look(self, message: Message) -> Decoded:
        """What a message says, without remembering it."""
        return decode(message, self.memory, self.around)

    def hear(self, message: Message) -> Decoded:
        """What a message says; it is remembered."""
        decoded = self.look(message)
        if decoded.entry is not None:
            self.memory.take(decoded.entry)
        return decoded
