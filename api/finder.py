"""The colleague finder: where is someone who wants to be found.

Owns the order of things: nothing without its gate, nothing outside working hours, nothing of whom
did not opt in, no answer before it is written down. Knows no HTTP.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from api.people.audit import Lookup
from api.people.person import Person, Precision
from api.people.store import PeopleStore
from occupancy.building import Building
from occupancy.space import Kind, Space
from occupancy.view import LiveView
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from occupancy.working_hours import WorkingHours

PURPOSE = "find a colleague"
"""The one purpose that look-ups are for."""

FINENESS = (Kind.BUILDING, Kind.FLOOR, Kind.ZONE, Kind.ROOM, Kind.DESK)


class GateClosedError(Exception):
    """The finder may not start."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        self.missing = missing
        super().__init__(f"the colleague finder stays off: expected {', '.join(missing)}")


@dataclass(frozen=True)
class FinderGate:
    """What must be in order before anyone may be looked up.

    Raises:
        GateClosedError: If anything is missing; it says what.
    """

    dpia_ref: str | None
    """Reference to the data protection impact assessment (GDPR, article 35)."""
    works_council_ref: str | None
    """Reference to the works council's consent (Dutch WOR, article 27)."""
    since: date | None
    """The day from which that consent holds."""

    def __post_init__(self) -> None:
        missing = []
        if not (self.dpia_ref or "").strip():
            missing.append("a reference to the data protection impact assessment")
        if not (self.works_council_ref or "").strip():
            missing.append("a reference to the works council's consent")
        if self.since is None:
            missing.append("the date of that consent")
        if missing:
            raise GateClosedError(tuple(missing))

    def open_at(self, now_ms: int) -> bool:
        """Whether the day of consent has come; days change at midnight UTC."""
        return self.since is not None and datetime.fromtimestamp(now_ms / 1000, UTC).date() >= (
            self.since
        )


class Found(msgspec.Struct, frozen=True):
    """What may be told of where one person is."""

    person: Person
    place: Space | None = None
    """None where nothing may be told, whatever the reason."""
    since_ms: int | None = None
    """Since when; None where the place is coarser than what is known, as moves would show."""
    last_heard_ms: int | None = None
    probability: float | None = None


class Finder:
    """Looks up colleagues.

    Args:
        gate: Proof that it may be on.
        people: Who opted in, and where look-ups are written down.
        building: To tell a place no finer than was chosen.
        view: Where tags are now.
        hours: Outside these nobody is found.
    """

    def __init__(
        self,
        gate: FinderGate,
        people: PeopleStore,
        building: Building,
        view: LiveView,
        hours: WorkingHours,
    ) -> None:
        self._gate = gate
        self._people = people
        self._building = building
        self._view = view
        self._hours = hours

    def listed(self) -> tuple[Person, ...]:
        """Everyone who opted in, by name; a pause does not show."""
        return tuple(p for p in self._people.register.persons() if p.visibility.visible)

    def look_up(self, who: str, whom: str, now_ms: int) -> Found:
        """Where a person is, as far as that person lets it be known.

        Args:
            who: Id of the person who asks.
            whom: Id of the person asked about.
            now_ms: Now, ms UTC.

        Raises:
            UnknownPersonError: If there is no such person.
            sqlite3.Error: If the look-up can't be written down; then there is no answer.
        """
        found = self._find(self._people.register.person(whom), now_ms)
        answer = found.place.kind if found.place else "unknown"
        self._people.audit.write(Lookup(now_ms, who, whom, PURPOSE, answer))
        return found

    def _find(self, person: Person, now_ms: int) -> Found:
        allowed = self._gate.open_at(now_ms) and self._hours.open_at(now_ms)
        if not (allowed and person.visibility.shown_at(now_ms)):
            return Found(person)
        heard = self._heard(person)
        if heard is None or heard.place is None or now_ms - heard.last_heard_ms > TIME_TO_LIVE_MS:
            return Found(person)
        place = coarsened(self._building, heard.place, person.visibility.precision)
        since_ms = heard.since_ms if place.id == heard.place else None
        return Found(person, place, since_ms, heard.last_heard_ms, round(heard.probability, 1))

    def _heard(self, person: Person) -> Whereabouts | None:
        """Of several tags, the one that moved last: it is the one that is carried."""
        tags = self._people.register.tags_of(person.id)
        heard = [w for tag in tags if (w := self._view.whereabouts(tag)) and w.place is not None]
        return max(heard, key=lambda w: w.since_ms, default=None)


def coarsened(building: Building, place: str, precision: Precision) -> Space:
    """The smallest space around a place that is no finer than the precision allows."""
    finest = FINENESS.index(Kind(precision))
    return next(s for s in building.upward(place) if FINENESS.index(s.kind) <= finest)
