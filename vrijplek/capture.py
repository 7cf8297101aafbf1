"""Captures: recorded MQTT traffic, one JSON object a line, as `mosquitto_sub -F '%j'` prints it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from vrijplek.errors import CommandError


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded message."""

    line: int
    """From 1."""
    at_ms: int | None
    """When it was recorded, ms UTC; None where the line does not tell."""
    topic: str | None
    payload: bytes
    qos: int
    retain: bool
    raw: bytes | None = None
    """Of `raw_hex`, where it stands beside a payload: what was on the wire or in the air."""
    fport: int | None = None
    """LoRaWAN port, where the line tells."""


class BadLineError(CommandError):
    """A line is no recorded message."""

    def __init__(self, file: str, line: int, found: str, expected: str) -> None:
        self.file, self.line, self.found, self.expected = file, line, found, expected
        super().__init__(f"{file}:{line}: found {found}, expected {expected}")


def recorded(lines: TextIO, file: str) -> Iterator[Recorded]:
    """The messages in a capture, in order.

    Raises:
        BadLineError: At the first line that is no recorded message.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield recorded_in(line, number, file)


def recorded_in(line: str, number: int, file: str) -> Recorded:
    """The message in one line of a capture.

    Raises:
        BadLineError: If there is none.
    """
    told = _object(line, number, file)
    topic = told.get("topic")
    if topic is not None and not isinstance(topic, str):
        raise BadLineError(file, number, f"topic {topic!r}", "a text, or null where there is none")
    payload = _payload(told)
    at_ms = _time(told.get("tst"), number, file)
    retain, qos = told.get("retain"), told.get("qos")
    qos = qos if isinstance(qos, int) and 0 <= qos <= 2 else 0
    fport = told.get("fport")
    fport = fport if isinstance(fport, int) and not isinstance(fport, bool) else None
    return Recorded(number, at_ms, topic, payload, int(qos), bool(retain), _raw(told), fport)


def _object(line: str, number: int, file: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except json.JSONDecodeError as error:
        found = f"no JSON ({error.msg.lower()} at column {error.colno})"
        raise BadLineError(file, number, found, "one JSON object a line") from error
    except (ValueError, RecursionError) as error:
        raise BadLineError(file, number, f"no JSON ({error})", "one JSON object a line") from error
    if not isinstance(told, dict):
        found = {list: "a list", str: "a text", type(None): "null"}.get(type(told), repr(told))
        raise BadLineError(file, number, found, "a JSON object")
    return told


def _payload(told: dict[str, object]) -> bytes:
    """The bytes of a text itself, of anything else as JSON; of `raw_hex` where there is no more."""
    payload = told.get("payload")
    if payload is None or (payload == "" and told.get("raw_hex")):
        return _raw(told) or b""
    if not isinstance(payload, str):
        payload = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return payload.encode("utf-8", "surrogatepass")


def _raw(told: dict[str, object]) -> bytes | None:
    raw = told.get("raw_hex")
    if not isinstance(raw, str):
        return None
    try:
        return bytes.fromhex(raw)
    except ValueError:
        return raw.encode("utf-8", "surrogatepass")


def _time(told: object, number: int, file: str) -> int | None:
    if told is None:
        return None
    try:
        # mosquitto_sub 2.0 writes both: 2026-11-23T14:54:18.033240Z+0000
        return int(datetime.fromisoformat(str(told).replace("Z+", "+")).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise BadLineError(
            file, number, f"tst {told!r}", "a time such as 2026-11-23T09:00:00+0100"
        ) from error


def opened(path: Path) -> TextIO:
    """A file to read as text, whatever its bytes; broken ones become replacement characters."""
    return path.open(encoding="utf-8-sig", errors="replace")
