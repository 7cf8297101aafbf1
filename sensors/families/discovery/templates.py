"""Templates of Home Assistant: the plain ones are followed, none is ever evaluated.

Followed is a path into a JSON state, with filters that change neither what is meant nor whether it
is there: `{{ value_json.seat['taken'] | lower }}`. All else is left alone.

Source: home-assistant.io, templating with MQTT values.
"""

import re
from typing import NamedTuple

from sensors.spelling import number

_STEP = r"(?:\.\w+|\[\s*(?:'[^'\]]*'|\"[^\"\]]*\"|\d+)\s*\])"
_PLAIN = re.compile(
    r"\s*(?:\{%\s*raw\s*%\})?\s*\{\{-?\s*(value_json|value)(" + _STEP + r"*)\s*"
    r"((?:\|\s*\w+\s*(?:\([^(){}|]*\))?\s*)*)-?\}\}\s*(?:\{%\s*endraw\s*%\})?\s*"
)
_STEPS = re.compile(r"\.(\w+)|\[\s*(?:'([^'\]]*)'|\"([^\"\]]*)\"|(\d+))\s*\]")
_FILTERS = re.compile(r"\|\s*(\w+)")
_FORMS = {
    "lower": "lower",
    "upper": "upper",
    "int": "number",
    "float": "number",
    "round": "number",
}
_HARMLESS = {*_FORMS, "default", "is_defined", "string", "trim"}
_LENGTH = 500


class Path(NamedTuple):
    """Where a template finds its value."""

    steps: tuple[str, ...] | None = None
    """Into the JSON state; None for the state as it is."""
    form: str = ""
    """How the template writes it: `lower`, `upper`, `number`, or as it is."""


def path_of(template: object) -> Path | None:
    """The path that a template follows; None for one that only an evaluation could understand.

    >>> path_of("{{ value_json['a-1'].b | lower }}"), path_of(None)
    (Path(steps=('a-1', 'b'), form='lower'), Path(steps=None, form=''))
    >>> path_of("{{ value | int > 3 }}"), path_of("{% if value %}ON{% endif %}")
    (None, None)
    """
    if not isinstance(template, str) or not template.strip():
        return Path()
    found = _PLAIN.fullmatch(template) if len(template) <= _LENGTH else None
    filters = _FILTERS.findall(found[3]) if found else []
    if found is None or not _HARMLESS.issuperset(filters):
        return None
    if found[1] == "value" and found[2]:
        return None
    steps = tuple("".join(step) for step in _STEPS.findall(found[2]))
    form = next((_FORMS[one] for one in reversed(filters) if one in _FORMS), "")
    return Path(steps if found[1] == "value_json" else None, form)


def followed(document: object, steps: tuple[str, ...]) -> tuple[object, bool]:
    """What is at the end of a path, and whether it is there at all.

    >>> followed({"a": [{"b": None}]}, ("a", "0", "b")), followed({"a": 1}, ("b",))
    ((None, True), (None, False))
    """
    for step in steps:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None, False
    return document, True


def written(value: object, form: str = "") -> str:
    """A value as a template writes it; empty where it should be a number and is none.

    >>> written(True), written(1.0), written("On", "lower"), written(None), written("ON", "number")
    ('True', '1', 'on', 'None', '')
    """
    if form == "number":
        value = number(value)
        if value is None:
            return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value)
    return {"lower": shown.lower, "upper": shown.upper}.get(form, shown.strip)()
