"""The decoder: finds the family of a message and has it decoded."""

from sensors.entry import Decoded
from sensors.families.directory import heard, origin_of
from sensors.families.vrijplek import PREFIX, VrijplekFamily
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.placing import placed
from sensors.rejected import Reason, Rejected, masked_excerpt

_OURS = VrijplekFamily()
_OUR_TOPICS = PREFIX.partition("/")[0] + "/"


def decode(message: Message, memory: Memory, around: Surroundings) -> Decoded:
    """What a message says, by its topic; never raises, changes nothing."""
    if message.topic.startswith(_OUR_TOPICS):
        return _OURS.decode(message, memory, around)
    origin = origin_of(message.topic, message.payload, memory.learned, around.routes)
    if origin.family:
        hearing = heard(origin, message, memory.learned, around.keys())
        return placed(origin.family, hearing, message, memory, around)
    first = message.topic.partition("/")[0]
    detail = f"no family publishes under {first!r}" if first.isprintable() else "unreadable topic"
    excerpt = masked_excerpt(message.payload)
    refusal = Rejected(Reason.UNKNOWN_TOPIC, detail, "", "", len(message.payload), excerpt)
    return Decoded(rejected=(refusal,))
