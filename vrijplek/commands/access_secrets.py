"""`vrijplek access irk` and `bind-key`: what makes addresses and adverts readable, kept sealed.

The keys come by standard input or a hidden prompt: what stands on a command line is in the history
of the shell and in the list of processes.
"""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sensors.identity import plain_address
from vrijplek.commands.access_store import STATE, PersonArgument, people_in
from vrijplek.commands.state import StateOption
from vrijplek.errors import CommandError, UsageError
from vrijplek.secret_key import EXPECTED_KEY, key_in

ForgetOption = Annotated[bool, typer.Option("--forget", help="Forget it instead.")]


def irk(person: PersonArgument, forget: ForgetOption = False, state: StateOption = STATE) -> None:  # noqa: FBT002
    """Enrol a phone whose address changes, by its identity resolving key (IRK).

    The key is asked for, or read from standard input: 32 hex digits or base64, in either order of
    bytes. It is kept encrypted. The phone counts once that person has chosen to be found.

    For example:

        vrijplek access irk 0123456789ab < phone.irk
        vrijplek access irk 0123456789ab --forget
    """
    with people_in(state) as people:
        if forget:
            gone = people.vault.forget_irks(person)
            typer.echo(f"{gone} key(s) of {person} forgotten")
            return
        people.register.person(person)
        people.vault.keep_irk(person, _asked("IRK"))
        typer.echo(f"{person} has {len(people.register.tags_of(person))} tag(s)")


def bind_key(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Address of the sensor: 54:48:E6:8F:80:A5.")
    ],
    forget: ForgetOption = False,  # noqa: FBT002
    state: StateOption = STATE,
) -> None:
    """Keep the bind key of a sensor whose adverts are encrypted (BTHome).

    The key is asked for, or read from standard input: 32 hex digits or base64. It is kept
    encrypted. From then on, adverts of that sensor that are not encrypted are refused.

    For example:

        vrijplek access bind-key 54:48:E6:8F:80:A5 < desk-12.key
        vrijplek access bind-key 54:48:E6:8F:80:A5 --forget
    """
    plain = plain_address(address)
    if len(plain) != 12:
        raise UsageError(f"found {address!r}, expected an address such as 54:48:E6:8F:80:A5")
    with people_in(state) as people:
        if not forget:
            people.vault.keep_bind_key(plain, _asked("bind key"))
            typer.echo(f"{plain} has a key; {len(people.vault.bound())} sensor(s) have one")
        elif people.vault.forget_bind_key(plain):
            typer.echo(f"the key of {plain} is forgotten")
        else:
            raise CommandError(f"found no key of {plain}, expected one of `access bind-keys`")


def bind_keys(state: StateOption = STATE) -> None:
    """List the sensors that have a bind key, and whether it can be read.

    For example:

        vrijplek access bind-keys --state /var/lib/vrijplek
    """
    table = Table("sensor", "key")
    with people_in(state) as people:
        for address in people.vault.bound():
            is_readable = address in people.vault.keys.bind_keys
            table.add_row(
                address, "kept" if is_readable else "can't be read: people.key is another"
            )
    Console().print(table)


def _asked(what: str) -> bytes:
    """A key from a prompt that shows nothing, or the first line of standard input.

    Raises:
        UsageError: If it is none; tells its length alone.
    """
    if sys.stdin.isatty():
        told = str(typer.prompt(what, hide_input=True))
    else:
        told = sys.stdin.readline(256)
    key = key_in(told)
    if key is None:
        raise UsageError(f"{what}: found {len(told.strip())} characters, expected {EXPECTED_KEY}")
    return key
