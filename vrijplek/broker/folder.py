"""The broker's folder: the accounts of a site, one file for each listener, and its authority.

`mosquitto.conf` names these files. One command at a time changes them; mosquitto reads them when it
is told to.
"""

import fcntl
import grp
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from vrijplek.broker.accounts import HOME_ASSISTANT, OPERATOR, PUBLISHER, SERVICE, TELLER
from vrijplek.broker.certificates import (
    Authority,
    Issued,
    ends_at,
    host_of,
    serial_of,
    serials_in,
)
from vrijplek.broker.passwords import PasswordFile
from vrijplek.errors import CommandError, UsageError
from vrijplek.private import write_private

STAFF = (SERVICE, TELLER, PUBLISHER, HOME_ASSISTANT, OPERATOR)
"""The accounts of the loopback listener."""
BROKER_GROUP = "mosquitto"
"""Who else may read what is in the folder: the broker, as packages install it."""


class Way(StrEnum):
    """How an account comes in: each way is a listener of its own."""

    SERVICE = "service"
    PASSWORD = "password"  # noqa: S105 - the name of a way
    CERTIFICATE = "certificate"
    PLAIN = "plain"

    @property
    def port(self) -> int:
        """Where `mosquitto.conf` has its listener."""
        return {"service": 1883, "password": 8883, "certificate": 8884, "plain": 1884}[self]


@dataclass(frozen=True, slots=True)
class Entry:
    """One account."""

    name: str
    way: Way
    ends: datetime | None = None
    """When its certificate runs out, UTC; None for a password."""


