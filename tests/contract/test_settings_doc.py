"""docs/settings.md lists every setting and variable, with the type and default of the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from vrijplek.settings import Settings, overruled, read_settings

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
SOURCES = ("api", "ingest", "occupancy", "sensors", "vrijplek")
TYPES = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "text",
    "array": "list of text",
    "object": "mapping",
}
FORMATS = {"path": "path", "date": "date", "time": "time of day"}


def rows() -> dict[str, tuple[str, str]]:
    """Type and default of each key in the table."""
    table = WORDS.partition("## Keys")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE)
    return {key: (kind, default.strip("`")) for key, kind, default in found}


def settings(model: type[BaseModel] = Settings, before: str = "") -> Iterator[tuple[str, str, str]]:
    """Key, type and default of each setting in the code."""
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        told = schema["properties"][name]
        groups = [s for s in nested(field.annotation) if issubclass(s, BaseModel)]
        if (
            not groups
            or field.is_required()
            or name in {"finder", "influx", "publish", "working_hours"}
        ):
            yield before + name, kind_of(told), default_of(field.default)
        for group in groups:
            yield from settings(group, f"{before}{name}.")


def nested(annotation: object) -> list[type]:
    """The classes in an annotation."""
    parts = getattr(annotation, "__args__", (annotation,))
    return [part for part in parts if isinstance(part, type)]


def kind_of(told: dict) -> str:
    """The type of a setting in words."""
    choices = told.get("anyOf", [told])
    words = []
    for choice in choices:
        if choice.get("type") == "null":
            continue
        if "const" in choice:
            words.append(f"`{choice['const']}`")
        elif "$ref" in choice:
            words.append("mapping")
        else:
            words.append(FORMATS.get(choice.get("format", ""), TYPES[choice["type"]]))
    return " or ".join(words)


def default_of(value: object) -> str:
    """A default as the table writes it."""
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel):
        return "weekdays 07:00 to 19:00"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or value == "":
        return {None: "none", "": "empty"}[value]
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


def test_every_setting_is_in_the_table():
    """The table has the keys of the code in their order, and no other."""
    assert list(rows()) == [key for key, _, _ in settings()]


@pytest.mark.parametrize(("key", "kind", "default"), list(settings()))
def test_type_and_default_are_those_of_the_code(key, kind, default):
    """Type and default in the table are what the code has."""
    assert rows()[key] == (kind, default)


def test_every_variable_is_in_the_table():
    """The variables in docs/settings.md are those that the code names."""
    named = {
        variable
        for package in SOURCES
        for file in (ROOT / package).rglob("*.py")
        for variable in re.findall(r"VRIJPLEK_[A-Z_]+", file.read_text(encoding="utf-8"))
    }

    assert set(re.findall(r"^\| `(VRIJPLEK_[A-Z_]+)` \|", WORDS, re.MULTILINE)) == named


def example() -> str:
    """The example file in docs/settings.md."""
    return re.search(r"```yaml\n(.*?)```", WORDS, re.DOTALL)[1]


def test_the_example_is_read_without_a_complaint(tmp_path):
    """The example is a file that the service takes, and says what it seems to say."""
    file = tmp_path / "vrijplek.yaml"
    file.write_text(example())

    found = read_settings(file, {})

    assert found.building == tmp_path / "hq.yaml"
    assert found.broker.teller_username == "vrijplek-teller"
    assert found.broker.publisher_username == "vrijplek-publisher"
    assert found.publish is not None
    assert found.finder is not None
    assert found.finder.since.isoformat() == "2026-12-01"
    assert found.working_hours.end.hour == 19


def test_the_example_shows_every_group():
    """Every group of settings is in the example."""
    for key, _, _ in settings():
        group, dot, _ = key.partition(".")
        assert not dot or f"\n{group}:\n" in example()


def test_variables_go_before_the_file():
    """Host, port and state folder of the environment go before those of the file."""
    found = overruled(
        Settings(building=Path("hq.yaml")),
        {"VRIJPLEK_HOST": "::1", "VRIJPLEK_PORT": "8001", "VRIJPLEK_STATE": "elsewhere"},
    )

    assert (found.http.host, found.http.port, found.state) == ("::1", 8001, Path("elsewhere"))
