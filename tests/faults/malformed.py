"""Malformed payloads by the thousand: what programs, bit rot and bad intent make of a message."""

import json
import random
import zlib

GOOD = {
    "boot": "bad",
    "seq": 0,
    "oldest": 0,
    "up": 1000,
    "readings": [{"kind": "motion", "sensor": "pir-1", "on": True}],
}
FIXED = (
    b"",
    b"\x00" * 100,
    b"\xff\xfe\xfd",
    b"null",
    b"[]",
    b'"text"',
    b"NaN",
    b"1e400",
    b"9" * 5_000,
    b"[" * 8_000,
    b'{"a":' * 1_500,
    b"{" + b" " * 60_000 + b"}",
    b'{"boot":"x","boot":"y"}',
    zlib.compress(b"{}"),
    b"\xa1\x64boot\x61x",
    b"'; DROP TABLE journal; --",
    b"=HYPERLINK(1)",
    b"\x1b[2J\r\nforged=line",
)
WRONG = (None, True, -1, 1e400, "x" * 300, [], {}, 2**70, "\u202e", float("nan"))


def malformed(count: int, chance: random.Random) -> list[bytes]:
    """So many payloads that are no message, the same for the same chance."""
    found = list(FIXED)
    makers = (_cut, _flipped, _retyped, _without)
    while len(found) < count:
        found.append(chance.choice(makers)(chance))
    return found[:count]


def _cut(chance: random.Random) -> bytes:
    """Never whole."""
    whole = json.dumps(GOOD).encode()
    return whole[: chance.randrange(1, len(whole) - 1)]


def _flipped(chance: random.Random) -> bytes:
    """With a quotation mark or brace turned into something else."""
    whole = bytearray(json.dumps(GOOD).encode())
    places = [at for at, byte in enumerate(whole) if byte in b'{}[]"']
    whole[chance.choice(places)] = chance.choice(b"\x01#<")
    return bytes(whole)


def _retyped(chance: random.Random) -> bytes:
    """With a value that no field may have."""
    field = chance.choice(("boot", "readings"))
    return json.dumps(GOOD | {field: chance.choice(WRONG)}).encode()


def _without(chance: random.Random) -> bytes:
    """Without a field that has to be there, or with one that nobody knows."""
    body = dict(GOOD)
    if chance.random() < 0.5:
        del body[chance.choice(sorted(body))]
    else:
        body[f"extra{chance.randrange(1000)}"] = 1
    return json.dumps(body).encode()
