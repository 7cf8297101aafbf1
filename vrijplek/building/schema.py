"""Schema: the shape of a building file as JSON Schema, for editors."""

import json

from pydantic import JsonValue

from vrijplek.building.header import BuildingFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def building_schema() -> dict[str, JsonValue]:
    """JSON Schema of a building file, main or included.

    It knows shapes alone; what lines say about each other only `vrijplek check` knows.
    """
    schema = BuildingFile.model_json_schema()
    return {"$schema": DIALECT, **schema}


def schema_text() -> str:
    """The schema as it stands in `docs/building.schema.json`."""
    return json.dumps(building_schema(), indent=2, ensure_ascii=False) + "\n"
