"""JSON Schema of the payloads of our own format, made of the types that decode them."""

import json
from collections.abc import Mapping

import msgspec

from sensors.families.own import wire

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PAYLOADS: Mapping[str, object] = {
    "readings": wire.Readings,
    "status": wire.BoardStatus,
    "ack": wire.Acknowledgement,
    "command": wire.Command,
}
"""The last level of a topic, and what its payload is."""


def schema_text(payload: str) -> str:
    """The schema of one payload, as it stands in `docs/schemas/<payload>.schema.json`.

    Raises:
        KeyError: If there is no such payload.
    """
    schema = msgspec.json.schema(PAYLOADS[payload])
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"
