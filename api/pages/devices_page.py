"""Devices: what is heard, the lines to add for what has no place, and how the boards are doing."""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.access.policy import Caretaker
from api.context import InContext
from api.pages.page import Page
from api.services import Device

router = APIRouter(include_in_schema=False)

MOST = 400
"""Devices in one list; more are counted, not shown."""
SPACES = 3
"""Spaces that are named of a board that sees many."""


class FamilyOfBoards(msgspec.Struct, frozen=True):
    """The boards of one family, those that need a look first."""

    name: str
    boards: Sequence[Device]
    count: int
    silent: int

    @property
    def cut(self) -> int:
        """How many are not shown."""
        return self.count - len(self.boards)


@router.get("/devices")
def show_devices(request: Request, context: InContext, caller: Caretaker) -> HTMLResponse:
    """What has no place, then the boards by family."""
    page, roster = Page(request, context, caller), context.services.devices()
    unplaced = [one for one in roster.devices if one.lines]
    boards = [one for one in roster.devices if one.board is not None]
    return page.answer(
        "devices",
        here="devices",
        unplaced=unplaced[:MOST],
        cut=max(len(unplaced) - MOST, 0),
        found=len(unplaced),
        others=[one for one in roster.devices if one.board is None and not one.lines],
        lines=roster.lines,
        withheld=roster.withheld,
        families=_families(boards),
        boards=len(boards),
        silent=sum(not one.online for one in boards),
        names=page.places.name,
        most_spaces=SPACES,
    )


def _families(boards: Sequence[Device]) -> list[FamilyOfBoards]:
    """Boards by family; the silent first, then those with a sensor that is not believed."""
    found: dict[str, list[Device]] = {}
    for one in boards:
        found.setdefault(one.family, []).append(one)
    return [
        FamilyOfBoards(
            family,
            sorted(ones, key=lambda one: (one.online, not one.distrusted))[:MOST],
            len(ones),
            sum(not one.online for one in ones),
        )
        for family, ones in found.items()
    ]
