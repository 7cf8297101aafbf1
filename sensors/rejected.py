"""Refusals: a message, or a part of one, that does not count, with its reason.

A refusal is a value, never an exception: what a device sends can't break the service.
"""

import re
from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """Why something was refused; docs/wire-format.md lists them for people."""

    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_BOARD = "unknown_board"
    UNKNOWN_SENSOR = "unknown_sensor"
    RETAINED = "retained"
    TOO_OLD = "too_old"
    SUPERSEDED_BOOT = "superseded_boot"
    ENCRYPTED = "encrypted"
    REPLAYED = "replayed"
    DOWNGRADED = "downgraded"
    DEVICE_ERROR = "device_error"
    NO_MEASUREMENT = "no_measurement"


class Rejected(msgspec.Struct, frozen=True):
    """One refusal."""

    reason: Reason
    detail: str
    """What was found and what was expected, without any value that may name a person."""
    family: str = ""
    board: str = ""
    length_bytes: int = 0
    excerpt: str = ""
    """The first characters, with everything masked that may be an address or a name."""


_ADDRESS = re.compile(r"(?i)[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5,}")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?(\s*:)?')
_FIELD = re.compile(r'"[A-Za-z_][A-Za-z0-9_@-]{0,23}"\s*:')
EXCERPT_LENGTH = 80


def masked_excerpt(payload: bytes) -> str:
    r"""The beginning of a payload with values and addresses masked: keys stay, contents go.

    >>> masked_excerpt(b'{"id": "watch:darrell", "mac": "58b1294494d3", "rssi": -71')
    '{"id": "*", "mac": "*", "rssi": -71'
    >>> masked_excerpt(b"58:b1:29:44:94:d3 heard \x00 here")
    '* * * *'
    """
    text = payload[: 4 * EXCERPT_LENGTH].decode("utf-8", "replace")
    if not text.lstrip().startswith(("{", "[")):
        return " ".join("*" for _ in text.split())[:EXCERPT_LENGTH]
    text = without_addresses(_TEXT.sub(_key_or_star, text))
    return "".join(c if c.isprintable() else "?" for c in text)[:EXCERPT_LENGTH]


def _key_or_star(found: re.Match[str]) -> str:
    """A key that looks like a field's name as it is, anything else as a star."""
    return found[0] if _FIELD.fullmatch(found[0]) else '"*"' + (found[1] or "")


def without_values(error: Exception) -> str:
    """What a parser complained of, without the values that it quotes and without addresses.

    >>> without_values(ValueError("Invalid value 'Jan' - at `$.kind`"))
    "Invalid value '*' - at `$.kind`"
    """
    said = re.sub(r"([Vv]alue) '[^']*'", r"\1 '*'", str(error))
    return without_addresses(said)[:200]


def without_addresses(text: str) -> str:
    """A text with everything masked that may be a radio address.

    >>> without_addresses("channel c3-00-00-00-00-2a")
    'channel *'
    """
    return _ADDRESS.sub("*", text)
