"""What several commands share: where the running service keeps its files."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from vrijplek.errors import UnreachableError

StateOption = Annotated[
    Path,
    typer.Option("--state", envvar="VRIJPLEK_STATE", help="State folder of the running service."),
]
BrokerOption = Annotated[
    str,
    typer.Option("--broker", help="HOST:PORT of another broker than that of the running service."),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option("--password-file", help="File with the account's password alone."),
]


def password_of(state: Path, account: str) -> str:
    """The password of an account at a demo's broker.

    Raises:
        UnreachableError: If the folder holds none.
    """
    return _secret(state / "broker.json", account)


def key_of(state: Path, role: str) -> str:
    """The key of a role of a demo; VRIJPLEK_KEY goes before it.

    Raises:
        UnreachableError: If there is none.
    """
    return os.environ.get("VRIJPLEK_KEY") or _secret(state / "keys.json", role)


def _secret(file: Path, name: str) -> str:
    try:
        return str(json.loads(file.read_text())[name])
    except (OSError, ValueError, KeyError) as error:
        told = (
            f"{file} holds nothing for {name!r}: only a demo keeps secrets there; name its folder "
            "with --state, or see --help for another way to give one"
        )
        raise UnreachableError(told) from error
