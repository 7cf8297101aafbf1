"""Schemas: how answers are described in the API's own description (OpenAPI)."""

from collections.abc import Iterable
from typing import TypedDict

import msgspec

Json = dict[str, object]
Responses = dict[int | str, dict[str, object]]

_DESCRIBED: dict[str, type[msgspec.Struct]] = {}
"""Filled while the routes are made; each shape once."""


class _Content(TypedDict):
    schema: Json


def object_of(shape: type[msgspec.Struct]) -> Responses:
    """The description of an answer that is one object."""
    return _answer(_reference(shape))


def listed(noun: str, shape: type[msgspec.Struct]) -> Responses:
    """The description of an answer that is an object with one list."""
    items: Json = {"type": "array", "items": _reference(shape)}
    return _answer({"type": "object", "properties": {noun: items}, "required": [noun]})


def body_of(shape: type[msgspec.Struct]) -> Json:
    """The description of a body that is one object, for ``openapi_extra``."""
    content = {"application/json": {"schema": _reference(shape)}}
    return {"requestBody": {"required": True, "content": content}}


def components() -> Json:
    """Every shape that any answer refers to, by name."""
    shapes: Iterable[type[msgspec.Struct]] = _DESCRIBED.values()
    _, found = msgspec.json.schema_components(
        list(shapes), ref_template="#/components/schemas/{name}"
    )
    return dict(found)


def _reference(shape: type[msgspec.Struct]) -> Json:
    _DESCRIBED[shape.__name__] = shape
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _answer(schema: Json) -> Responses:
    content: dict[str, _Content] = {"application/json": {"schema": schema}}
    return {200: {"description": "What was asked for.", "content": content}}


def parameter(name: str, description: str, schema: Json) -> Json:
    """The description of one query key."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def many(name: str, description: str, values: Iterable[str] = ()) -> Json:
    """The description of a query key that may be repeated."""
    item: Json = {"type": "string"}
    if known := sorted(values):
        item["enum"] = known
    return parameter(name, description, {"type": "array", "items": item})
