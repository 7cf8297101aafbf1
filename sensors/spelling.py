"""The many spellings of yes and no, of numbers, and of JSON that devices send."""

import math

import msgspec

from sensors.message import Message

MAX_BYTES = 1 << 20
"""Of what is read at all: an inventory can have hundreds of kilobytes."""
_WORDS = {
    "true": True, "on": True, "1": True, "yes": True, "online": True, "present": True,
    "home": True, "occupied": True, "trigger": True, "open": True, "detected": True,
    "false": False, "off": False, "0": False, "no": False, "offline": False, "absent": False,
    "not_home": False, "vacant": False, "normal": False, "closed": False, "close": False,
    "clear": False,
}  # fmt: skip


def yes_or_no(said: object) -> bool | None:
    """A boolean in any spelling; None for what is none of them, so never a guess.

    >>> [yes_or_no(said) for said in ("false", "ON", 0, True, "0", "Vacant", 2, None, "nan", [])]
    [False, True, False, True, False, False, None, None, None, None]
    """
    if isinstance(said, bool):
        return said
    if isinstance(said, int | float):
        return {0.0: False, 1.0: True}.get(said)
    return _WORDS.get(said.strip().lower()) if isinstance(said, str) else None


def number(said: object) -> float | None:
    """A finite number, also as text; None for anything else: `nan`, `None`, a boolean.

    >>> [number(said) for said in (21, "21.5", " 253 ", "nan", "None", True, 1e999, "1_0", [])]
    [21, 21.5, 253.0, None, None, None, None, None, None]
    """
    if isinstance(said, bool):
        return None
    if isinstance(said, str) and "_" not in said and len(said) <= 64:
        try:
            said = float(said)
        except ValueError:
            return None
    if isinstance(said, int | float) and abs(said) < 1e15 and math.isfinite(said):
        return said
    return None


def text(message: Message) -> str:
    """The payload as text, whatever its bytes, at most the first 256 characters of it."""
    return message.payload[:1024].decode("utf-8", "replace").strip("\x00 \t\r\n")[:256]


def parsed(payload: bytes) -> object:
    """JSON of any shape.

    Raises:
        ValueError: If it is no JSON, is too deep or has more than `MAX_BYTES`.
    """
    if len(payload) > MAX_BYTES:
        too_large = f"{len(payload)} bytes, expected at most {MAX_BYTES}"
        raise ValueError(too_large)
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def json_object(payload: bytes) -> dict[str, object]:
    """A JSON object.

    Raises:
        ValueError: If it is anything else.

    >>> json_object(b'{"occupancy": true}')
    {'occupancy': True}
    """
    told = parsed(payload)
    if not isinstance(told, dict):
        what = {list: "a list", str: "a text", type(None): "null", bool: "a boolean"}
        found = f"found {what.get(type(told), 'a number')}, expected an object"
        raise ValueError(found)  # noqa: TRY004 - what came is wrong, not what was called
    return told


def inner(told: dict[str, object], key: str) -> dict[str, object]:
    """An object inside an object; an empty one where there is none."""
    found = told.get(key)
    return found if isinstance(found, dict) else {}


def text_of(said: object) -> str:
    """A text, or the empty one for anything else."""
    return said if isinstance(said, str) else ""
