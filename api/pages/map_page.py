"""The live map: one floor as a drawing, the same places as a list, and one place in detail."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.access.policy import Colleague
from api.context import InContext
from api.pages.outlook import Change, changes
from api.pages.page import Page
from api.pages.places import SHOWN, Place, counts
from api.pages.plans import plan_of
from api.pages.reasons import Reason, reasons
from api.problem import Problem
from occupancy.building import Building
from occupancy.space import Kind, Space

router = APIRouter(include_in_schema=False)


class NoSuchPlaceError(Problem):
    """A place that this building does not have, or that no page shows: 404."""

    def __init__(self, space: str) -> None:
        super().__init__(404, f"found {space!r}, expected the id of a desk, room or floor")


@router.get("/")
def show_map(
    request: Request, context: InContext, caller: Colleague, floor: str = "", space: str = ""
) -> HTMLResponse:
    """The map of a floor, the ground floor where none is asked."""
    page = Page(request, context, caller)
    building = context.services.building
    selected = page.places.one(shown_space(building, space).id) if space else None
    here = selected.floor if selected else _floor(building, floor)
    on_floor = page.places.on(here)
    return page.answer(
        "map",
        here="map",
        floor=here,
        floor_name=page.places.name(here),
        floors=_floors(page),
        plan=plan_of(building, here),
        places={place.id: place for place in on_floor},
        names={s.id: page.places.name(s.id) for s in building.inside(here)},
        counts=(states := counts(on_floor)),
        total=sum(states.values()),
        groups=_groups(page, on_floor),
        selected=selected,
        reasons=_reasons(page, selected) if selected else None,
        outlook=_outlook(page, selected) if selected else None,
    )


@router.get("/spaces/{space}")
def show_details(
    request: Request, context: InContext, caller: Colleague, space: str
) -> HTMLResponse:
    """The details of one place, as a part of the map's page."""
    page = Page(request, context, caller)
    selected = page.places.one(shown_space(context.services.building, space).id)
    reasons, outlook = _reasons(page, selected), _outlook(page, selected)
    return page.answer("details", selected=selected, reasons=reasons, outlook=outlook)


def floor_space(building: Building, floor: str) -> Space:
    """The floor with this id.

    Raises:
        NoSuchPlaceError: If there is none.
    """
    if floor not in building.index or building.space(floor).kind is not Kind.FLOOR:
        raise NoSuchPlaceError(floor)
    return building.space(floor)


def shown_space(building: Building, space: str) -> Space:
    """The desk or room with this id.

    Raises:
        NoSuchPlaceError: If there is none.
    """
    if space not in building.index or building.space(space).kind not in SHOWN:
        raise NoSuchPlaceError(space)
    return building.space(space)


def _floor(building: Building, asked: str) -> str:
    """The floor asked for, by its own id or that of anything on it; else the one at street level.

    Raises:
        NoSuchPlaceError: If the building has no such space, or no floor at all.
    """
    if asked:
        around = building.around(asked, Kind.FLOOR) if asked in building.index else None
        if around is None:
            raise NoSuchPlaceError(asked)
        return around.id
    floors = building.of_kind(Kind.FLOOR)
    if not floors:
        raise NoSuchPlaceError("a building without floors")
    return min(floors, key=lambda floor: abs(floor.level or 0)).id


def _floors(page: Page) -> list[dict[str, object]]:
    """The tabs of the floors, lowest first, each with its desks for the script to count."""
    floors = sorted(page.services.building.of_kind(Kind.FLOOR), key=lambda one: one.level or 0)
    tabs = []
    for floor in floors:
        places = page.places.on(floor.id)
        desks = [place.id for place in places if place.kind == Kind.DESK]
        name = page.places.name(floor.id)
        tabs.append({"id": floor.id, "name": name, "free": counts(places)["free"], "desks": desks})
    return tabs


def _groups(page: Page, places: tuple[Place, ...]) -> list[tuple[str, list[Place]]]:
    """The list beside the map: rooms first, then desks by zone."""
    rooms = [place for place in places if place.kind == Kind.ROOM]
    groups = [(page.texts.said("list.rooms"), rooms)] if rooms else []
    desks: dict[str, list[Place]] = {}
    for place in places:
        if place.kind == Kind.DESK:
            desks.setdefault(place.zone, []).append(place)
    elsewhere = page.texts.said("list.elsewhere")
    groups += [(page.places.name(z) if z else elsewhere, inside) for z, inside in desks.items()]
    return groups


def _reasons(page: Page, place: Place) -> list[Reason]:
    """Why a place is in its state, strongest first."""
    return reasons(page.services.view.explain(place.id), _known(page, "reason."))


def _outlook(page: Page, place: Place) -> list[Change]:
    """What would change its state."""
    return changes(page.services.view.outlook(place.id), _known(page, "outlook.cause."))


def _known(page: Page, prefix: str) -> list[str]:
    """What has a text below a prefix."""
    return [k.removeprefix(prefix) for k in page.texts.catalogue if k.startswith(prefix)]
