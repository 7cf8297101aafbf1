"""Schemas: the payloads of the wire format as JSON Schema, from the structs that decode them.

Source: JSON Schema 2020-12, as msgspec writes it. AsyncAPI's own `discriminator` wants the name of
a schema as its value, which `kind` and `command` are not, so it is left out: the `enum` of each
schema tells the same.
"""

import msgspec

from sensors.families.own import wire

Json = dict[str, object]
PLACE = "#/components/schemas/"
PAYLOADS: tuple[type[msgspec.Struct], ...] = (
    wire.Readings,
    wire.BoardStatus,
    wire.Acknowledgement,
    wire.Report,
    wire.Resend,
    wire.Restart,
    wire.Halt,
)
"""What a message may hold; whatever these refer to is described too."""


def schemas() -> Json:
    """Every schema by name, in the order in which they are first referred to."""
    _, found = msgspec.json.schema_components(PAYLOADS, ref_template=PLACE + "{name}")
    return {name: _without_discriminator(schema) for name, schema in found.items()}


def _without_discriminator(part: object) -> object:
    if isinstance(part, dict):
        kept = (pair for pair in part.items() if pair[0] != "discriminator")
        return {name: _without_discriminator(value) for name, value in kept}
    if isinstance(part, list | tuple):
        return [_without_discriminator(item) for item in part]
    return part
