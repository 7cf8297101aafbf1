"""Devices: what is heard, what has a place in the building file, and the lines for what has not."""

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

import api.services
from api.access.policy import Caretaker
from api.context import InContext
from api.query import refuse_keys
from api.reply import language_of, polled_struct
from api.routes.schema import object_of
from api.times import iso_minute

router = APIRouter(prefix="/v1", tags=["devices"])


class DeviceChannel(msgspec.Struct, frozen=True):
    """One thing that a device tells."""

    channel: str
    kind: str
    placed: bool
    """Whether the building file has it."""


class Device(msgspec.Struct, frozen=True, rename="camel"):
    """One device."""

    family: str
    device: str
    """Its name on the wire; the board's id where that would show a hardware address."""
    model: str | None
    board: str | None
    """Of the building file; null where it has none."""
    online: bool | None
    """Null without a board."""
    last_heard: str | None
    """Floored to the minute; null where it never spoke."""
    channels: list[DeviceChannel]
    spaces: tuple[str, ...]
    """Ids of those that its sensors see."""
    distrusted: tuple[str, ...]
    """Its sensors that are not believed: stuck, or never quiet."""
    lines: str
    """YAML to add to the building file; empty where there is nothing to add."""


class Devices(msgspec.Struct, frozen=True):
    """The devices without a board, then the boards of the building."""

    devices: list[Device]
    lines: str
    """YAML to add for all of them together."""
    withheld: int
    """How many are left out because their names would show hardware addresses."""


@router.get("/devices", responses=object_of(Devices))
def devices(request: Request, caller: Caretaker, context: InContext) -> Response:  # noqa: ARG001
    """Every device that is heard, announced or in the building file."""
    refuse_keys(request.query_params, ())
    roster = context.services.devices()
    told = Devices([_told(one) for one in roster.devices], roster.lines, roster.withheld)
    return polled_struct(request, told, language_of(request))


def _told(one: api.services.Device) -> Device:
    # Without the count of messages, which would make another answer of each.
    return Device(
        one.family,
        one.name,
        one.model or None,
        one.board,
        None if one.board is None else one.online,
        iso_minute(one.last_heard_ms),
        [DeviceChannel(c.name, c.kind, c.placed) for c in one.channels],
        one.spaces,
        one.distrusted,
        one.lines,
    )
