"""Callers: who asks, once a key or a session has proved it."""

from dataclasses import dataclass

from api.access.role import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks and what they may see."""

    role: Role
    credential: bytes
    """SHA-256 of the key or session token; never the token itself."""
    person: str | None = None
    """Id of the person; None for a screen."""
    screen: str | None = None
    """Name of the screen; None for a person."""
    floor: str | None = None
    """The one floor a screen may see; None for all floors."""
    by_cookie: bool = False
    """Whether a browser sent the proof by itself, so that its origin must be checked."""
