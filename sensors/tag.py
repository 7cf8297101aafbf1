"""Tags: badges and phones, known only by a keyed hash of their address.

Owns how an address becomes a `Tag`. Knows no person. No raw address leaves the decoder.
"""

import hashlib
import hmac
from typing import NewType

from sensors.resolving import irk_name

Tag = NewType("Tag", str)
"""32 hex digits: the keyed hash of an address."""
_HEX = frozenset("0123456789abcdef")


def normal_address(address: str) -> str:
    """One spelling for the many of the same address.

    A hardware address loses its colons and dashes; any other id, such as an alias that a scanner's
    owner chose, only its case. A scanner that resolves addresses by itself names the whole key; it
    is the same identity as where we resolve them.

    >>> normal_address("C3:00:00:00:00:2A"), normal_address("watch:Darrell")
    ('c3000000002a', 'watch:darrell')
    >>> normal_address("irk:EC0234A357C8AD05341010A60A397D9B")
    'irk:6c86d9b76b3f5a75'
    """
    low = address.strip().lower()
    bare = low.replace(":", "").replace("-", "")
    if len(bare) == 12 and set(bare) <= _HEX:
        return bare
    if low.startswith("irk:") and len(low) == 36 and set(low[4:]) <= _HEX:
        return irk_name(bytes.fromhex(low[4:]))
    return low


def tag_of(address: str, site_key: bytes) -> Tag:
    """The tag of an address at one site.

    Args:
        address: As any device spells it.
        site_key: Secret of the site; without it the hash of a known address can't be recomputed.

    Source:
        HMAC-SHA-256 (RFC 2104), cut to 128 bits: our choice, decision 0005.

    >>> tag_of("C3:00:00:00:00:2A", b"k") == tag_of("c300.0000.002a".replace(".", ""), b"k")
    True
    """
    digest = hmac.new(site_key, normal_address(address).encode(), hashlib.sha256)
    return Tag(digest.hexdigest()[:32])
