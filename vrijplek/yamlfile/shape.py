"""Shape: what a file may say, as a pydantic model, and its errors as problems with lines.

Owns the way from pydantic's errors to what was found and what was expected. Reads no file.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError, to_json

from vrijplek.yamlfile.document import Document, Place, Value
from vrijplek.yamlfile.problem import Problem

M = TypeVar("M", bound=BaseModel)


class Shape(BaseModel):
    """A model that refuses unknown keys and guesses nothing: a text is no number."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
    refused: ClassVar[Mapping[str, str]] = {}
    """Unknown keys that people try, with what they should do instead."""


def wanted(words: str) -> PydanticCustomError:
    """An error for a validator to raise, with what it wanted in words that follow "expected"."""
    return PydanticCustomError("wanted", "{words}", {"words": words})


def validate(document: Document, model: type[M], at: Place = ()) -> M | tuple[Problem, ...]:
    """The part of a document at a place as a model, or everything that is wrong with it.

    Problems of the YAML itself are not repeated: look at ``document.problems`` as well.
    """
    value = document.at(at)
    try:
        return modelled(value, model)
    except ValidationError as error:
        found = [
            _problem(document, model, at, details)
            for details in error.errors()
            if not _followed(details)
        ]
        # A list that is too short lacks several positions; the last one says how many it needs.
        return tuple({(each.path, each.found): each for each in found}.values())


def modelled(value: Value, model: type[M]) -> M:
    """A value as a model.

    Raises:
        ValidationError: If it has `faults`.
    """
    # JSON's strict mode lets a list become a tuple, and still no text become a number.
    return model.model_validate_json(to_json(value, inf_nan_mode="constants"))


def faults(value: Value, model: type[BaseModel]) -> tuple[Place, ...]:
    """Where in a value something is wrong, missing keys included; empty if nothing is."""
    try:
        modelled(value, model)
    except ValidationError as error:
        return tuple(_in_file(value, details) for details in error.errors())
    return ()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, None if none does.

    >>> nearest("capacty", ["id", "capacity"])
    'capacity'
    """
    return next(iter(difflib.get_close_matches(name.lower(), list(known), n=1)), None)


def shown(value: Value) -> str:
    """A value as a person would name it, cut where it is long.

    >>> shown(True), shown([1, 2]), shown(None), shown("desk")
    ('`true`', 'a list', 'nothing', '`desk`')
    """
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def _problem(document: Document, model: type[BaseModel], at: Place, error: ErrorDetails) -> Problem:
    place = (*at, *_in_file(document.at(at), error))
    if error["type"] == "extra_forbidden":
        key = str(place[-1])
        around = next(_models_at(model, error["loc"][:-1]), model)
        return document.problem(place, f"`{key}`", _instead(around, key), key=True)
    if error["type"] == "missing" and isinstance(place[-1], int):
        found = f"{len(document.items_at(place[:-1]))} of them"
        return document.problem(place[:-1], found, f"at least {place[-1] + 1}")
    if error["type"] == "missing":
        around = next(_models_at(model, error["loc"][:-1]), model)
        return document.problem(place, "nothing", _missing(around, str(place[-1])))
    return document.problem(place, _found(error), _expected(error))


def _followed(error: ErrorDetails) -> bool:
    """Whether a list is told to be too short only as wrong items of it were not counted."""
    counted = error["input"]
    return (
        error["type"] == "too_short"
        and isinstance(counted, list)
        and len(counted) > error["ctx"]["actual_length"]
    )


def _in_file(value: Value, error: ErrorDetails) -> Place:
    """Where an error is in the file: its location without the names of models in it."""
    place: list[str | int] = []
    for step in error["loc"]:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif not (error["type"] == "missing" and step == error["loc"][-1]):
            continue
        place.append(step)
    return tuple(place)


def _instead(model: type[BaseModel], key: str) -> str:
    """What to write in place of an unknown key."""
    refused: Mapping[str, str] = getattr(model, "refused", {})
    if key in refused:
        return refused[key]
    known = [field.alias or name for name, field in model.model_fields.items()]
    close = nearest(key, known)
    listed = ", ".join(known)
    return f"`{close}`, perhaps? The keys here are {listed}" if close else f"one of {listed}"


def _missing(model: type[BaseModel], key: str) -> str:
    """A key that is missing, with what its field's docstring says."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name) and field.description:
            return f"`{key}`: {field.description.partition('. ')[0].rstrip('.')}"
    return f"`{key}`"


def _found(error: ErrorDetails) -> str:
    if error["type"] in {"too_short", "too_long"}:
        return f"{error['ctx']['actual_length']} of them"
    return shown(error["input"])


_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping of keys to values",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of {ge} or more",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of {le} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "model_type": "a mapping of keys to values",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_type": "a text",
    "too_long": "at most {max_length}",
    "too_short": "at least {min_length}",
    "tuple_type": "a list",
    "wanted": "{words}",
}


def _expected(error: ErrorDetails) -> str:
    """What should stand there, in words that follow "expected"."""
    words = _EXPECTED.get(error["type"])
    if words is None:
        return error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    facts = {name: _short(fact) for name, fact in error.get("ctx", {}).items()}
    return words.format(**facts).replace("'", "`" if error["type"] == "literal_error" else "'")


def _short(fact: object) -> object:
    """A bound as people write it: 1, not 1.0."""
    return int(fact) if isinstance(fact, float) and fact.is_integer() else fact


def _models_at(kind: object, loc: Place) -> Iterator[type[BaseModel]]:
    """The models that a type holds after following the keys of ``loc``."""
    for model in _models(kind):
        if not loc:
            yield model
            continue
        names = {field.alias or name: field for name, field in model.model_fields.items()}
        head, *rest = loc
        if head == model.__name__:
            yield from _models_at(model, tuple(rest))
        elif head in names:
            below = next((i for i, step in enumerate(rest) if isinstance(step, str)), len(rest))
            yield from _models_at(names[str(head)].annotation, tuple(rest[below:]))


def _models(kind: object) -> Iterator[type[BaseModel]]:
    """The models in a type: itself, or those in its arguments."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for argument in get_args(kind):
        yield from _models(argument)
