"""Facts of announcements: many entities can share one topic, and one config can change them all.

Each topic has numbered places, one for each entity; a config remembers which of them are its own.
So an announcement costs what it tells, however many others share its topics.
"""

from collections.abc import Iterable, Iterator

import msgspec

from sensors.statement import Facts, Learned

PLACES_LIMIT = 256
"""Entities of one topic that are followed."""
CONFIG = "homeassistant/configs/"
_places = msgspec.json.Decoder(list[tuple[str, int]])


def told_of(key: str, remembered: Facts) -> Iterator[str]:
    """What configs told of a topic, in the order in which they came."""
    count = remembered.get(key)
    for at in range(int(count) if count else 0):
        told = remembered.get(_place(key, at))
        if told:
            yield told


def changed(
    config: str, wanted: Iterable[tuple[str, str]], remembered: Facts
) -> tuple[Learned, ...]:
    """The facts that change when a config tells this; nothing for one that repeats itself.

    Args:
        config: Its topic.
        wanted: The key of each topic and what is told of it; none to forget the config.
        remembered: What is known so far.
    """
    changes = _Changes(remembered)
    before = remembered.get(CONFIG + config)
    held = _places.decode(before) if before else []
    for key, at in held:
        changes.facts[_place(key, at)] = ""
    taken = [place for key, told in dict.fromkeys(wanted) if (place := changes.take(key, told))]
    for key in dict.fromkeys(key for key, _ in held):
        changes.close(key)
    changes.facts[CONFIG + config] = msgspec.json.encode(taken).decode() if taken else ""
    known = remembered
    return tuple(Learned(k, v) for k, v in changes.facts.items() if known.get(k, "") != v)


def _place(key: str, at: int) -> str:
    """No topic that is published has a `#`, so no key of a topic looks like this."""
    return f"{key}#{at}"


class _Changes:
    """Facts before they are learned."""

    def __init__(self, remembered: Facts) -> None:
        self._known, self.facts = remembered, dict[str, str]()
        self._free: dict[str, int] = {}

    def _now(self, key: str) -> str:
        return self.facts.get(key, self._known.get(key, ""))

    def take(self, key: str, told: str) -> tuple[str, int] | None:
        """The first free place of a topic, taken; None where there is none."""
        for at in range(self._free.get(key, 0), PLACES_LIMIT):
            if not self._now(_place(key, at)):
                self.facts[_place(key, at)] = told
                self.facts[key] = str(max(int(self._now(key) or 0), at + 1))
                self._free[key] = at + 1
                return key, at
        self._free[key] = PLACES_LIMIT
        return None

    def close(self, key: str) -> None:
        """Forget a topic that has no place taken any more."""
        if not any(self._now(_place(key, at)) for at in range(int(self._now(key) or 0))):
            self.facts[key] = ""
