"""Landing: the page that someone asked for before they had to sign in."""

import re
from urllib.parse import urlencode

DOOR = "/sign-in"
HOME = "/"
MOST_CHARACTERS = 500
_OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""One slash, then printable ASCII without a backslash, which browsers read as a slash."""


def landing(asked: str) -> str:
    """A path of this site that is safe to go to after signing in; the map for anything else.

    >>> landing("/desks?floor=floor-0"), landing("//evil.example"), landing("https://evil.example")
    ('/desks?floor=floor-0', '/', '/')
    """
    is_ours = len(asked) <= MOST_CHARACTERS and _OURS.fullmatch(asked) is not None
    is_door = asked.startswith((DOOR, "/sign-out"))
    return asked if is_ours and not is_door else HOME


def door(asked: str) -> str:
    """The address of the door that leads on to a path.

    >>> door("/me"), door("/")
    ('/sign-in?next=%2Fme', '/sign-in')
    """
    after = landing(asked)
    return DOOR if after == HOME else f"{DOOR}?{urlencode({'next': after})}"
