"""A family that hears one message after the other, and what it heard in few words."""

import json

from support.office import START_MS

from sensors.entry import Entry
from sensors.families.directory import FOREIGN, family_of
from sensors.keys import NO_KEYS
from sensors.memory import Memory
from sensors.message import Message
from sensors.routing import Routes


class Ears:
    """All families, with one memory; a topic tells which of them hears."""

    def __init__(self) -> None:
        self.memory = Memory()

    def hear(self, topic, told, *, retained=False):
        """What one message comes to; its facts are remembered."""
        payload = told if isinstance(told, bytes) else json.dumps(told).encode()
        family = family_of(topic, payload, self.memory.learned, Routes())
        message = Message(topic, payload, START_MS, retained)
        heard = FOREIGN[family].hear(message, self.memory.learned, NO_KEYS)
        self.memory.take(Entry("", START_MS, (), None, heard.learned))
        return heard

    def said(self, topic, told):
        """Channel, kind and value of each statement of one message."""
        return [(s.channel, s.kind, s.value) for s in self.hear(topic, told).statements]
