"""The invented people: who they are, where they like to sit, which tag they carry.

Owns names and tag addresses, which live in memory only. A person is the same one for the same site
and seed however many others there are.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from firmware_sim.names import FAMILY, GIVEN
from firmware_sim.plan import Plan


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """One invented person."""

    id: str
    name: str
    home_zone: str
    address: str | None
    """Radio address of the tag: a random static one, so its two highest bits are set.

    None for somebody who carries none.

    Source: Bluetooth Core 5.4, Vol 6, Part B, 1.3.2.1.
    """


def seeded(seed: int, site: str, *purposes: str) -> np.random.Generator:
    """A source of chance of its own for one purpose, the same for the same arguments.

    >>> seeded(1, "hq", "walk").integers(99) == seeded(1, "hq", "walk").integers(99)
    np.True_
    """
    words = [zlib.crc32(text.encode()) for text in (site, *purposes)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def random_address(chance: np.random.Generator, top_bits: int = 0b11) -> str:
    """A radio address of 48 random bits under two given top bits."""
    octets = [int(octet) for octet in chance.integers(0, 256, 6)]
    octets[0] = octets[0] & 0x3F | top_bits << 6
    return ":".join(f"{octet:02x}" for octet in octets)


def roster(plan: Plan, seed: int, count: int, tag_share: float = 1.0) -> tuple[Inhabitant, ...]:
    """The people of a building.

    Args:
        plan: The building: its site and its zones with desks.
        seed: Who is invented.
        count: How many.
        tag_share: How likely each of them carries a tag.
    """
    homes = home_zones(plan)
    order = seeded(seed, plan.site, "names")
    pairs = order.permutation(len(GIVEN) * len(FAMILY))
    people = []
    for i in range(count):
        chance = seeded(seed, plan.site, "person", str(i))
        given, family = divmod(int(pairs[i % len(pairs)]), len(FAMILY))
        home = homes[int(chance.integers(len(homes)))]
        name = f"{GIVEN[given]} {FAMILY[family]}"
        address = random_address(chance)
        carries = chance.random() < tag_share
        people.append(Inhabitant(f"p-{i + 1:03d}", name, home, address if carries else None))
    return tuple(people)


def home_zones(plan: Plan) -> list[str]:
    """One entry per desk: the zone (else room, else floor) it lies in, so that large ones count."""
    homes = []
    for desk in plan.of_kind("desk"):
        area = plan.around(desk.id, "zone", "room", "floor")
        if area is not None:
            homes.append(area.id)
    return homes or [plan.floors[0].id]
