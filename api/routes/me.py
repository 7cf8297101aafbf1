"""Me: what the service holds of the caller, what it shows, and who looked."""

import json
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.responses import Response

from api.access.policy import Colleague
from api.context import InContext
from api.people.person import Precision, Visibility
from api.people.store import PeopleStore
from api.problem import FieldError, Problem, WrongInput
from api.query import MOST_QUOTED, refuse_keys
from api.reply import JSON, personal
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
        """The choice as it is kept.

        Raises:
            OverflowError: If the pause ends in a year that has no timestamp.
        """
        until = self.invisible_until
        until_ms = None if until is None else round(until.timestamp() * 1000)
        return Visibility(self.visible, self.precision, until_ms)


UNTIL = "invisibleUntil"
EXPECTED = {
    "visible": "true or false",
    "precision": "one of " + ", ".join(Precision),
    UNTIL: "a time with an offset, such as 2026-11-23T15:00:00+01:00, or null",
    "body": "a JSON object with visible, precision and, for a pause, invisibleUntil",
}
"""What is right for each field, in words."""

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


def check_json(request: Request) -> None:
    """Refuses a body that does not say that it is JSON.

    Raises:
        Problem: If it says that it is something else, or nothing: 415.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != JSON:
        found = repr(said[:MOST_QUOTED]) if said else "no Content-Type"
        raise Problem(415, f"found {found}, expected Content-Type: {JSON}")


def read_choice(body: bytes, now_ms: int) -> Visibility:
    """The choice that a body holds.

    Args:
        body: As it was sent.
        now_ms: Now, ms UTC; a pause must end after it.

    Raises:
        WrongInput: If it holds none, with all that is wrong with it.
    """
    try:
        wanted = Choice.model_validate_json(body).visibility()
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False)
        raise WrongInput(map(_field_error, told)) from None
    except OverflowError:
        raise WrongInput([FieldError(UNTIL, "a year out of range", EXPECTED[UNTIL])]) from None
    if wanted.invisible_until_ms is not None and wanted.invisible_until_ms <= now_ms:
        expected = "a time to come, or null for no pause"
        raise WrongInput([FieldError(UNTIL, "a time that has passed", expected)])
    return wanted


def _field_error(error: ErrorDetails) -> FieldError:
    field = str(error["loc"][0]) if error["loc"] else "body"
    if error["type"] == "extra_forbidden":
        known = ", ".join(key for key in EXPECTED if key != "body")
        return FieldError(field[:MOST_QUOTED], "an unknown key", f"one of {known}")
    if error["type"] == "missing":
        found = "nothing"
    elif field == "body":
        is_json = error["type"] == "model_type"
        found = "JSON that is no object" if is_json else "text that is no JSON"
    else:
        found = json.dumps(error["input"])[:MOST_QUOTED]
    return FieldError(field, found, EXPECTED[field])


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
