"""`vrijplek access`: persons, their tags, keys and sign-in links, and the keys of screens."""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.access.role import Role
from api.people.person import Visibility
from api.people.sessions import TICKET_MS
from sensors.tag import tag_of
from vrijplek.commands.access_secrets import bind_key, bind_keys, irk
from vrijplek.commands.access_store import STATE, PersonArgument, people_in
from vrijplek.commands.state import StateOption
from vrijplek.erased import erased_in
from vrijplek.errors import CommandError, UsageError
from vrijplek.running import Running

access = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Persons, tags, keys and sign-in links. A running service takes changes over in seconds.",
)
access.command("irk")(irk)
access.command("bind-key")(bind_key)
access.command("bind-keys")(bind_keys)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@access.command("add-person")
def add_person(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As colleagues know them.")],
    role: Annotated[
        Role, typer.Option(help="What they may ask; screens have add-screen.")
    ] = Role.STAFF,
    state: StateOption = STATE,
) -> None:
    """Enter a person, who shows nothing until they choose to, and print their id and key.

    For example:

        vrijplek access add-person "Ada de Vries" --role facilities
    """
    if not name.strip():
        raise UsageError("found an empty name, expected one that colleagues know")
    if role is Role.SCREEN:
        raise UsageError("found role screen, expected add-screen for a screen")
    with people_in(state) as people:
        person = people.register.add(name, role, Visibility())
        typer.echo(f"id   {person.id}\nkey  {people.keys.for_person(person.id, _now_ms())}")


@access.command("add-screen")
def add_screen(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Where it hangs.")],
    floor: Annotated[
        str | None,
        typer.Option(help="Id of the one floor that it may see, as in the building file."),
    ] = None,
    state: StateOption = STATE,
) -> None:
    """Print a new key for a screen: desks and rooms, never a person.

    For example:

        vrijplek access add-screen "lift, ground floor" --floor floor-0
    """
    with people_in(state) as people:
        typer.echo(f"key  {people.keys.for_screen(name, _now_ms(), floor)}")


@access.command("tag")
def tag(
    person: PersonArgument,
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="Address of the tag; only its hash is kept."),
    ],
    state: StateOption = STATE,
) -> None:
    """Give a tag to a person. It counts once that person has chosen to be found.

    For example:

        vrijplek access tag 0123456789ab c3:00:00:00:00:2a
    """
    with people_in(state) as people:
        people.register.enrol(person, tag_of(address, people.site_key))
        typer.echo(f"{person} has {len(people.register.tags_of(person))} tag(s)")


@access.command("untag")
def untag(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Address of the tag.")],
    state: StateOption = STATE,
) -> None:
    """Forget a tag: nobody is found by it any more.

    For example:

        vrijplek access untag c3:00:00:00:00:2a
    """
    with people_in(state) as people:
        tag = tag_of(address, people.site_key)
        if not any(tag in people.register.tags_of(p.id) for p in people.register.persons()):
            raise CommandError("found nobody with this tag, expected the address of one in use")
        people.register.unenrol(tag)
    typer.echo("the tag is forgotten")


@access.command("people")
def listed_people(state: StateOption = STATE) -> None:
    """List all persons with their ids, and whether they have chosen to be found.

    For example:

        vrijplek access people --state /var/lib/vrijplek
    """
    table = Table("id", "name", "role", "tags", "to be found")
    with people_in(state) as people:
        for person in people.register.persons():
            tags = len(people.register.tags_of(person.id))
            found = person.visibility.precision.value if person.visibility.visible else "no"
            table.add_row(person.id, person.name, person.role, str(tags), found)
    Console().print(table)


@access.command("key")
def key(person: PersonArgument, state: StateOption = STATE) -> None:
    """Print another key of a person; the ones before keep working until they are revoked.

    For example:

        vrijplek access key 0123456789ab
    """
    with people_in(state) as people:
        typer.echo(f"key  {people.keys.for_person(person, _now_ms())}")


@access.command("remove")
def remove(person: PersonArgument, state: StateOption = STATE) -> None:
    """Forget a person, with their tags, keys and sessions. Who looked them up stays written down.

    No backup brings them back: `vrijplek restore` leaves out who was removed.

    For example:

        vrijplek access remove 0123456789ab
    """
    with people_in(state) as people:
        people.register.person(person)
        with erased_in(state) as erased:
            erased.add(person, _now_ms())
        people.register.remove(person)
    typer.echo(f"{person} is forgotten")


@access.command("link")
def link(
    person: PersonArgument,
    state: StateOption = STATE,
) -> None:
    """Print a link that signs a person in once, within ten minutes.

    For example:

        vrijplek access link 0123456789ab
    """
    running = Running.read(state)
    with people_in(state) as people:
        lasts_ms = int(TICKET_MS * running.speed)
        ticket = people.sessions.ticket(person, running.now_ms(_now_ms()), lasts_ms)
    typer.echo(f"{running.http}/sign-in/{ticket}")


@access.command("list")
def listed(state: StateOption = STATE) -> None:
    """List all keys by their ids, and whose they are.

    For example:

        vrijplek access list --state /var/lib/vrijplek
    """
    table = Table("key", "person", "role", "screen", "floor")
    with people_in(state) as people:
        for key in people.keys.all():
            role = people.register.person(key.person).role if key.person else Role.SCREEN
            table.add_row(key.id, key.person or "", role, key.screen or "", key.floor or "")
    Console().print(table)


@access.command("revoke")
def revoke(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Id of the key, as `access list` shows it.")
    ],
    state: StateOption = STATE,
) -> None:
    """Make a key worthless within seconds.

    For example:

        vrijplek access revoke 4f1c09be
    """
    with people_in(state) as people:
        if not people.keys.revoke(key):
            raise CommandError(f"found no key {key!r}, expected an id of `vrijplek access list`")
    typer.echo(f"key {key} is worthless now")
