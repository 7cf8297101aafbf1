"""The screen on the wall: an empty shell for anyone, and the plan for a key that may see it.

The key of a screen stands in the fragment of the address, which browsers never send. The shell's
script takes it from there and asks for the plan and the changes with it.
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.access.policy import PUBLIC, Viewer
from api.context import InContext
from api.pages.map_page import floor_space
from api.pages.page import Page
from api.pages.plans import plan_of
from api.problem import Forbidden
from occupancy.space import Kind

router = APIRouter(include_in_schema=False)


@router.get("/screen/{floor}", dependencies=[Depends(PUBLIC)])
def show_screen(request: Request, context: InContext, floor: str) -> HTMLResponse:
    """The shell: it holds nothing of the building, not even whether the floor exists."""
    return Page(request, context).answer("screen", floor=floor)


@router.get("/screen/{floor}/plan")
def show_plan(request: Request, context: InContext, caller: Viewer, floor: str) -> HTMLResponse:
    """The drawing of the floor with its states, for the shell."""
    if caller.floor not in {None, floor}:
        raise Forbidden(f"found a key for floor {caller.floor}, expected one for {floor}")
    page = Page(request, context, caller)
    here = floor_space(context.services.building, floor).id
    places = page.places.on(here)
    return page.answer(
        "screen_plan",
        floor_name=page.places.name(here),
        plan=plan_of(context.services.building, here),
        places={place.id: place for place in places},
        desks=[place.id for place in places if place.kind == Kind.DESK],
        rooms=[place.id for place in places if place.kind == Kind.ROOM],
        names={s.id: page.places.name(s.id) for s in context.services.building.inside(here)},
    )
