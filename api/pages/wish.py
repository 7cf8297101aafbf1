"""Wishes: what someone who looks for a place asks for, and which places fit."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.catalogue import Catalogue
from api.pages.places import Place, Places
from occupancy.building import Building
from occupancy.space import Kind
from occupancy.state import State

ANY = "any"
Short = Annotated[str, StringConstraints(max_length=64)]


class Wish(BaseModel):
    """The filters of a form; empty means that it does not matter."""

    model_config = ConfigDict(frozen=True)

    kind: Short = Kind.DESK.value
    floor: Short = ""
    zone: Short = ""
    feature: Short = ""
    activity: Short = ""
    state: Short = State.FREE.value
    near: Short = ""

    def cleaned(self, building: Building) -> "Wish":
        """The same without what this building does not have, so that old addresses still work."""
        kind = self.kind if self.kind in {Kind.DESK, Kind.ROOM} else Kind.DESK
        state = self.state if self.state in {*State, ANY} else State.FREE
        known = {name: self._known(name, building) for name in ("floor", "zone", "near")}
        return self.model_copy(update={"kind": str(kind), "state": str(state)} | known)

    def _known(self, name: str, building: Building) -> str:
        value: str = getattr(self, name)
        if value not in building.index:
            return ""
        is_one = name == "near" or building.space(value).kind == name
        return value if is_one else ""

    def fits(self, place: Place) -> bool:
        """Whether a place has what is asked, whatever its state."""
        return (
            place.kind == self.kind
            and self.floor in {"", place.floor}
            and self.zone in {"", place.zone}
            and (not self.feature or self.feature in place.features)
            and (not self.activity or self.activity in place.activities)
        )

    def wants(self, place: Place) -> bool:
        """Whether its state is the one asked for."""
        return self.state in {ANY, place.state}


def fitting(wish: Wish, places: Places) -> list[Place]:
    """The places that fit, nearest first where the wish says near what."""
    entries = places.catalogue.of_kinds([Kind(wish.kind)])
    found = [place for entry in entries if wish.fits(place := places.of(entry))]
    return nearest_first(found, wish.near, places.catalogue) if wish.near else found


def nearest_first(found: Iterable[Place], near: str, catalogue: Catalogue) -> list[Place]:
    """Places by their distance; those on another floor, or not drawn, come last without one."""
    measured = [replace(one, distance_m=catalogue.distance_m(near, one.id)) for one in found]
    return sorted(measured, key=lambda p: math.inf if p.distance_m is None else p.distance_m)
