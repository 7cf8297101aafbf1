"""Sessions and sign-in tickets of persons, known only by their hashes."""

from typing import cast

from api.access.caller import Caller
from api.access.token import hash_of, new_token
from api.people.database import Database
from api.people.person import UnknownPersonError
from api.people.register import Register

TICKET_MS = 10 * 60 * 1000
"""How long a sign-in link works."""


class Sessions:
    """Who is signed in, in memory for the look-up of each request.

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
        with self._database.lock:
            rows = self._database.rows("SELECT hash, person, expires_ms FROM session")
            known = cast("list[tuple[bytes, str, int]]", rows)
            self._sessions = {proof: (person, until_ms) for proof, person, until_ms in known}

    def ticket(self, person_id: str, now_ms: int, lasts_ms: int = TICKET_MS) -> str:
        """The last part of a new sign-in link; it works once. Told this once only.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        self._register.person(person_id)
        token = new_token()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM ticket WHERE expires_ms <= ?", (now_ms,))
            connection.execute(
                "INSERT INTO ticket VALUES (?, ?, ?)",
                (hash_of(token), person_id, now_ms + lasts_ms),
            )
        return token

    def redeem(self, proof: bytes, now_ms: int, expires_ms: int) -> str | None:
        """Token of a new session for a ticket, which is gone after this.

        Args:
            proof: Hash of the ticket.
            now_ms: Now, ms UTC.
            expires_ms: When the session ends, ms UTC.
        """
        token = new_token()
        with self._database.transaction() as connection:
            row = connection.execute(
                "DELETE FROM ticket WHERE hash = ? AND expires_ms > ? RETURNING person",
                (proof, now_ms),
            ).fetchone()
            if row is None:
                return None
            values = (hash_of(token), row[0], expires_ms)
            connection.execute("DELETE FROM session WHERE expires_ms <= ?", (now_ms,))
            connection.execute("INSERT INTO session VALUES (?, ?, ?)", values)
        self.load()
        return token

    def end(self, proof: bytes) -> None:
        """Signs out at once."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM session WHERE hash = ?", (proof,))
        self.load()

    def caller(self, proof: bytes, now_ms: int) -> Caller | None:
        """Who is signed in with the session of this hash, None where nobody is."""
        person, expires_ms = self._sessions.get(proof, ("", 0))
        if expires_ms <= now_ms:
            return None
        try:
            role = self._register.person(person).role
        except UnknownPersonError:
            return None
        return Caller(role, proof, person=person, by_cookie=True)
