"""The JSON Schemas of our payloads are those of the code, and take and refuse what it does."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from support.speaker import heartbeat, motion, payload

from sensors.families.own import wire
from vrijplek.wireschema import PAYLOADS, schema_text

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", PAYLOADS)
def test_the_schema_in_the_docs_is_that_of_the_code(name):
    """`vrijplek.wireschema.schema_text` prints it anew."""
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == schema_text(name)


GOOD = payload(motion(), heartbeat({"pir-1": True}), {"kind": "count", "sensor": "c", "count": 3})


@pytest.mark.parametrize(
    "told",
    [
        GOOD,
        GOOD | {"readings": []},
        GOOD | {"seq": -1},
        GOOD | {"more": 1},
        GOOD | {"readings": [motion() | {"on": "yes"}]},
        GOOD | {"readings": [{"kind": "smell", "sensor": "x"}]},
        {"boot": "b"},
    ],
)
def test_schema_and_code_agree(told):
    """On what is right and what is wrong."""
    try:
        msgspec.json.decode(json.dumps(told), type=wire.Readings)
        is_right = True
    except msgspec.ValidationError:
        is_right = False
    schema = json.loads(schema_text("readings"))
    assert jsonschema.Draft202012Validator(schema).is_valid(told) is is_right
