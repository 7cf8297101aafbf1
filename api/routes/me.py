"""Me: what the service holds of the caller, what it shows, and who looked."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.policy import Colleague
from api.context import InContext
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from api.query import refuse_keys
from api.reply import personal
from api.routes.choice import CHOICE_BODY, check_json, read_choice
from api.routes.people import Named
from api.routes.schema import object_of
from api.times import iso

router = APIRouter(prefix="/v1/me", tags=["me"])


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """What a person shows of where they are."""

    visible: bool
    precision: Precision
    invisible_until: str | None


class Me(msgspec.Struct, frozen=True):
    """The caller."""

    id: str
    name: str
    role: str
    tags: int
    """How many badges and phones are theirs."""
    finder: bool
    """Whether the colleague finder is on."""
    visibility: Shown


class LookedUp(msgspec.Struct, frozen=True):
    """That someone looked the caller up."""

    at: str | None
    who: Named
    purpose: str
    answer: str
    """Its kind: `building`, `floor`, `zone`, `room` or `unknown`."""


class Lookups(msgspec.Struct, frozen=True):
    """The newest look-ups of the caller, newest first, at most 1000."""

    lookups: list[LookedUp]


@router.get("", responses=object_of(Me))
async def me(request: Request, caller: Colleague, context: InContext) -> Response:
    """Who the caller is and what they show."""
    refuse_keys(request.query_params, ())
    register = context.services.people.register
    person = register.person(caller.person or "")
    tags = len(register.tags_of(person.id))
    finder = context.services.finder is not None
    answer = Me(person.id, person.name, person.role, tags, finder, _shown(person.visibility))
    return personal(answer)


@router.put("/visibility", responses=object_of(Shown), openapi_extra=CHOICE_BODY)
async def visibility(request: Request, caller: Colleague, context: InContext) -> Response:
    """Changes what the caller shows; it counts from the next look-up on."""
    refuse_keys(request.query_params, ())
    check_json(request)
    wanted = read_choice(await request.body(), context.services.now_ms())
    register = context.services.people.register
    await run_in_threadpool(register.choose, caller.person or "", wanted)
    return personal(_shown(wanted))


@router.get("/lookups", responses=object_of(Lookups))
async def lookups(request: Request, caller: Colleague, context: InContext) -> Response:
    """Who looked the caller up, when and for what."""
    refuse_keys(request.query_params, ())
    people = context.services.people
    return personal(await run_in_threadpool(_lookups, people, caller.person or ""))


def _lookups(people: PeopleStore, person_id: str) -> Lookups:
    names = {person.id: person.name for person in people.register.persons()}
    return Lookups(
        [
            LookedUp(
                iso(row.at_ms),
                Named(row.who, names.get(row.who, row.who)),
                row.purpose,
                row.answer,
            )
            for row in people.audit.about(person_id)
        ]
    )


def _shown(visibility: Visibility) -> Shown:
    until = iso(visibility.invisible_until_ms)
    return Shown(visibility.visible, visibility.precision, until)
