"""Colleagues: who can be found, and where one of them is."""

import sqlite3

import msgspec
import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.policy import Colleague
from api.context import Context, InContext
from api.finder import Finder, Found
from api.people.person import UnknownPersonError
from api.problem import Problem
from api.query import refuse_keys
from api.reply import language_of, personal
from api.routes.schema import object_of
from api.times import iso_minute

router = APIRouter(prefix="/v1/people", tags=["people"])
log = structlog.get_logger(__name__)


class Named(msgspec.Struct, frozen=True):
    """A person by id and name."""

    id: str
    name: str


class People(msgspec.Struct, frozen=True):
    """Everyone who opted in."""

    people: list[Named]


class Place(msgspec.Struct, frozen=True):
    """A space by id, kind and name."""

    id: str
    kind: str
    name: str


class PersonAt(msgspec.Struct, frozen=True, rename="camel"):
    """Where a person is, as far as that person lets it be known."""

    id: str
    name: str
    state: str
    """`seen`, or `unknown` whatever the reason."""
    place: Place | None
    """Never finer than a room."""
    since: str | None
    """Floored to the minute; null where the place is coarser than what is known."""
    last_evidence: str | None
    """Floored to the minute."""
    probability: float | None


def finder_of(context: Context) -> Finder:
    """The colleague finder.

    Raises:
        Problem: 404 while it is off.
    """
    if context.services.finder is None:
        raise Problem(404, "the colleague finder is off")
    return context.services.finder


@router.get("", responses=object_of(People))
async def people(request: Request, caller: Colleague, context: InContext) -> Response:  # noqa: ARG001
    """Colleagues who can be found: all who opted in, by name."""
    finder = finder_of(context)
    refuse_keys(request.query_params, ())
    return personal(People([Named(person.id, person.name) for person in finder.listed()]))


@router.get("/{person_id}/whereabouts", responses=object_of(PersonAt))
async def whereabouts(
    person_id: str, request: Request, caller: Colleague, context: InContext
) -> Response:
    """Where a colleague is. The look-up is written down first, and that colleague can read it."""
    finder = finder_of(context)
    refuse_keys(request.query_params, ())
    now_ms = context.services.now_ms()
    try:
        found = await run_in_threadpool(finder.look_up, caller.person or "", person_id, now_ms)
    except UnknownPersonError:
        raise Problem(404, "found no colleague with this id; GET /v1/people lists them") from None
    except sqlite3.Error as error:
        context.meters.lookups.labels("refused").inc()
        log.warning("look-up not written down", error=type(error).__name__)
        raise Problem(
            503,
            "the look-up could not be written down, so it is not answered",
            headers={"Retry-After": "5"},
        ) from None
    answer = told(found, language_of(request))
    context.meters.lookups.labels(answer.state).inc()
    return personal(answer)


def told(found: Found, language: str) -> PersonAt:
    """What was found, as it is answered."""
    place = found.place
    return PersonAt(
        found.person.id,
        found.person.name,
        "seen" if place else "unknown",
        Place(place.id, place.kind, place.name.said(language)) if place else None,
        iso_minute(found.since_ms),
        iso_minute(found.last_heard_ms),
        found.probability,
    )
