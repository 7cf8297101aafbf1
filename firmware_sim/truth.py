"""What is really so in the simulated world, written beside what its boards say.

Owns the ground truth as JSON Lines, one event a line, in order of time as seen by each space and
each person. The first events tell the state at the beginning. Lines are of two kinds:

- ``{"t_ms": 1764000000000, "space": "desk-1", "occupied": true, "people": 1, "held": false}``:
  from then on somebody is, or nobody is, at this desk or in this room. ``held`` is true for a desk
  that nobody sits at but whose owner will come back to.
- ``{"t_ms": 1764000000000, "person": "p-001", "place": "zone-0-n", "space": "desk-1"}``: from then
  on the person is in this room or zone (or floor, between zones), or ``outside``; ``space`` is the
  desk or room where they have settled, left out while they walk or pause.

No name and no address is ever in it.
"""

from collections.abc import Iterable, Iterator
from typing import TextIO

import msgspec

from firmware_sim.crowd import Crowd
from firmware_sim.plan import Plan
from firmware_sim.stay import Change, Doing

OUTSIDE = "outside"


class SpaceTruth(msgspec.Struct, frozen=True):
    """Whether somebody is at a desk or in a room."""

    t_ms: int
    space: str
    occupied: bool
    people: int
    held: bool = False


class PersonTruth(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where somebody is."""

    t_ms: int
    person: str
    place: str
    space: str | None = None


Truth = SpaceTruth | PersonTruth


class Ledger:
    """Follows the crowd and tells what became true."""

    def __init__(self, plan: Plan, crowd: Crowd, names: Iterable[str]) -> None:
        """Nothing is told yet.

        Args:
            plan: The building.
            crowd: Who is followed.
            names: Id of each person, in the crowd's order.
        """
        self._plan, self._crowd, self._names = plan, crowd, tuple(names)
        spaces = (*plan.of_kind("desk"), *plan.of_kind("room"))
        self._people = dict.fromkeys((space.id for space in spaces), 0)
        self._told: list[tuple[str, str | None] | None] = [None] * len(self._names)

    def begin(self, now_ms: int) -> Iterator[Truth]:
        """The state of everything at the beginning."""
        for person in self._crowd.people:
            if person.walk is None:
                self._count(person.stay.space, 1)
        held = {person.desk for person in self._crowd.people}
        for space, people in self._people.items():
            yield SpaceTruth(now_ms, space, people > 0, people, people == 0 and space in held)
        for person in self._crowd.people:
            yield from self._whereabouts(person.index, now_ms)

    def step(self, changes: Iterable[Change], end_ms: int) -> Iterator[Truth]:
        """What became true by the end of a step."""
        for change in changes:
            yield from self._spaces(change)
            if change.came:
                yield from self._settled(change)
        for index in list(self._crowd.under_way):
            yield from self._whereabouts(index, end_ms)

    def _spaces(self, change: Change) -> Iterator[Truth]:
        for space in self._count(change.stay.space, 1 if change.came else -1):
            people = self._people[space]
            held = people == 0 and change.keeps_desk and change.stay.doing is Doing.DESK
            held = held and space == change.stay.space
            yield SpaceTruth(change.at_ms, space, people > 0, people, held)

    def _count(self, space: str | None, step: int) -> list[str]:
        """Count somebody in or out of a desk or room, and of the room around a desk."""
        if space is None:
            return []
        room = self._plan.around(space, "room")
        around = [space] if room is None or room.id == space else [space, room.id]
        for here in around:
            self._people[here] += step
        return around

    def _settled(self, change: Change) -> Iterator[Truth]:
        place, space = OUTSIDE, change.stay.space
        if space is not None:
            area = self._plan.around(space, "room", "zone", "floor")
            place = OUTSIDE if area is None else area.id
        elif change.stay.doing is not Doing.OUTSIDE:
            spot = change.stay.spot
            place = self._plan.locate(spot.x, spot.y, spot.floor)
        yield from self._tell(change.person, change.at_ms, place, space)

    def _whereabouts(self, index: int, now_ms: int) -> Iterator[Truth]:
        person = self._crowd.people[index]
        place = self._crowd.place(person, now_ms) or OUTSIDE
        yield from self._tell(index, now_ms, place, None if person.walk else person.stay.space)

    def _tell(self, index: int, at_ms: int, place: str, space: str | None) -> Iterator[Truth]:
        if self._told[index] != (place, space):
            self._told[index] = (place, space)
            yield PersonTruth(at_ms, self._names[index], place, space)


class TruthFile:
    """Writes truths to a file, a line each."""

    def __init__(self, file: TextIO) -> None:
        """Write to an open file."""
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, truths: Iterable[Truth]) -> None:
        """Append some truths."""
        for truth in truths:
            self._file.write(self._encoder.encode(truth).decode() + "\n")

    def flush(self) -> None:
        """Hand over what is buffered to the operating system."""
        self._file.flush()
