"""Problems: every error of the API as one kind of answer.

Source:
    RFC 9457, problem details; `status`, `title` and `detail` are always there.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class FieldError(msgspec.Struct, frozen=True):
    """One thing that is wrong with what the caller sent."""

    field: str
    """Where: a query key, a header or a path in the body."""
    found: str
    expected: str


class ProblemBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem as it is written."""

    title: str
    status: int
    detail: str
    type: str = msgspec.field(default_factory=lambda: "about:blank")
    errors: tuple[FieldError, ...] = ()


class Problem(Exception):  # noqa: N818 (an answer, named as RFC 9457 does)
    """An answer with an error status.

    Args:
        status: 400 and up.
        detail: What was found and what to do, for a person; no names, tokens or addresses.
        errors: Each thing that is wrong with the input.
        headers: Extra headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The problem as an answer."""
        body = ProblemBody(HTTPStatus(self.status).phrase, self.status, self.detail, "about:blank")
        body = msgspec.structs.replace(body, errors=self.errors)
        return Response(
            msgspec.json.encode(body),
            self.status,
            headers={"Cache-Control": "no-store"} | self.headers,
            media_type=MEDIA_TYPE,
        )


class NotSignedIn(Problem):
    """No key or session, or one that is not valid: 401."""

    def __init__(self, reason: str) -> None:
        super().__init__(401, reason, headers={"WWW-Authenticate": 'Bearer realm="vrijplek"'})


class Forbidden(Problem):
    """A valid caller that may not do this: 403."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, reason)


class WrongInput(Problem):
    """Input that can't be understood, with all that is wrong with it: 400."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        told = tuple(errors)
        words = "; ".join(f"{e.field}: found {e.found}, expected {e.expected}" for e in told)
        super().__init__(400, words or "the request can't be understood", told)
