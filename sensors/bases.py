"""Bases: families that speak below other first levels of a topic than usual.

Somebody has two Zigbee2MQTT bridges, or a broker that hands on another's topics with a prefix. A
family always hears topics as its maker documents them; what it says is then told apart by the base,
so that two devices of one name stay two. The wire name of such a device is `<base>#<device>`: no
topic has a `#` in it.
"""

from collections.abc import Iterator, Mapping

import msgspec

from sensors.statement import Facts, Hearing

SIGN = "#"


def under(base: str, device: str) -> str:
    """The wire name of a device below a base; without a base, its own.

    >>> under("annex/z2m", "desk 1"), under("", "desk 1"), under("annex/z2m", "")
    ('annex/z2m#desk 1', 'desk 1', '')
    """
    return f"{base}{SIGN}{device}" if base and device else device


def parted(name: str) -> tuple[str, str]:
    """The base in a wire name, empty where it is the usual one, and the device.

    >>> parted("annex/z2m#desk 1"), parted("desk 1")
    (('annex/z2m', 'desk 1'), ('', 'desk 1'))
    """
    base, sign, device = name.partition(SIGN)
    return (base, device) if sign else ("", name)


class Within(Mapping[str, str]):
    """The facts of what speaks below one base.

    >>> dict(Within({"annex#zigbee2mqtt/x": "1", "zigbee2mqtt/x": "2"}, "annex"))
    {'zigbee2mqtt/x': '1'}
    """

    def __init__(self, facts: Facts, base: str) -> None:
        self._facts, self._begin = facts, base + SIGN

    def __getitem__(self, key: str) -> str:
        """The fact of a key below the base."""
        return self._facts[self._begin + key]

    def __iter__(self) -> Iterator[str]:
        """Keys below the base."""
        begin = self._begin
        return (key[len(begin) :] for key in self._facts if key.startswith(begin))

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)


def told_apart(hearing: Hearing, base: str) -> Hearing:
    """A hearing whose devices and facts are those of a base."""
    replace = msgspec.structs.replace
    return replace(
        hearing,
        device=under(base, hearing.device),
        statements=tuple(
            replace(said, device=under(base, said.device)) for said in hearing.statements
        ),
        gone_below=under(base, hearing.gone_below),
        also_gone=tuple(under(base, device) for device in hearing.also_gone),
        learned=tuple(replace(fact, key=base + SIGN + fact.key) for fact in hearing.learned),
        announced=tuple(replace(one, device=under(base, one.device)) for one in hearing.announced),
    )
