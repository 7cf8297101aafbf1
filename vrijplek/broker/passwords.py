"""A password file of mosquitto: a line of name and hash for each account.

Knows nothing of listeners, and keeps no password: only what `hashed` makes of one.
"""

from dataclasses import dataclass
from pathlib import Path

from vrijplek.broker.accounts import hashed, new_password
from vrijplek.errors import CommandError
from vrijplek.private import write_private


class PasswordFileError(CommandError):
    """A password file has a line that mosquitto would not take."""

    def __init__(self, file: Path, line: int) -> None:
        self.file, self.line = file, line
        super().__init__(
            f"{file}, line {line}: found no account, expected `name:$7$...`; take the line away, "
            "and renew the account that it was"
        )


@dataclass(frozen=True, slots=True)
class PasswordFile:
    """The accounts of one listener."""

    file: Path

    def names(self) -> tuple[str, ...]:
        """All accounts, in the order of the file; none where there is no file.

        Raises:
            PasswordFileError: If a line is none of mosquitto's.
        """
        return tuple(self._hashes())

    def put(self, name: str) -> str:
        """Give an account a new password, which nobody else keeps; the password."""
        password = new_password()
        self._write(self._hashes() | {name: hashed(password)})
        return password

    def remove(self, name: str) -> None:
        """Take an account out."""
        self._write({other: kept for other, kept in self._hashes().items() if other != name})

    def make(self) -> None:
        """Write an empty file where there is none."""
        if not self.file.exists():
            self._write({})

    def _hashes(self) -> dict[str, str]:
        if not self.file.exists():
            return {}
        found = {}
        for number, line in enumerate(self.file.read_text(encoding="utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            name, colon, kept = line.partition(":")
            if not (name and colon and kept.startswith("$")):
                raise PasswordFileError(self.file, number)
            found[name] = kept
        return found

    def _write(self, hashes: dict[str, str]) -> None:
        lines = "".join(f"{name}:{kept}\n" for name, kept in hashes.items())
        write_private(self.file, lines, group=self.file.parent.stat().st_gid)
