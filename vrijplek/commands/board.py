"""`vrijplek board`: accounts of boards at the broker, and what to flash."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vrijplek.broker.accounts import HOME_ASSISTANT, PUBLISHER, SERVICE
from vrijplek.broker.folder import BrokerFolder, Way
from vrijplek.building import load_building
from vrijplek.commands.board_words import (
    OURS,
    Family,
    check_name,
    family_of,
    hand_out,
    leaflet_of,
    now_ms,
    reload,
    tell,
    warn,
    warn_of_end,
)
from vrijplek.errors import UsageError

board = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Accounts of boards at the broker: each gets a password or a certificate of its own.",
)
FOLDER = Path("/etc/mosquitto/vrijplek")
DAYS = 5 * 365

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="Id of the board, as in the building file.")
]
FolderOption = Annotated[
    Path, typer.Option("--folder", help="The broker's folder, which mosquitto.conf names.")
]
BuildingOption = Annotated[
    Path | None,
    typer.Option("--building", metavar="FILE", help="The building file: site and families."),
]
HostOption = Annotated[
    str | None,
    typer.Option("--host", help="Where boards find the broker; else as its certificate says."),
]
PortOption = Annotated[
    int | None, typer.Option("--port", help="Its port, where mosquitto.conf has another.")
]
DaysOption = Annotated[
    int, typer.Option("--days", min=1, max=7300, help="How long a certificate holds.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write certificate and key there too."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
PidOption = Annotated[
    Path | None,
    typer.Option("--pid-file", metavar="FILE", help="Have the broker with this one reload."),
]


@board.command("prepare")
def prepare(
    host: Annotated[
        str, typer.Option("--host", help="Name or address by which boards find the broker.")
    ],
    folder: FolderOption = FOLDER,
    days: Annotated[
        int, typer.Option("--days", min=1, max=7300, help="How long its certificate holds.")
    ] = DAYS,
) -> None:
    """Make what mosquitto.conf needs: accounts of the service, the site's authority, TLS.

    What is there stays. Passwords are shown once.

    For example:

        vrijplek board prepare --host broker.hq.example
    """
    made = BrokerFolder(folder).prepare(host, now_ms(), days)
    for name, password in made.items():
        typer.echo(f"{name:<18} {password}")
    if made:
        tell("These passwords are shown once.")
    if SERVICE in made:
        tell(
            "The first two belong into the files that broker.password_file and broker."
            "teller_password_file of the settings name."
        )
    if PUBLISHER in made:
        tell(
            f"That of {PUBLISHER} belongs into the file that broker.publisher_password_file names, "
            f"and that of {HOME_ASSISTANT} to Home Assistant, where the settings have `publish`."
        )


@board.command("add")
def add(
    name: NameArgument,
    family: Annotated[
        Family | None,
        typer.Option(help="What it speaks; else as the building file says, else vrijplek."),
    ] = None,
    building: BuildingOption = None,
    folder: FolderOption = FOLDER,
    host: HostOption = None,
    port: PortOption = None,
    days: DaysOption = DAYS,
    out: OutOption = None,
    pid_file: PidOption = None,
    *,
    certificate: Annotated[
        bool, typer.Option("--certificate", help="A certificate in the place of a password.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a board's account and print what to flash. Its secret is shown once.

    For example:

        vrijplek board add f0-d1 --building hq.yaml
        vrijplek board add f0-d2 --building hq.yaml --certificate --out flash/
        vrijplek board add den --family espresense --host 192.0.2.1
    """
    check_name(name)
    plan = load_building(building) if building else None
    speaks = family_of(name, family, plan)
    if certificate and speaks is Family.ESPRESENSE:
        raise UsageError("found --certificate, expected none: ESPresense speaks no TLS")
    way = Way.CERTIFICATE if certificate else Way.PASSWORD
    way = Way.PLAIN if speaks is Family.ESPRESENSE else way
    place = BrokerFolder(folder)
    secret = place.add(name, way, now_ms(), days)
    hand_out(leaflet_of(place, name, way, secret, plan, host, port, out), out, as_json=as_json)
    warn(name, speaks, plan, way)
    reload(pid_file)


@board.command("renew")
def renew(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The board, or an account of the service.")
    ],
    building: BuildingOption = None,
    folder: FolderOption = FOLDER,
    host: HostOption = None,
    port: PortOption = None,
    days: DaysOption = DAYS,
    out: OutOption = None,
    pid_file: PidOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give an account a new password or certificate; the old one counts no more.

    For example:

        vrijplek board renew f0-d1 --building hq.yaml
        vrijplek board renew vrijplek-service
    """
    plan = load_building(building) if building else None
    place = BrokerFolder(folder)
    way, secret = place.renew(name, now_ms(), days)
    if way is Way.SERVICE:
        typer.echo(f"{name:<17} {secret}")
    else:
        hand_out(leaflet_of(place, name, way, secret, plan, host, port, out), out, as_json=as_json)
    reload(pid_file)


@board.command("remove")
def remove(name: NameArgument, folder: FolderOption = FOLDER, pid_file: PidOption = None) -> None:
    """Take a board's account away; a certificate is called back.

    For example:

        vrijplek board remove f0-d1
    """
    if name in OURS:
        told = f"found {name!r}, an account of the service, expected a board; renew it if need be"
        raise UsageError(told)
    way = BrokerFolder(folder).remove(name, now_ms())
    typer.echo(f"{name} has no account any more")
    if way is Way.CERTIFICATE:
        tell("A connection that is open stays so until it ends; restart the broker to cut it.")
    reload(pid_file)


@board.command("list")
def listed(
    building: BuildingOption = None, folder: FolderOption = FOLDER, *, as_json: JsonOption = False
) -> None:
    """List all accounts, how they come in, and boards of the building that have none.

    For example:

        vrijplek board list --building hq.yaml
    """
    place = BrokerFolder(folder)
    plan = load_building(building) if building else None
    rows = [
        {
            "name": entry.name,
            "way": entry.way.value,
            "ends": entry.ends.date().isoformat() if entry.ends else None,
        }
        for entry in place.entries()
    ]
    known = {entry.name for entry in place.entries()}
    ours = [one.id for one in plan.boards if one.family in set(Family)] if plan else []
    missing = [name for name in ours if name not in known]
    rows += [{"name": name, "way": None, "ends": None} for name in missing]
    if as_json:
        typer.echo(msgspec.json.encode(rows))
        return
    table = Table("name", "comes in by", "until", "in the building")
    for row in rows:
        is_there = plan is not None and row["name"] in plan.board
        in_plan = "" if plan is None or row["way"] == Way.SERVICE else "yes" if is_there else "no"
        table.add_row(row["name"], row["way"] or "no account yet", row["ends"] or "", in_plan)
    Console().print(table)
    warn_of_end(place)
