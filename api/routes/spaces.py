"""Desks, rooms and spaces: lists of them, and one with what is behind its state."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access.caller import Caller
from api.access.policy import Viewer
from api.access.role import Role
from api.answers import AnySpace, Desk, OneSpace, Room, any_space, change, one_space, reason
from api.context import Context, InContext
from api.problem import Problem
from api.query import SpaceQuery, check_scope, refuse_keys
from api.reply import language_of, polled, polled_struct
from api.routes.schema import listed, many, object_of, parameter
from occupancy.space import ACTIVITIES, FEATURES
from occupancy.state import State

router = APIRouter(prefix="/v1", tags=["spaces"])

ASKED: dict[str, object] = {
    "parameters": [
        many("floor", "Ids of floors; any of them."),
        many("zone", "Ids of zones; any of them."),
        many("state", "States; any of them.", State),
        many("feature", "What must be there, all of it.", FEATURES),
        many("activity", "What it must be good for, all of it.", ACTIVITIES),
        parameter(
            "near",
            "Id of a space: sorts by `distance` to it, in metres; other floors last.",
            {"type": "string"},
        ),
    ]
}
"""The query of every list of spaces, as the description tells it."""


def _list(noun: str, request: Request, caller: Caller, context: Context) -> Response:
    query = SpaceQuery.read(request.query_params, context.catalogue)
    named = query.floors | query.zones | ({query.near} if query.near else frozenset())
    check_scope(caller, context.catalogue, named)
    language = language_of(request)
    encoded = context.listing.encoded(noun, query, caller.floor, language)
    return polled(request, encoded, language)


@router.get("/desks", responses=listed("desks", Desk), openapi_extra=ASKED)
async def desks(request: Request, caller: Viewer, context: InContext) -> Response:
    """All desks and whether they are free."""
    return _list("desks", request, caller, context)


@router.get("/rooms", responses=listed("rooms", Room), openapi_extra=ASKED)
async def rooms(request: Request, caller: Viewer, context: InContext) -> Response:
    """All rooms and whether they are free."""
    return _list("rooms", request, caller, context)


@router.get("/spaces", responses=listed("spaces", AnySpace), openapi_extra=ASKED)
async def spaces(request: Request, caller: Viewer, context: InContext) -> Response:
    """The whole tree: building, floors, zones, rooms and desks."""
    return _list("spaces", request, caller, context)


@router.get("/spaces/{space_id}", responses=object_of(OneSpace))
async def space(space_id: str, request: Request, caller: Viewer, context: InContext) -> Response:
    """One space, with what speaks for and against its being occupied, and what would change it."""
    refuse_keys(request.query_params, ())
    entry = context.catalogue.entry.get(space_id)
    if entry is None:
        raise Problem(404, "found no space with this id; GET /v1/spaces lists them")
    check_scope(caller, context.catalogue, [space_id])
    language = language_of(request)
    status, rollup = context.listing.status(entry)
    with_source = caller.role is not Role.SCREEN
    view = context.services.view
    evidence = () if rollup else view.explain(space_id)
    reasons = [reason(item, with_source=with_source) for item in evidence]
    prospects = () if rollup else view.outlook(space_id)
    outlook = [change(item, with_source=with_source) for item in prospects]
    answer = any_space(entry, status, language, rollup)
    return polled_struct(request, one_space(answer, status, reasons, outlook), language)
