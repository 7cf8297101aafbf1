"""Replies: answers with the headers that fit what they hold."""

import msgspec
from fastapi import Request
from starlette.responses import Response

from api.etag import etag_of, has_already
from api.listing import Encoded
from api.pages.language import chosen

JSON = "application/json"
VARY = "Accept, Accept-Language, Authorization, Cookie"


def language_of(request: Request) -> str:
    """The language for names in an answer: what `Accept-Language` prefers, else Dutch."""
    return chosen(None, None, request.headers.get("accept-language"))


def polled(request: Request, encoded: Encoded, language: str) -> Response:
    """An answer that is asked for again and again: 304 where the caller has it already."""
    headers = {
        "ETag": encoded.etag,
        "Cache-Control": "private, no-cache",
        "Vary": VARY,
        "Content-Language": language,
    }
    if has_already(request.headers.get("if-none-match"), encoded.etag):
        return Response(status_code=304, headers=headers)
    return Response(encoded.body, headers=headers, media_type=JSON)


def polled_struct(request: Request, answer: msgspec.Struct, language: str) -> Response:
    """As `polled`, for an answer that is not encoded yet."""
    body = msgspec.json.encode(answer)
    return polled(request, Encoded(body, etag_of(body)), language)


def personal(answer: msgspec.Struct) -> Response:
    """An answer about persons, or for one caller alone: kept nowhere."""
    return Response(
        msgspec.json.encode(answer), headers={"Cache-Control": "no-store"}, media_type=JSON
    )
