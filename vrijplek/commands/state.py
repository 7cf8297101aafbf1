"""What several commands share: where the running service keeps its files."""

import json
import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from api.people.store import PeopleStore
from occupancy.building import Building
from sensors.keys import NO_KEYS, Keys
from vrijplek.building import load_building
from vrijplek.demo.building import building_file
from vrijplek.errors import UnreachableError
from vrijplek.running import Running

StateOption = Annotated[
    Path,
    typer.Option("--state", envvar="VRIJPLEK_STATE", help="State folder of the running service."),
]
LookedAtOption = Annotated[
    str,
    typer.Option(
        "--config",
        "--building",
        metavar="FILE",
        help="The building file; that of the running service where left out.",
    ),
]
BrokerOption = Annotated[
    str,
    typer.Option("--broker", help="HOST:PORT of another broker than that of the running service."),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option("--password-file", help="File with the account's password alone."),
]


def building_of(config: str, state: Path, *, is_its_own: bool) -> Building | None:
    """The building of the option, else that of the service in a folder; None where neither is.

    Args:
        config: A file or a name; empty where none was given.
        state: State folder of the service.
        is_its_own: Whether what is looked at is that service's.
    """
    if config:
        return load_building(building_file(config))
    with suppress(UnreachableError):
        known = Running.read(state).building if is_its_own else ""
        return load_building(Path(known)) if known else None
    return None


def keys_of(state: Path, *, is_its_own: bool) -> Keys:
    """The keys in the vault of the service in a folder; none where what is looked at is another."""
    file = state / "people.sqlite"
    if not is_its_own or not file.is_file():
        return NO_KEYS
    with closing(PeopleStore(file)) as people:
        return people.vault.keys


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
