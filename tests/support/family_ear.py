"""A family that hears one message after the other."""

import json

from support.office import START_MS

from sensors.entry import Entry
from sensors.families.directory import FOREIGN
from sensors.keys import NO_KEYS, Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.statement import Hearing


class FamilyEar:
    """A family with its memory.

    Args:
        family: Its name.
        keys: To read what is encrypted.
    """

    def __init__(self, family: str, keys: Keys = NO_KEYS) -> None:
        self.family, self.keys, self.memory = FOREIGN[family], keys, Memory()

    def hear(self, topic, told, *, retained=False, at_ms=START_MS) -> Hearing:
        """What one message comes to; its facts are remembered."""
        payload = told if isinstance(told, bytes) else json.dumps(told).encode()
        heard = self.family.hear(
            Message(topic, payload, at_ms, retained), self.memory.learned, self.keys
        )
        self.memory.take(Entry("", at_ms, (), None, heard.learned))
        return heard


def said(heard: Hearing):
    """Channel, kind and value of each statement."""
    return [(one.channel, one.kind, one.value) for one in heard.statements]


def held(heard: Hearing):
    """Channel and hold in seconds of each statement that tells one."""
    return [(one.channel, one.held_s) for one in heard.statements if one.held_s is not None]
