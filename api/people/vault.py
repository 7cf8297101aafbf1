"""The vault: what makes changing addresses and encrypted adverts readable, sealed on the disk.

Identity resolving keys are a person's, bind keys a sensor's. Both are encrypted with a key that
lies beside the people store in a file of its own, so that neither file alone, and no backup, tells
them (decision 0024).
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.people.database import Database, Value
from api.people.register import Register
from sensors.keys import Keys
from sensors.resolving import irk_name
from sensors.tag import Tag, tag_of

KEY_BYTES = 32
NONCE_BYTES = 12


class VaultKeyError(Exception):
    """The file of the vault's key is not one."""

    def __init__(self, file: Path, found_bytes: int) -> None:
        self.file, self.found_bytes = file, found_bytes
        super().__init__(f"{file}: found {found_bytes} bytes, expected {KEY_BYTES}")


class Vault:
    """Secrets of persons' phones and of sensors.

    Args:
        database: Where they are kept, sealed.
        register: Whose tags the keys of phones are.
        key_file: What unseals them; made when the first secret comes.
        site_key: Of the site, for the tags of persons' keys.
    """

    def __init__(
        self, database: Database, register: Register, key_file: Path, site_key: bytes
    ) -> None:
        self._database, self._register = database, register
        self._key_file, self._site_key = key_file, site_key
        self.unreadable = 0
        """Secrets that the key does not fit, as where it was lost."""
        self.keys = Keys()
        """All that can be read, as of the last look."""
        self.load()

    def load(self) -> None:
        """Reads everything anew.

        Raises:
            VaultKeyError: If the file of the key holds none.
        """
        irks = self._database.rows("SELECT tag, sealed FROM irk ORDER BY tag")
        bound = self._database.rows("SELECT address, sealed FROM bind_key ORDER BY address")
        if not irks and not bound:
            self.unreadable, self.keys = 0, Keys()
            return
        key = self._key()
        phones, sensors = dict(opened(key, irks)), dict(opened(key, bound))
        self.unreadable = len(irks) + len(bound) - len(phones) - len(sensors)
        self.keys = Keys(sensors, tuple(phones.values()))

    def keep_irk(self, person_id: str, irk: bytes) -> Tag:
        """Enrols the phone that has a key, as a tag of a person.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        self._register.person(person_id)
        tag = tag_of(irk_name(irk), self._site_key)
        sealed = self._sealed(tag, min(irk, irk[::-1]))
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO tag VALUES (?, ?)", (tag, person_id))
            connection.execute("INSERT OR REPLACE INTO irk VALUES (?, ?)", (tag, sealed))
        self._register.load()
        self.load()
        return tag

    def forget_irks(self, person_id: str) -> int:
        """Forgets the keys of a person's phones, and that these are theirs; how many there were.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        self._register.person(person_id)
        query = "SELECT tag FROM irk JOIN tag USING (tag) WHERE person = ?"
        tags = self._database.rows(query, (person_id,))
        for (tag,) in tags:
            self._register.unenrol(Tag(str(tag)))
        self.load()
        return len(tags)

    def keep_bind_key(self, address: str, key: bytes) -> None:
        """Remembers the key of a sensor, by its address as 12 lower-case hex digits."""
        sealed = self._sealed(address, key)
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO bind_key VALUES (?, ?)", (address, sealed))
        self.load()

    def forget_bind_key(self, address: str) -> bool:
        """Forgets the key of a sensor; whether there was one."""
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM bind_key WHERE address = ?", (address,)).rowcount
        self._database.truncate_log()
        self.load()
        return gone > 0

    def bound(self) -> tuple[str, ...]:
        """Addresses of the sensors that have a key."""
        rows = self._database.rows("SELECT address FROM bind_key ORDER BY address")
        return tuple(str(address) for (address,) in rows)

    def _sealed(self, name: str, secret: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self._key() or self._new_key())
        return nonce + cipher.encrypt(nonce, secret, name.encode())

    def _key(self) -> bytes:
        """What unseals; empty where there is no file.

        Raises:
            VaultKeyError: If the file holds no key.
        """
        try:
            key = self._key_file.read_bytes()
        except FileNotFoundError:
            return b""
        if len(key) != KEY_BYTES:
            raise VaultKeyError(self._key_file, len(key))
        return key

    def _new_key(self) -> bytes:
        """A new key on the disk; that of another process, if one was quicker."""
        beside = self._key_file.with_name(f".{self._key_file.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            self._key_file.hardlink_to(beside)
        beside.unlink()
        return self._key()


def opened(key: bytes, rows: Iterable[tuple[Value, ...]]) -> Iterator[tuple[str, bytes]]:
    """Name and secret of each row that the key fits; none without a key."""
    for name, sealed in rows if key else ():
        body = sealed if isinstance(sealed, bytes) else b""
        with suppress(InvalidTag, ValueError):
            nonce, sealed_secret = body[:NONCE_BYTES], body[NONCE_BYTES:]
            yield str(name), AESGCM(key).decrypt(nonce, sealed_secret, str(name).encode())