@dataclass(frozen=True, slots=True)
class BrokerFolder:
    """All accounts of a broker."""

    path: Path

    def prepare(self, host: str, now_ms: int, days: int) -> dict[str, str]:
        """Make what is missing for the listeners, and change nothing that is there.

        Args:
            host: Name or address by which boards find the broker.
            now_ms: The time, ms UTC.
            days: How long the broker's certificate holds.

        Returns:
            New accounts of the service with their passwords, which nobody else keeps.
        """
        if not self.path.exists():
            self.path.mkdir(mode=0o750, parents=True)
            if os.geteuid() == 0 and _has_group(BROKER_GROUP):
                shutil.chown(self.path, group=BROKER_GROUP)
        with self._held():
            for way in (Way.PASSWORD, Way.PLAIN):
                self._passwords(way).make()
            if not self.authority.exists():
                self._forget_signed()
                self._make_authority(now_ms)
            if not self._revoked.exists():
                self._call_back((), now_ms)
            if not self._server.exists():
                self._issue_server(host, now_ms, days)
            staff = self._passwords(Way.SERVICE)
            return {name: staff.put(name) for name in STAFF if name not in staff.names()}

    def entries(self) -> tuple[Entry, ...]:
        """All accounts, those of the service first."""
        return tuple(self._entries())

    def entry(self, name: str) -> Entry:
        """One account.

        Raises:
            CommandError: If there is none of this name.
        """
        found = next((entry for entry in self._entries() if entry.name == name), None)
        if found is None:
            told = f"found no account {name!r} in {self.path}; `vrijplek board list` names all"
            raise CommandError(told)
        return found

    def add(self, name: str, way: Way, now_ms: int, days: int) -> str | Issued:
        """Make an account; its password, or its certificate with the key.

        A name counts once over all listeners, because the client id is the user name.

        Raises:
            CommandError: If the name is taken.
        """
        with self._held():
            taken = next((entry for entry in self._entries() if entry.name == name), None)
            if taken is not None:
                raise CommandError(
                    f"found {name!r} taken, by {taken.way}; `vrijplek board renew {name}` gives it "
                    f"new credentials, `vrijplek board remove {name}` takes it away"
                )
            return self._give(name, way, now_ms, days)

    def renew(self, name: str, now_ms: int, days: int) -> tuple[Way, str | Issued]:
        """New credentials for an account; the old ones count no more.

        Raises:
            CommandError: If there is no such account.
        """
        with self._held():
            way = self.entry(name).way
            if way is Way.CERTIFICATE:
                self._call_back((self._serial(name),), now_ms)
            return way, self._give(name, way, now_ms, days)

    def remove(self, name: str, now_ms: int) -> Way:
        """Take an account away; how it came in.

        Raises:
            CommandError: If there is no such account.
        """
        with self._held():
            way = self.entry(name).way
            if way is Way.CERTIFICATE:
                self._call_back((self._serial(name),), now_ms)
                self._certificate(name).unlink()
            else:
                self._passwords(way).remove(name)
            return way

    @property
    def authority(self) -> Path:
        """The certificate by which boards know their broker."""
        return self.path / "ca.crt"

    @property
    def host(self) -> str:
        """What the broker's certificate was made for."""
        return host_of(self._server.read_text())

    @property
    def server_ends(self) -> datetime:
        """When the broker's certificate runs out, UTC."""
        return ends_at(self._server.read_text())

    @property
    def _server(self) -> Path:
        return self.path / "server.crt"

    @property
    def _revoked(self) -> Path:
        return self.path / "ca.crl"

    @property
    def _secret(self) -> Path:
        return self.path / "authority" / "ca.key"

    @property
    def _issued(self) -> Path:
        return self.path / "authority" / "boards"

    def _certificate(self, name: str) -> Path:
        return self._issued / f"{name}.crt"

    def _passwords(self, way: Way) -> PasswordFile:
        kind = "boards" if way is Way.PASSWORD else way.value
        return PasswordFile(self.path / f"passwords-{kind}")

    def _entries(self) -> Iterator[Entry]:
        if not self._server.exists():
            raise UsageError(
                f"found no accounts in {self.path}, expected a folder that `vrijplek board "
                "prepare` has made; name it with --folder"
            )
        for way in (Way.SERVICE, Way.PASSWORD, Way.PLAIN):
            yield from (Entry(name, way) for name in self._passwords(way).names())
        for file in sorted(self._issued.glob("*.crt")):
            yield Entry(file.stem, Way.CERTIFICATE, ends_at(file.read_text()))

    def _give(self, name: str, way: Way, now_ms: int, days: int) -> str | Issued:
        if way is not Way.CERTIFICATE:
            return self._passwords(way).put(name)
        issued = self._signer().for_board(name, now_ms, days)
        write_private(self._certificate(name), issued.certificate)
        return issued

    def _make_authority(self, now_ms: int) -> None:
        for folder in (self._secret.parent, self._issued):
            folder.mkdir(mode=0o700, exist_ok=True)
        kept = Authority.make(now_ms).kept()
        write_private(self._secret, kept.key)
        self._write(self.authority, kept.certificate)

    def _forget_signed(self) -> None:
        """Take away what an authority that is lost has signed: it fits no other."""
        for file in (self._server, self._revoked, *self._issued.glob("*.crt")):
            file.unlink(missing_ok=True)

    def _issue_server(self, host: str, now_ms: int, days: int) -> None:
        issued = self._signer().for_server(host, now_ms, days)
        self._write(self.path / "server.key", issued.key)
        self._write(self._server, issued.certificate)

    def _call_back(self, serials: tuple[int, ...], now_ms: int) -> None:
        earlier = serials_in(self._revoked.read_text()) if self._revoked.exists() else ()
        wanted = tuple(dict.fromkeys((*earlier, *serials)))
        self._write(self._revoked, self._signer().called_back(wanted, now_ms))

    def _signer(self) -> Authority:
        try:
            return Authority.of(Issued(self.authority.read_text(), self._secret.read_text()))
        except ValueError as error:
            raise CommandError(
                f"{self._secret} and {self.authority} are of no use: {error}; put back both from "
                "one backup, or delete both and flash every board with a certificate anew"
            ) from error

    def _serial(self, name: str) -> int:
        return serial_of(self._certificate(name).read_text())

    def _write(self, file: Path, content: str) -> None:
        write_private(file, content, group=self.path.stat().st_gid)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Alone in the folder: two who add at once would lose one of the accounts."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _has_group(name: str) -> bool:
    return any(group.gr_name == name for group in grp.getgrall())
