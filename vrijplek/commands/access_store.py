"""The people store of a state folder, as commands of `vrijplek access` open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.people.person import UnknownPersonError
from api.people.store import PeopleStore
from vrijplek.errors import CommandError, UsageError

STATE = Path(".vrijplek")
PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="Id of the person, as add-person printed it.")
]


@contextmanager
def people_in(state: Path) -> Iterator[PeopleStore]:
    """The people store in a state folder.

    Raises:
        UsageError: If there is none: a typing mistake must not make one.
        CommandError: If a person is named whom nobody knows.
    """
    file = state / "people.sqlite"
    if not file.is_file():
        raise UsageError(
            f"found no people.sqlite in {state}, expected the state folder of a service that has "
            "run; name it with --state"
        )
    store = PeopleStore(file)
    try:
        yield store
    except UnknownPersonError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()
