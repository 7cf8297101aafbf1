"""Tokens: random secrets for keys, sessions and sign-in links. Only their hashes are kept."""

import hashlib
import secrets

KEY_PREFIX = "vp_"
"""Marks a bearer key, so that scanners for leaked secrets can find it."""


def new_token(prefix: str = "") -> str:
    """A fresh secret of 256 random bits, safe in addresses and headers."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """The SHA-256 of a token, 32 bytes; enough for a secret that is random already.

    >>> hash_of("vp_x").hex()[:8]
    '4ad94447'
    """
    return hashlib.sha256(token.encode()).digest()
