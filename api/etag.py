"""ETags: a hash of what an answer says, and whether the caller has it already."""

from hashlib import blake2b


def etag_of(body: bytes) -> str:
    """The strong entity tag of a body.

    >>> etag_of(b"a") == etag_of(b"a"), etag_of(b"a")[0]
    (True, '"')
    """
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def has_already(if_none_match: str | None, etag: str) -> bool:
    """Whether the header `If-None-Match` names this tag, compared weakly.

    Source:
        RFC 9110, sections 8.8.3.2 and 13.1.2.

    >>> has_already('"x", W/"y"', '"y"'), has_already("*", '"y"'), has_already(None, '"y"')
    (True, True, False)
    """
    if if_none_match is None:
        return False
    named = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in named or "*" in named
