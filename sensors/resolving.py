"""Resolving: which key a changing address comes of.

Source: Bluetooth Core 5.4, vol. 6 part B 1.3.2.3 (resolution) and vol. 3 part H 2.2.2 (ah).
"""

import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

REMEMBERED = 20_000
"""Addresses whose owner is remembered, the oldest going first: a phone has four an hour."""


def irk_name(key: bytes) -> str:
    """The identity that stands for a key: made by a hash, so that it does not tell the key.

    Tools disagree on the order of its bytes, so both orders are one identity.

    >>> key = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")
    >>> irk_name(key) == irk_name(key[::-1]) and len(irk_name(key))
    20
    """
    return "irk:" + hashlib.sha256(min(key, key[::-1])).hexdigest()[:16]


class Resolver:
    """Names the key of an address; remembers what it found, for an address is heard often.

    Args:
        keys: Identity resolving keys, 16 bytes each, in either order.

    >>> resolver = Resolver([bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")])
    >>> resolver.name_of("7081940dfbaa")[:4], resolver.name_of("7081940dfbab")
    ('irk:', '')
    """

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._named = [(irk_name(key), _cipher(one)) for key in keys for one in (key, key[::-1])]
        self._found: dict[str, str] = {}

    def name_of(self, address: str) -> str:
        """The name of the key that an address comes of; empty if none.

        Args:
            address: 12 lower-case hex digits, most significant byte first.
        """
        if not self._named or len(address) != 12 or int(address[0], 16) >> 2 != 1:
            return ""
        found = self._found.get(address)
        if found is None:
            if len(self._found) >= REMEMBERED:
                del self._found[next(iter(self._found))]
            found = self._found[address] = self._resolved(address)
        return found

    def _resolved(self, address: str) -> str:
        block, wanted = bytes(13) + bytes.fromhex(address[:6]), bytes.fromhex(address[6:])
        for name, cipher in self._named:
            if cipher.update(block)[13:] == wanted:
                return name
        return ""


def _cipher(key: bytes) -> CipherContext:
    # one block of AES is what the standard defines; there is nothing to chain
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
