"""The decoder: finds the family of a message and has it decoded."""

from collections.abc import Sequence

from sensors.entry import Decoded
from sensors.families.espresense import EspresenseFamily
from sensors.families.vrijplek import VrijplekFamily
from sensors.family import Family, Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, Rejected, masked_excerpt

FAMILIES: tuple[Family, ...] = (VrijplekFamily(), EspresenseFamily())


def decode(
    message: Message,
    memory: Memory,
    around: Surroundings,
    families: Sequence[Family] = FAMILIES,
) -> Decoded:
    """What a message says, by the first level of its topic; never raises, changes nothing."""
    first = message.topic.partition("/")[0]
    for family in families:
        if family.name == first:
            return family.decode(message, memory, around)
    detail = f"no family publishes under {first!r}" if first.isprintable() else "unreadable topic"
    excerpt = masked_excerpt(message.payload)
    refusal = Rejected(Reason.UNKNOWN_TOPIC, detail, "", "", len(message.payload), excerpt)
    return Decoded(rejected=(refusal,))
