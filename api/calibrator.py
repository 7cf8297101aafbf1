"""The calibrator: who may walk with which tag, and that each walk is written down.

Owns the rules. A tag is one's own, or one that nobody has and that was set aside; it is heard for
its walk alone; whoever is on a walk ends it with one press. Knows no HTTP and no database of walks.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from api.access.role import CARETAKERS
from api.people.audit import Lookup
from api.people.person import UnknownPersonError
from api.people.store import PeopleStore
from occupancy.building import Building
from occupancy.calibration import (
    NoWalkError,
    Outline,
    Progress,
    Spare,
    Walk,
    WalkingError,
    recording_of,
)
from occupancy.learning.recording import Recording
from occupancy.learning.report import Report, report_on, with_drifts
from occupancy.places import Places
from occupancy.space import Space
from sensors.tag import Tag

PURPOSE = "calibrate"
BEGAN, ENDED = "walk-began", "walk-ended"
OWN = "own"
"""Beginning of the choices that are one's own tags: `own-1`, `own-2`."""

log = structlog.get_logger(__name__)


class Walks(Protocol):
    """Where walks are recorded and kept."""

    def going(self) -> dict[str, Tag]:
        """The tag that each walker carries, by person."""

    def begin(self, person: str, tag: Tag, now_ms: int) -> None:
        """Begin a walk; raises `WalkingError`."""

    def move(self, person: str, place: str | None, now_ms: int) -> None:
        """The walker is in a place from now on, or on the way; raises `NoWalkError`."""

    def finish(self, person: str, now_ms: int) -> None:
        """The walk is over; raises `NoWalkError`."""

    def overdue(self, now_ms: int) -> tuple[str, ...]:
        """Persons who have pressed nothing for too long."""

    def progress(self, person: str, now_ms: int) -> Progress | None:
        """How a walk is going."""

    def outlines(self) -> tuple[Outline, ...]:
        """Walks that are over in numbers."""

    def walks(self) -> tuple[Walk, ...]:
        """Walks that are over, whole."""

    def remove(self, walk_id: str) -> bool:
        """Forget a walk."""

    def revision(self) -> int:
        """Another number whenever the walks that are over are others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A tag that one may walk with."""

    id: str
    tag: Tag
    is_own: bool


class NoTagError(Exception):
    """This tag is none that the caller may walk with."""

    def __init__(self, found: str, allowed: tuple[str, ...]) -> None:
        self.found, self.allowed = found, allowed
        expected = f"one of {', '.join(allowed)}" if allowed else "a tag of yours or one set aside"
        super().__init__(f"found {found!r}, expected {expected}")


class ClosedError(Exception):
    """Outside working hours no tag is heard."""

    def __init__(self) -> None:
        super().__init__("it is outside working hours, when no tag is heard; walk within them")


class Calibrator:
    """Calibration walks under the rules for persons.

    Args:
        building: Its rooms and zones are the places.
        people: Whose tag is whose, and where walks are written down.
        walks: Where they are recorded.
        spares: The tags set aside.
        open_at: Whether it is working hours at a time in ms UTC.
        drifts: How much louder in dB each scanner has become since the walks.
    """

    def __init__(
        self,
        building: Building,
        people: PeopleStore,
        walks: Walks,
        spares: Callable[[], tuple[Spare, ...]],
        open_at: Callable[[int], bool],
        drifts: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._building = building
        self._people = people
        self._walks = walks
        self._spares = spares
        self.open_at = open_at
        self.drifts = drifts
        self.places: tuple[Space, ...] = Places(building).spaces
        self._report: tuple[int, Report] | None = None
        self._reporting = threading.Lock()

    def choices(self, person: str) -> tuple[Choice, ...]:
        """The tags that a person may walk with: their own, and those that nobody has."""
        register = self._people.register
        try:
            if register.person(person).role not in CARETAKERS:
                return ()
        except UnknownPersonError:
            return ()
        mine = enumerate(register.tags_of(person), 1)
        own = [Choice(f"{OWN}-{number}", tag, is_own=True) for number, tag in mine]
        free = [s for s in self._spares() if register.owner_of(s.tag) is None]
        return (*own, *(Choice(spare.name, spare.tag, is_own=False) for spare in free))

    def begin(self, person: str, choice: str, now_ms: int) -> None:
        """Begin a walk; it is written down first.

        Raises:
            NoTagError: If the choice is none of the caller's.
            ClosedError: Outside working hours.
            WalkingError: If the caller, or somebody with that tag, is on a walk.
            sqlite3.Error: If it can't be written down; then there is no walk.
        """
        choices = {one.id: one.tag for one in self.choices(person)}
        tag = choices.get(choice)
        if tag is None:
            raise NoTagError(choice, tuple(choices))
        if not self.open_at(now_ms):
            raise ClosedError
        going = self._walks.going()
        if person in going or tag in going.values():
            raise WalkingError(same_person=person in going)
        self._write(person, BEGAN, now_ms)
        self._walks.begin(person, tag, now_ms)

    def move(self, person: str, place: str | None, now_ms: int) -> None:
        """The caller is in a place, or on the way.

        Raises:
            NoWalkError: If there is no walk.
        """
        self._walks.move(person, place, now_ms)

    def finish(self, person: str, now_ms: int) -> None:
        """End a walk, whatever else fails; then write that down.

        Raises:
            NoWalkError: If there is none.
        """
        self._walks.finish(person, now_ms)
        try:
            self._write(person, ENDED, now_ms)
        except sqlite3.Error as error:
            log.warning("the end of a walk is not written down", error=type(error).__name__)

    def look(self, now_ms: int) -> None:
        """End walks that nobody goes on with, and those whose tag is not the walker's any more."""
        overdue = self._walks.overdue(now_ms)
        for person, tag in self._walks.going().items():
            allowed = {choice.tag for choice in self.choices(person)}
            if person in overdue or tag not in allowed:
                self._end(person, now_ms)

    def _end(self, person: str, now_ms: int) -> None:
        try:
            self.finish(person, now_ms)
        except NoWalkError:
            log.debug("a walk was ended by its walker first")

    def progress(self, person: str, now_ms: int) -> Progress | None:
        """How the caller's walk is going, None where there is none."""
        return self._walks.progress(person, now_ms)

    def outlines(self) -> tuple[Outline, ...]:
        """Walks that are over."""
        return self._walks.outlines()

    def remove(self, walk_id: str) -> bool:
        """Forget a walk; whether there was one."""
        return self._walks.remove(walk_id)

    def revision(self) -> int:
        """Another number whenever the walks that are over are others."""
        return self._walks.revision()

    def recordings(self) -> tuple[Recording, ...]:
        """The walks as learning takes them."""
        return tuple(recording_of(walk, self._building) for walk in self._walks.walks())

    def report(self) -> Report:
        """How well places can be told apart, worked out once, and how scanners drift since."""
        with self._reporting:
            revision = self._walks.revision()
            kept = self._report
            if kept is None or kept[0] != revision:
                kept = (revision, report_on(self._building, self.recordings()))
                self._report = kept
            return with_drifts(kept[1], self.drifts())

    def known_report(self) -> tuple[Report | None, bool]:
        """The last report, without waiting for a new one; whether it is of the walks of now."""
        kept = self._report
        if kept is None:
            return None, False
        return with_drifts(kept[1], self.drifts()), kept[0] == self._walks.revision()

    def _write(self, person: str, answer: str, now_ms: int) -> None:
        self._people.audit.write(Lookup(now_ms, person, person, PURPOSE, answer))
