"""The JSON Schema for editors says what the loader says."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import vrijplek
from vrijplek.building.header import BuildingFile, IncludedFile, MainFile
from vrijplek.building.schema import building_schema, schema_text

ROOT = Path(vrijplek.__file__).parent.parent
PUBLISHED = ROOT / "docs" / "building.schema.json"
EXAMPLES = sorted((ROOT / "vrijplek" / "buildings").rglob("*.yaml"))


def errors(value):
    """What the schema has against a file."""
    return list(jsonschema.Draft202012Validator(building_schema()).iter_errors(value))


def test_the_published_schema_is_that_of_the_models():
    """`vrijplek check --schema` prints exactly what docs/building.schema.json holds."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema():
    """It follows its own dialect."""
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_the_examples(path):
    """Both example buildings and all files they include are right."""
    assert errors(yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_there_are_examples():
    """The test above looked at the two buildings and three floors."""
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "hq"},
        {"people": ["sam"]},
        {"spaces": [{"id": "desk-1", "kind": "desk"}]},
        {"spaces": [{"id": "desk-1", "kind": "desk", "in": "z", "level": 1}]},
        {"spaces": [{"id": "Desk 1", "kind": "desk", "in": "z"}]},
        {"spaces": [{"id": "f", "kind": "floor", "in": "b", "level": 0, "z": [0]}]},
        {"spaces": [{"id": "d", "kind": "desk", "in": "z", "box": [0, 0, 1, 0]}]},
        {
            "spaces": [
                {
                    "id": "d",
                    "kind": "desk",
                    "in": "z",
                    "box": [0, 0, 1, 1],
                    "outline": [[0, 0], [1, 0], [1, 1]],
                }
            ]
        },
        {"sensors": [{"id": "b/ble", "kind": "scanner"}]},
        {"sensors": [{"id": "b/pir", "kind": "motion", "sees": [{"space": "d", "weight": 2}]}]},
        {"boards": [{"id": "b", "family": "knx"}]},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(wrong):
    """An editor marks what `vrijplek check` would tell of one line."""
    assert errors(wrong)


def test_the_models_of_the_loader_and_the_editor_have_the_same_keys():
    """A key at the top of a file is known to both or to neither, with the same description."""
    both = IncludedFile.model_fields | MainFile.model_fields
    assert {name: field.description for name, field in BuildingFile.model_fields.items()} == {
        name: field.description for name, field in both.items()
    }
