"""Words: ids and names, and what no line of the building file may hold."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from vrijplek.yamlfile import Shape, wanted

ID_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
BOARD_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
SENSOR_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9._-]{0,63}$"
_NO_PERSONS = "no people and no tags here: they belong in the people store"
PERSONAL = dict.fromkeys(
    ("people", "person", "persons", "tag", "tags", "badge", "badges", "owner", "owners"),
    _NO_PERSONS,
)


def _matches(pattern: str, words: str) -> AfterValidator:
    """Refuses a text that does not match, saying in words what would."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise wanted(words)
        return text

    return AfterValidator(check)


SpaceId = Annotated[
    str,
    _matches(ID_PATTERN, "an id: a-z 0-9 - _ . , at most 64, starting with a letter or digit"),
    Field(json_schema_extra={"pattern": ID_PATTERN}),
]
BoardId = Annotated[
    str,
    _matches(BOARD_PATTERN, "an id: a-z 0-9 - _ , at most 64, starting with a letter or digit"),
    Field(json_schema_extra={"pattern": BOARD_PATTERN}),
]
SensorId = Annotated[
    str,
    _matches(SENSOR_PATTERN, "`<board>/<channel>`, such as `f0-d1/pir-1`"),
    Field(json_schema_extra={"pattern": SENSOR_PATTERN}),
]


class BuildingShape(Shape):
    """Any part of the building file: it never holds a person or a tag."""

    refused: ClassVar[Mapping[str, str]] = PERSONAL


Text = Annotated[str, Field(min_length=1)]
BASE_PATTERN = r"^[^/+#\s]+(/[^/+#\s]+)*$"
Base = Annotated[
    str,
    _matches(BASE_PATTERN, "first levels of topics such as `annex/zigbee2mqtt`, without + and #"),
    Field(json_schema_extra={"pattern": BASE_PATTERN}),
]


class Names(BuildingShape):
    """A name in both languages."""

    nl: Text
    """The Dutch name."""
    en: Text
    """The English name."""


def _in_both(value: object) -> object:
    if isinstance(value, str) and value:
        return {"nl": value, "en": value}
    if not isinstance(value, dict):
        raise wanted("a text, or one for each language: {nl: Noord, en: North}")
    return value


Name = Annotated[Names, BeforeValidator(_in_both, json_schema_input_type=Text | Names)]
