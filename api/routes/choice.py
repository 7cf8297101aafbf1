"""Choices: what a person wants to show, read from a body and checked in words that fit."""

import json
from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Request
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from api.people.person import Precision, Visibility
from api.problem import FieldError, Problem, WrongInput
from api.query import MOST_QUOTED
from api.reply import JSON


class Choice(BaseModel):
    """What a person wants to show from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    visible: bool
    precision: Annotated[Precision, Field(strict=False)]
    invisible_until: Annotated[AwareDatetime | None, Field(alias="invisibleUntil")] = None

    @field_validator("invisible_until")
    @classmethod
    def _is_to_come(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        """Refuses a pause that is over, or that ends in a year that UTC can't write."""
        if until is None:
            return None
        try:
            until_ms = until.astimezone(UTC).timestamp() * 1000
        except OverflowError:
            raise PydanticCustomError("year", "a year out of range") from None
        if until_ms <= cast("int", info.context):
            raise PydanticCustomError("past", "a time that has passed")
        return until

    def visibility(self) -> Visibility:
        """The choice as it is kept."""
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
        return Choice.model_validate_json(body, context=now_ms).visibility()
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False)
        raise WrongInput(map(_field_error, told)) from None


def _field_error(error: ErrorDetails) -> FieldError:
    field = str(error["loc"][0]) if error["loc"] else "body"
    if error["type"] == "extra_forbidden":
        known = ", ".join(key for key in EXPECTED if key != "body")
        return FieldError(field[:MOST_QUOTED], "an unknown key", f"one of {known}")
    if error["type"] == "missing":
        found = "nothing"
    elif error["type"] in {"past", "year"}:
        return FieldError(field, error["msg"], "a time to come, or null for no pause")
    elif field == "body":
        is_json = error["type"] == "model_type"
        found = "JSON that is no object" if is_json else "text that is no JSON"
    else:
        found = json.dumps(error["input"])[:MOST_QUOTED]
    return FieldError(field, found, EXPECTED[field])
