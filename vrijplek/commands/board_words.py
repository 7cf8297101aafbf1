"""Words of `vrijplek board`: what it refuses, hands out and warns of."""

import re
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec
import typer

from occupancy.building import Building
from vrijplek.broker.accounts import REPLAY
from vrijplek.broker.certificates import Issued
from vrijplek.broker.folder import STAFF, BrokerFolder, Way
from vrijplek.broker.leaflet import Leaflet
from vrijplek.broker.reload import have_reloaded
from vrijplek.building.words import BOARD_PATTERN
from vrijplek.errors import CommandError, UsageError
from vrijplek.private import write_private

OURS = (*STAFF, REPLAY)
SOON = timedelta(days=60)
NO_SITE = "SITE"


class Family(StrEnum):
    """What a board speaks."""

    VRIJPLEK = "vrijplek"
    ESPRESENSE = "espresense"


def check_name(name: str) -> None:
    """Refuse a name that is no board's.

    Raises:
        UsageError: If it is an account of the service, or no id.
    """
    if name in OURS:
        raise UsageError(
            f"found {name!r}, an account of the service, expected the id of a board; `vrijplek "
            f"board prepare` makes those accounts, `vrijplek board renew {name}` renews one"
        )
    if not re.fullmatch(BOARD_PATTERN, name):
        raise UsageError(
            f"found {name!r}, expected the id of a board: a-z 0-9 - _, at most 64, starting with a "
            "letter or digit"
        )


def family_of(name: str, wanted: Family | None, plan: Building | None) -> Family:
    """What a board speaks: as the building says where it does, and never otherwise.

    Raises:
        CommandError: If something else was asked for.
    """
    planned = plan.board.get(name) if plan else None
    if planned is None:
        return wanted or Family.VRIJPLEK
    if wanted not in {None, planned.family}:
        told = f"found --family {wanted}, expected {planned.family}, as the building file says"
        raise CommandError(told)
    if planned.family not in set(Family):
        told = (
            f"found a device of {planned.family}, expected a board of {' or '.join(Family)}: "
            "it comes in with its bridge's account, as docs/families.md tells"
        )
        raise CommandError(told)
    return Family(planned.family)


def leaflet_of(
    place: BrokerFolder,
    name: str,
    way: Way,
    secret: str | Issued,
    plan: Building | None,
    host: str | None,
    port: int | None,
    out: Path | None,
) -> Leaflet:
    """The leaflet of a board, with what was said on the command line before what is known."""
    site = plan.site if plan else NO_SITE
    where = host or place.host
    files = out or Path()
    return Leaflet(name, way, where, port or way.port, site, secret, place.authority, files)


def hand_out(leaflet: Leaflet, out: Path | None, *, as_json: bool) -> None:
    """Print a leaflet, and write certificate and key where that was asked for."""
    typer.echo(msgspec.json.encode(leaflet.flash()) if as_json else leaflet.text())
    if isinstance(leaflet.secret, Issued) and out is not None:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(out / f"{leaflet.board}.crt", leaflet.secret.certificate)
        write_private(out / f"{leaflet.board}.key", leaflet.secret.key)


def warn(name: str, speaks: Family, plan: Building | None, way: Way) -> None:
    """Tell what else a new board needs before it is heard."""
    if plan is None and way is not Way.PLAIN:
        tell(f"No --building was named: the site in topics is to be put for {NO_SITE}.")
    elif plan is not None and name not in plan.board:
        tell(
            f"{name} is not in the building file: what it says is refused (unknown_board) until "
            f"it is, with family {speaks}."
        )
    if way in {Way.CERTIFICATE, Way.PLAIN}:
        tell(f"The listener on {way.port} is closed until its lines in mosquitto.conf are open.")
    if way is Way.PLAIN:
        tell("Its password and what it hears of tags can be read on the way: no office network.")


def warn_of_end(place: BrokerFolder) -> None:
    """Tell when the broker's certificate runs out soon."""
    if place.server_ends - datetime.fromtimestamp(now_ms() / 1000, UTC) < SOON:
        tell(
            f"The broker's certificate ends on {place.server_ends:%Y-%m-%d}, and then no board "
            "comes in: delete server.crt, `vrijplek board prepare --host …`, reload."
        )


def reload(pid_file: Path | None) -> None:
    """Have the broker read its files again, or tell how to.

    Raises:
        CommandError: If the file names no broker.
    """
    if pid_file is None:
        tell("It counts once the broker has read its files: systemctl reload mosquitto")
        return
    have_reloaded(pid_file)


def tell(words: str) -> None:
    """Tell something beside the output, which programs may read."""
    typer.echo(words, err=True)


def now_ms() -> int:
    """The time, ms UTC."""
    return time.time_ns() // 1_000_000
