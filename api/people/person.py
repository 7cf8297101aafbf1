"""Persons: a colleague and what they chose to show of themselves."""

from enum import StrEnum

import msgspec

from api.access.role import Role


class Precision(StrEnum):
    """How precisely a person lets colleagues see where they are, from coarse to fine."""

    BUILDING = "building"
    FLOOR = "floor"
    ZONE = "zone"
    ROOM = "room"


class Visibility(msgspec.Struct, frozen=True):
    """What a person chose. The default shows nothing: one opts in."""

    visible: bool = False
    precision: Precision = Precision.ZONE
    invisible_until_ms: int | None = None
    """Shown to nobody before this time, ms UTC; None for no pause."""

    def shown_at(self, now_ms: int) -> bool:
        """Whether colleagues may see this person now.

        >>> Visibility(visible=True, invisible_until_ms=10).shown_at(9), Visibility().shown_at(9)
        (False, False)
        """
        return self.visible and (self.invisible_until_ms or 0) <= now_ms


class Person(msgspec.Struct, frozen=True):
    """One colleague."""

    id: str
    """Says nothing of the name, because it is part of addresses and logs."""
    name: str
    role: Role = Role.STAFF
    visibility: Visibility = Visibility()


class UnknownPersonError(LookupError):
    """There is no person with this id."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"found no person {person_id!r}, expected an id of the people store")
