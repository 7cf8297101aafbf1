"""Topics that announcements name: where the states of devices lie, wherever that is."""

from collections.abc import Container

import msgspec

from sensors.families.discovery.config import Entity, Life
from sensors.families.discovery.facts import told_of
from sensors.families.discovery.family import AVAILABILITY, PREFIX, STATE
from sensors.statement import Facts

MOST = 2_000
"""Topics that are followed; a building has fewer, a flood of announcements more."""
_entity, _life = msgspec.json.Decoder(Entity), msgspec.json.Decoder(Life)


def topics_of(remembered: Facts, devices: Container[str]) -> tuple[str, ...]:
    """The topics of some devices that lie outside the discovery prefix, in order.

    Args:
        remembered: What was announced.
        devices: Their wire names.
    """
    found = {
        topic
        for begin, decoder in ((STATE, _entity), (AVAILABILITY, _life))
        for key in remembered
        if key.startswith(begin) and "#" not in key
        for told in told_of(key, remembered)
        if decoder.decode(told).device in devices and _may_be_heard(topic := key[len(begin) :])
    }
    return tuple(sorted(found)[:MOST])


def _may_be_heard(topic: str) -> bool:
    """Not one of the broker's own, nor one that is heard anyway, nor a filter."""
    return bool(topic) and "+" not in topic and not topic.startswith(("$", f"{PREFIX}/"))
