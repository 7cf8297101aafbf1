"""The people store: all that is known of persons, behind one name.

Owns the site key and the moment when changes by another process are taken over.
"""

import secrets
import time
from collections.abc import Callable
from pathlib import Path

from api.people.audit import Audit
from api.people.database import Database
from api.people.keys import Keys
from api.people.register import Register
from api.people.sessions import Sessions
from api.people.vault import Vault
from sensors.tag import Tag

REFRESH_S = 1.0
"""At most this long until a change by another process, such as a revoked key, counts here."""

VAULT_KEY = "people.key"
"""File beside the people store that unseals what is in its vault."""


class PeopleStore:
    """Persons, keys, sessions and look-ups of one site.

    Args:
        path: Of the SQLite file; made where there is none.
        monotonic_s: Steady clock in seconds.
    """

    def __init__(self, path: Path, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._database = Database(path)
        self._monotonic_s = monotonic_s
        self._checked_s = monotonic_s()
        self._register = Register(self._database)
        self._keys = Keys(self._database, self._register)
        self._sessions = Sessions(self._database, self._register)
        self.audit = Audit(self._database)
        self.site_key = self._site_key()
        key_file = path.with_name(VAULT_KEY)
        self._vault = Vault(self._database, self._register, key_file, self.site_key)

    @property
    def register(self) -> Register:
        """Persons and tags, as of a moment ago."""
        self._refresh()
        return self._register

    @property
    def keys(self) -> Keys:
        """Bearer keys, as of a moment ago."""
        self._refresh()
        return self._keys

    @property
    def sessions(self) -> Sessions:
        """Sessions and sign-in tickets, as of a moment ago."""
        self._refresh()
        return self._sessions

    @property
    def vault(self) -> Vault:
        """What makes changing addresses and encrypted adverts readable, as of a moment ago."""
        self._refresh()
        return self._vault

    def is_enrolled(self, tag: Tag) -> bool:
        """Whether sightings of a tag may be kept; cheap, for the listening thread."""
        return self.register.is_enrolled(tag)

    def _refresh(self) -> None:
        now_s = self._monotonic_s()
        if now_s - self._checked_s < REFRESH_S:
            return
        self._checked_s = now_s
        if self._database.changed_elsewhere():
            self._register.load()
            self._keys.load()
            self._sessions.load()
            self._vault.load()

    def _site_key(self) -> bytes:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO secret VALUES ('site_key', ?)", (secrets.token_bytes(32),)
            )
            row = connection.execute("SELECT value FROM secret WHERE name = 'site_key'").fetchone()
        return bytes(row[0])

    def close(self) -> None:
        """Closes the file."""
        self._database.close()
