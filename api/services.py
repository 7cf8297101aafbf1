"""Services: everything that the routes and pages need, handed over by the one who composes.

Owns the ports toward the listening process. Knows no concrete pipeline, store or setting source.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

import msgspec
from fastapi import Request
from prometheus_client import CollectorRegistry

from api.calibrator import Calibrator
from api.finder import Finder
from api.people.store import PeopleStore
from occupancy.aggregate import AggregateReader
from occupancy.building import Building
from occupancy.history import HistoryReader
from occupancy.view import LiveView


class BoardHealth(msgspec.Struct, frozen=True):
    """How one board is doing."""

    id: str
    online: bool
    last_heard_ms: int | None = None
    """When anything came from it, ms UTC; None where nothing did."""
    gaps: int = 0
    """Stretches of messages that never came."""
    distrusted: tuple[str, ...] = ()
    """Its sensors that are not believed: stuck, or never quiet."""


class Channel(msgspec.Struct, frozen=True):
    """One thing that a device tells."""

    name: str
    kind: str
    placed: bool
    """Whether the building file has it."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is heard or announced, or that the building file has."""

    family: str
    name: str
    """On the wire; the board's id where that would show a hardware address."""
    model: str = ""
    channels: tuple[Channel, ...] = ()
    messages: int = 0
    """Since the start, with something that has no place."""
    last_heard_ms: int | None = None
    """When it spoke, ms UTC; None where it never did: an inventory may tell of it all the same."""
    board: str | None = None
    """Of the building file; None where it has none."""
    spaces: tuple[str, ...] = ()
    """That its sensors see."""
    online: bool = False
    """Of a board: whether it is heard."""
    distrusted: tuple[str, ...] = ()
    """Its sensors that are not believed: stuck, or never quiet."""
    lines: str = ""
    """To add to the building file; empty where nothing that tells of presence lacks a place."""


class Roster(msgspec.Struct, frozen=True):
    """The devices that the listening process knows."""

    devices: tuple[Device, ...] = ()
    """Those without a board by family and name, then the boards in the building's order."""
    lines: str = ""
    """The lines of all of them together."""
    withheld: int = 0
    """Devices without a board that are left out, as their names would show hardware addresses."""


class Health(Protocol):
    """How the listening process is doing."""

    def troubles(self) -> tuple[str, ...]:
        """What keeps it from doing its job now, in words; empty where nothing does."""

    def worries(self) -> tuple[str, ...]:
        """What is wrong and keeps no answer from being right and fresh; empty where nothing is."""

    def boards(self) -> tuple[BoardHealth, ...]:
        """Every board of the building, in its order."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the routes and pages must know of how the service was set up."""

    version: str = "0.1.0"
    """Of the software and its API, told in each answer."""
    invented_people: bool = False
    """Whether the people are made up, which every page then says."""
    always_open: bool = False
    """Whether working hours are always, which every page then says."""
    https: bool = False
    """Whether browsers reach it by https, so that cookies can be marked Secure."""
    cors_origins: tuple[str, ...] = ()
    """Other origins whose scripts may read answers; exact, such as `https://hall.example`."""


@dataclass(frozen=True)
class Services:
    """What the routes work with."""

    building: Building
    view: LiveView
    history: HistoryReader
    aggregates: AggregateReader
    people: PeopleStore
    now_ms: Callable[[], int]
    """The service's clock, ms UTC; in demos it may run faster than the wall's."""
    health: Health
    finder: Finder | None = None
    """The colleague finder; None while its gate is closed."""
    settings: Settings = field(default_factory=Settings)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    """Where everything that counts registers; shared with the listening process."""
    calibrator: Calibrator | None = None
    """Calibration walks; None while the finder is off, as no tag is heard then."""
    devices: Callable[[], Roster] = Roster
    """Which devices are heard, and which of them have a place; may be called by any thread."""


async def services_of(request: Request) -> Services:
    """The services of the application that got this request, for ``Depends``."""
    return cast("Services", request.app.state.services)
