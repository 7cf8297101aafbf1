"""Keys: bearer keys of persons and screens, known only by their hashes."""

from dataclasses import dataclass
from typing import cast

from api.access.caller import Caller
from api.access.role import Role
from api.access.token import KEY_PREFIX, hash_of, new_token
from api.people.database import Database
from api.people.person import UnknownPersonError
from api.people.register import Register


@dataclass(frozen=True, slots=True)
class Key:
    """One bearer key, without what proves it."""

    hash: bytes
    id: str
    """Names the key in lists and commands; the first 8 hex digits of its hash."""
    person: str | None
    screen: str | None
    floor: str | None


class Keys:
    """The keys, in memory for the look-up of each request.

    Args:
        database: Where they are kept.
        register: Knows the role of each person.
    """

    def __init__(self, database: Database, register: Register) -> None:
        self._database = database
        self._register = register
        self.load()

    def load(self) -> None:
        """Reads everything anew."""
        rows = self._database.rows("SELECT hash, id, person, screen, floor FROM key")
        keys = [
            Key(*cast("tuple[bytes, str, str | None, str | None, str | None]", r)) for r in rows
        ]
        self._keys = {key.hash: key for key in keys}

    def all(self) -> tuple[Key, ...]:
        """Every key that works."""
        return tuple(self._keys.copy().values())

    def for_person(self, person_id: str, now_ms: int) -> str:
        """A new key that acts as a person, with that person's role. Told this once only.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        self._register.person(person_id)
        return self._issue(person_id, None, None, now_ms)

    def for_screen(self, name: str, now_ms: int, floor: str | None = None) -> str:
        """A new key of a screen. Told this once only.

        Args:
            name: Where the screen hangs.
            now_ms: Now, ms UTC.
            floor: The one floor it may see; None for all.
        """
        return self._issue(None, name, floor, now_ms)

    def _issue(self, person: str | None, screen: str | None, floor: str | None, now_ms: int) -> str:
        token = new_token(KEY_PREFIX)
        proof = hash_of(token)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO key VALUES (?, ?, ?, ?, ?, ?)",
                (proof, proof.hex()[:8], person, screen, floor, now_ms),
            )
        self.load()
        return token

    def revoke(self, key_id: str) -> bool:
        """Makes a key worthless at once; whether there was one."""
        with self._database.transaction() as connection:
            found = connection.execute("DELETE FROM key WHERE id = ?", (key_id,)).rowcount > 0
        self.load()
        return found

    def caller(self, proof: bytes) -> Caller | None:
        """Who has the key with this hash, None where nobody has."""
        key = self._keys.get(proof)
        if key is None:
            return None
        if key.person is None:
            return Caller(Role.SCREEN, proof, screen=key.screen, floor=key.floor)
        try:
            return Caller(self._register.person(key.person).role, proof, person=key.person)
        except UnknownPersonError:
            return None
