"""Secret keys of 16 bytes as people have them: hex or base64."""

import base64
import binascii

KEY_BYTES = 16
EXPECTED_KEY = "16 bytes as 32 hex digits or base64"


def key_in(told: str) -> bytes | None:
    """The key in a text; None where it is none.

    >>> key_in("ec0234a357c8ad05341010a60a397d9b") == key_in("7AI0o1fIrQU0EBCmCjl9mw==")
    True
    >>> key_in("0123") is None
    True
    """
    text = told.strip()
    try:
        key = bytes.fromhex(text) if len(text) == 32 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return key if len(key) == KEY_BYTES else None
