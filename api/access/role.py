"""Roles: what kind of caller someone is, and the groups that policies name."""

from enum import StrEnum


class Role(StrEnum):
    """What a caller may ask, from least to most."""

    SCREEN = "screen"
    """A screen on the wall: spaces, never a person."""
    ANALYST = "analyst"
    """Aggregates only."""
    STAFF = "staff"
    """A colleague: spaces, and colleagues who opted in."""
    FACILITIES = "facilities"
    """A colleague who also looks after devices and history."""
    ADMIN = "admin"
    """As facilities; also manages people."""


COLLEAGUES = frozenset({Role.STAFF, Role.FACILITIES, Role.ADMIN})
"""Those who may use the colleague finder, all by the same rules."""

CARETAKERS = frozenset({Role.FACILITIES, Role.ADMIN})
"""Those who may see history and the health of boards."""

VIEWERS = COLLEAGUES | {Role.SCREEN}
"""Those who may see spaces live."""

ALL = frozenset(Role)
"""Anyone with a valid key."""
