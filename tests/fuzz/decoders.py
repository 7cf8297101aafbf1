"""Looks for a message that a decoder can't bear: raises, takes too long, or says nothing.

    python tests/fuzz/decoders.py zigbee2mqtt -runs=1000000

Coverage guides it (atheris). It ends with 1 and writes the input into the working folder when it
finds one. What it is given is split into topic, flag and payload.
"""

import sys
import time
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2])]
with atheris.instrument_imports(include=["sensors"]):
    from sensors.entry import Entry
    from sensors.families.directory import FOREIGN
    from sensors.families.vrijplek import VrijplekFamily
    from sensors.family import Surroundings
    from sensors.keys import Keys
    from sensors.memory import Memory
    from sensors.message import Message
    from vrijplek.decoding.guess import STANDING_IN

START_MS = 1_766_000_000_000
LONGEST_S = 0.05
FACTS = 200
KEYS = Keys({"60efabaabbcc": bytes(16)}, (bytes(range(16)),))
OWN = Surroundings("site", {"board": "vrijplek"}, {"board/pir": "motion"}, lambda *_: None)


class Target:
    """One decoder, its memory growing from message to message.

    Args:
        family: Its name.
    """

    def __init__(self, family: str) -> None:
        self.family, self.memory = family, Memory()

    def __call__(self, data: bytes) -> None:
        """Decode one input."""
        split = atheris.FuzzedDataProvider(data)
        own_topic, retained = split.ConsumeBool(), split.ConsumeBool()
        topic = STANDING_IN[self.family]
        if own_topic:
            topic = split.ConsumeUnicodeNoSurrogates(40)
        payload = split.ConsumeBytes(split.remaining_bytes())
        message = Message(topic, payload, START_MS, retained)
        began_s = time.process_time()
        self._decode(message)
        took_s = time.process_time() - began_s
        if took_s > LONGEST_S:
            raise TimeoutError(took_s)

    def _decode(self, message: Message) -> None:
        if self.family == "vrijplek":
            VrijplekFamily().decode(message, self.memory, OWN)
            return
        heard = FOREIGN[self.family].hear(message, self.memory.learned, KEYS)
        if (heard.refused is None) != (not heard.detail):
            raise ValueError(heard)
        self.memory.take(Entry("", START_MS, (), None, heard.learned))
        if len(self.memory.learned) > FACTS:
            self.memory = Memory()


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], "-max_len=2048", *sys.argv[2:]], Target(sys.argv[1]))
    atheris.Fuzz()
