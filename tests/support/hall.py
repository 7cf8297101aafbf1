"""A building of desks alone, for what is counted of many."""

from occupancy.building import Building
from occupancy.label import Label
from occupancy.space import Kind, Space


def hall(*floors: tuple[int, ...]) -> Building:
    """A building with these floors; each number is the desks of a zone, the first of no zone.

    >>> [space.id for space in hall((1, 2)).spaces]
    ['hq', 'f0', 'f0-d0', 'f0-z1', 'f0-z1-d0', 'f0-z1-d1']
    """
    spaces = [_space("hq", Kind.BUILDING, None)]
    for level, desks in enumerate(floors):
        floor = f"f{level}"
        spaces.append(_space(floor, Kind.FLOOR, "hq"))
        for zone, count in enumerate(desks):
            around = f"{floor}-z{zone}" if zone else floor
            if zone:
                spaces.append(_space(around, Kind.ZONE, floor))
            spaces += [_space(f"{around}-d{n}", Kind.DESK, around) for n in range(count)]
    return Building("hq", Label("Hal", "Hall"), "Europe/Amsterdam", tuple(spaces))


def _space(name: str, kind: Kind, parent: str | None) -> Space:
    return Space(name, kind, Label(name, name), parent)
