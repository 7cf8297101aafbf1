"""Me: what the service holds of the caller, what it shows, and who looked."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from api.access.policy import Colleague
from api.context import InContext
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from api.problem import FieldError, WrongInput
from api.query import refuse_keys
from api.reply import personal
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


class Choice(BaseModel):
    """What a person wants to show from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    visible: bool
    precision: Annotated[Precision, Field(strict=False)]
    invisible_until: Annotated[
        AwareDatetime | None, Field(strict=False, alias="invisibleUntil")
    ] = None

    def visibility(self) -> Visibility:
        """The choice as it is kept."""
        until = self.invisible_until
        until_ms = None if until is None else round(until.timestamp() * 1000)
        return Visibility(self.visible, self.precision, until_ms)


_SCHEMA = Choice.model_json_schema(ref_template="#/components/schemas/{model}")
_SCHEMA.pop("$defs", None)
CHOICE_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}
}


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
    wanted = read_choice(await request.body())
    register = context.services.people.register
    await run_in_threadpool(register.choose, caller.person or "", wanted)
    return personal(_shown(wanted))


@router.get("/lookups", responses=object_of(Lookups))
async def lookups(request: Request, caller: Colleague, context: InContext) -> Response:
    """Who looked the caller up, when and for what."""
    refuse_keys(request.query_params, ())
    people = context.services.people
    return personal(await run_in_threadpool(_lookups, people, caller.person or ""))


def read_choice(body: bytes) -> Visibility:
    """The choice that a body holds.

    Raises:
        WrongInput: If it holds none, with all that is wrong with it.
    """
    try:
        return Choice.model_validate_json(body).visibility()
    except ValidationError as error:
        raise WrongInput(
            FieldError(
                ".".join(map(str, part["loc"])) or "body",
                "something else",
                part["msg"],
            )
            for part in error.errors(include_url=False, include_context=False, include_input=False)
        ) from None
    except OverflowError:
        raise WrongInput([FieldError("invisibleUntil", "a year out of range", "a time")]) from None


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
