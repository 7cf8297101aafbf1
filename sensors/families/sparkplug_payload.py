"""The payload of Sparkplug B: protobuf, or the rendering of it as JSON in documents.

Source: Eclipse Sparkplug 3.0, chapter 6 (org.eclipse.tahu.protobuf.Payload).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from sensors.spelling import json_object, number, text_of

METRICS_LIMIT = 5_000
_TYPES = descriptor_pb2.FieldDescriptorProto
_PAYLOAD_FIELDS = (("timestamp", 1, _TYPES.TYPE_UINT64), ("seq", 3, _TYPES.TYPE_UINT64))
_METRIC_FIELDS = (
    ("name", 1, _TYPES.TYPE_STRING),
    ("alias", 2, _TYPES.TYPE_UINT64),
    ("timestamp", 3, _TYPES.TYPE_UINT64),
    ("datatype", 4, _TYPES.TYPE_UINT32),
    ("is_historical", 5, _TYPES.TYPE_BOOL),
    ("is_null", 7, _TYPES.TYPE_BOOL),
    ("int_value", 10, _TYPES.TYPE_UINT32),
    ("long_value", 11, _TYPES.TYPE_UINT64),
    ("float_value", 12, _TYPES.TYPE_FLOAT),
    ("double_value", 13, _TYPES.TYPE_DOUBLE),
    ("boolean_value", 14, _TYPES.TYPE_BOOL),
    ("string_value", 15, _TYPES.TYPE_STRING),
)
_VALUES = tuple(name for name, _, _ in _METRIC_FIELDS if name.endswith("_value"))
_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
"""Int8 to Int64: two's complement in an unsigned field."""


class Metric(NamedTuple):
    """One value of a node or device."""

    name: str
    alias: int | None
    at_ms: int | None
    is_historical: bool
    value: bool | float | str | None
    """None where it is null, or of a type that says nothing here."""


class Payload(NamedTuple):
    """One message."""

    at_ms: int | None
    metrics: tuple[Metric, ...]


def _message_type() -> Any:  # noqa: ANN401 - made at run time
    file = descriptor_pb2.FileDescriptorProto(name="vrijplek_sparkplug.proto", syntax="proto2")
    for name, fields in (("Metric", _METRIC_FIELDS), ("Payload", _PAYLOAD_FIELDS)):
        message = file.message_type.add(name=name)
        for field, at, kind in fields:
            one = message.field.add(name=field, number=at, type=kind, label=_TYPES.LABEL_OPTIONAL)
            if field in _VALUES:
                one.oneof_index = 0
    file.message_type[0].oneof_decl.add(name="value")
    file.message_type[1].field.add(
        name="metrics",
        number=2,
        type=_TYPES.TYPE_MESSAGE,
        type_name=".Metric",
        label=_TYPES.LABEL_REPEATED,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Payload"))


_Payload = _message_type()


def read(data: bytes) -> Payload:
    """A message, from either form.

    Raises:
        ValueError: If it is neither.
    """
    if not data.strip():
        empty = "found nothing, expected a Sparkplug B payload"
        raise ValueError(empty)
    if data.lstrip()[:1] == b"{":
        # documents indent with spaces that do not break, which JSON does not allow
        return _rendered(json_object(data.replace("\u00a0".encode(), b" ")))
    message = _Payload()
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        wrong = "found no protobuf, expected a Sparkplug B payload"
        raise ValueError(wrong) from error
    if len(message.metrics) > METRICS_LIMIT:
        wrong = f"found {len(message.metrics)} metrics, expected at most {METRICS_LIMIT}"
        raise ValueError(wrong)
    at_ms = message.timestamp if message.HasField("timestamp") else None
    return Payload(at_ms, tuple(map(_metric, message.metrics)))


def _metric(told: Any) -> Metric:  # noqa: ANN401 - made at run time
    return Metric(
        text_of(told.name),  # of what is no UTF-8 the library gives bytes
        told.alias if told.HasField("alias") else None,
        told.timestamp if told.HasField("timestamp") else None,
        told.is_historical,
        None if told.is_null else _value(told),
    )


def _value(told: Any) -> bool | float | str | None:  # noqa: ANN401 - made at run time
    name = told.WhichOneof("value")
    if name is None:
        return None
    value: bool | float | str = getattr(told, name)
    if isinstance(value, bytes):
        return None
    bits = _SIGNED_BITS.get(told.datatype)
    if bits and isinstance(value, int) and not isinstance(value, bool):
        low = value & ((1 << bits) - 1)
        return low - (1 << bits) if low >> (bits - 1) else low
    return value


def _rendered(told: dict[str, object]) -> Payload:
    at_ms = number(told.get("timestamp"))
    return Payload(None if at_ms is None else int(at_ms), tuple(_listed(told.get("metrics"))))


def _listed(told: object) -> Iterator[Metric]:
    for one in told[:METRICS_LIMIT] if isinstance(told, list) else []:
        if isinstance(one, dict):
            alias, at_ms = number(one.get("alias")), number(one.get("timestamp"))
            is_null = one.get("isNull", one.get("is_null")) is True
            value = None if is_null else one.get("value")
            yield Metric(
                text_of(one.get("name")),
                None if alias is None else int(alias),
                None if at_ms is None else int(at_ms),
                one.get("isHistorical", one.get("is_historical")) is True,
                value if isinstance(value, bool | int | float | str) else None,
            )
