"""Find a desk: a plain form and the places that fit, right without any script."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.access.policy import Colleague
from api.context import InContext
from api.pages.page import STATES, Page
from api.pages.wish import ANY, Wish, fitting
from occupancy.space import ACTIVITIES, FEATURES, Kind, Space

router = APIRouter(include_in_schema=False)

MOST = 400
"""Places on one page; more are counted, not shown."""


@router.get("/desks")
def show_desks(
    request: Request,
    context: InContext,
    caller: Colleague,
    asked: Annotated[Wish, Query()],
) -> HTMLResponse:
    """The places that fit; those in another state are there too, hidden until they change."""
    page = Page(request, context, caller)
    wish = asked.cleaned(context.services.building)
    results = fitting(wish, page.places)
    # Those wanted now go first when not all can be shown.
    kept = results if len(results) <= MOST else sorted(results, key=lambda p: not wish.wants(p))
    return page.answer(
        "desks",
        here="desks",
        wish=wish,
        options=_options(page, wish),
        results=kept[:MOST],
        found=sum(wish.wants(place) for place in kept[:MOST]),
        cut=max(len(results) - MOST, 0),
    )


def _options(page: Page, wish: Wish) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each list: id and text."""
    building, said = page.services.building, page.texts.said
    zones, rooms = building.of_kind(Kind.ZONE), building.of_kind(Kind.ROOM)
    return {
        "floors": _named(page, building.of_kind(Kind.FLOOR), with_floor=False),
        "zones": _on_floor(page, zones, wish.floor),
        "near": _on_floor(page, [*zones, *rooms], wish.floor),
        "features": [(one, said(f"feature.{one}")) for one in FEATURES],
        "activities": [(one, said(f"activity.{one}")) for one in ACTIVITIES],
        "states": [
            *((one, said(f"state.{one}")) for one in STATES),
            (ANY, said("desks.state.any")),
        ],
    }


def _on_floor(page: Page, spaces: Iterable[Space], floor: str) -> list[tuple[str, str]]:
    entry = page.context.catalogue.entry
    inside = [space for space in spaces if not floor or entry[space.id].floor == floor]
    return _named(page, inside, with_floor=not floor)


def _named(page: Page, spaces: Iterable[Space], *, with_floor: bool) -> list[tuple[str, str]]:
    named = []
    for space in spaces:
        name = page.places.name(space.id)
        floor = page.context.catalogue.entry[space.id].floor
        said = f"{page.places.name(floor)}: {name}" if with_floor and floor else name
        named.append((space.id, said))
    return named
