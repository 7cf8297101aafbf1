"""The recorder: walks that are going on, who carries which tag, and what is heard of it.

The link between a person, a tag and a walk is in memory here and nowhere else. Presses come on the
threads of the API; `take` comes on the thread of the pipeline and must never wait for those.
"""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.calibration import CalibrationStore
from occupancy.calibration import (
    PATIENCE_MS,
    STAY_MS,
    Heard,
    Moved,
    NoWalkError,
    Outline,
    Progress,
    Visit,
    Walk,
    WalkingError,
)
from occupancy.radio import relative_db
from sensors.entry import Entry
from sensors.reading import Motion, Sighting
from sensors.tag import Tag

LISTENS_MS = 10_000
"""A scanner that heard the tag within this time counts as hearing it."""


@dataclass(frozen=True, slots=True)
class Going:
    """A walk that is going on."""

    id: str
    tag: Tag
    begin_ms: int
    pressed_ms: int
    place: str | None = None
    since_ms: int = 0
    visits: tuple[Visit, ...] = ()

    @property
    def until_ms(self) -> int:
        """When it is over unless something is pressed."""
        return self.pressed_ms + PATIENCE_MS

    def stay_ended_ms(self, now_ms: int) -> int:
        """When the open stay ends if it is ended now."""
        return min(now_ms, self.since_ms + STAY_MS)

    def closed(self, now_ms: int) -> tuple[Visit, ...]:
        """All stays, the open one ended now."""
        if self.place is None:
            return self.visits
        ended_ms = self.stay_ended_ms(now_ms)
        return (*self.visits, Visit(self.place, self.since_ms, max(ended_ms, self.since_ms)))

    def holds(self, event_ms: int) -> bool:
        """Whether a moment lies in one of the stays, the open one included."""
        is_open = self.place is not None
        if is_open and self.since_ms <= event_ms < self.since_ms + STAY_MS:
            return True
        return any(v.begin_ms <= event_ms < v.end_ms for v in self.visits)


class Recorder:
    """Walks of one service.

    Args:
        store: On a connection of its own, for the threads of the API.
    """

    def __init__(self, store: CalibrationStore) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._going: dict[str, Going] = {}
        """By person. Replaced as a whole, so that the pipeline reads without waiting."""
        self._ears: dict[str, dict[str, int]] = {}
        """When each scanner last heard the tag, by walk; written by the pipeline."""

    def hears(self, tag: Tag) -> bool:
        """Whether a walk with this tag is going on; cheap, for the listening thread."""
        return any(going.tag == tag for going in self._going.values())

    def going(self) -> dict[str, Tag]:
        """The tag that each walker carries, by person."""
        return {person: going.tag for person, going in self._going.items()}

    def begin(self, person: str, tag: Tag, now_ms: int) -> None:
        """Begin a walk.

        Raises:
            WalkingError: If that person, or that tag, is on a walk already.
        """
        with self._lock:
            if person in self._going or self.hears(tag):
                raise WalkingError(same_person=person in self._going)
            walk_id = secrets.token_hex(4)
            self._store.begin(walk_id, now_ms)
            self._ears[walk_id] = {}
            self._put(person, Going(walk_id, tag, now_ms, now_ms))

    def move(self, person: str, place: str | None, now_ms: int) -> None:
        """The walker is in a place from now on, or on the way; pressed twice it is one stay.

        Raises:
            NoWalkError: If that person is on no walk.
        """
        with self._lock:
            going = self._of(person)
            is_same = place == going.place and now_ms < going.since_ms + STAY_MS
            if place is None or not is_same:
                self._store.move(going.id, going.stay_ended_ms(now_ms), place, now_ms)
                visits = going.closed(now_ms)
                going = replace(going, place=place, since_ms=now_ms, visits=visits)
            self._put(person, replace(going, pressed_ms=now_ms))

    def finish(self, person: str, now_ms: int) -> None:
        """The walk is over; its tag is heard no more.

        Raises:
            NoWalkError: If that person is on no walk.
        """
        with self._lock:
            going = self._of(person)
            self._going = {p: one for p, one in self._going.items() if p != person}
            self._ears.pop(going.id, None)
            ended_ms = min(now_ms, going.until_ms)
            self._store.finish(going.id, going.stay_ended_ms(ended_ms), ended_ms)

    def overdue(self, now_ms: int) -> tuple[str, ...]:
        """Persons whose walks have had no press for too long."""
        return tuple(p for p, going in self._going.items() if now_ms >= going.until_ms)

    def progress(self, person: str, now_ms: int) -> Progress | None:
        """How a person's walk is going, None where there is none."""
        going = self._going.get(person)
        if going is None:
            return None
        heard_ms = self._ears.get(going.id, {}).copy().values()
        in_stay = going.place is not None
        return Progress(
            going.id,
            going.begin_ms,
            going.until_ms,
            going.place,
            going.since_ms if in_stay else None,
            (going.stay_ended_ms(now_ms) - going.since_ms) / 1000 if in_stay else 0.0,
            sum(now_ms - at_ms <= LISTENS_MS for at_ms in heard_ms),
            going.visits,
        )

    def take(self, entries: Sequence[Entry], store: CalibrationStore) -> None:
        """Keep what these entries say of the walks, inside the pipeline's transaction.

        Args:
            entries: What was understood.
            store: On the pipeline's connection.
        """
        for going in self._going.values():
            heard, moved = _parts(going, entries)
            ears = self._ears.get(going.id)
            if ears is not None:
                ears.update((one.scanner, one.received_ms) for one in heard)
            store.take(
                going.id,
                [one for one in heard if going.holds(one.event_ms)],
                [one for one in moved if going.holds(one.event_ms)],
            )

    def outlines(self) -> tuple[Outline, ...]:
        """Walks that are over in numbers, oldest first."""
        with self._lock:
            return self._store.outlines()

    def walks(self) -> tuple[Walk, ...]:
        """Walks that are over."""
        with self._lock:
            return self._store.walks()

    def remove(self, walk_id: str) -> bool:
        """Forget a walk that is over; whether there was one."""
        with self._lock:
            return self._store.remove(walk_id)

    def revision(self) -> int:
        """Another number whenever the walks that are over are others."""
        with self._lock:
            return self._store.revision()

    def _of(self, person: str) -> Going:
        going = self._going.get(person)
        if going is None:
            raise NoWalkError
        return going

    def _put(self, person: str, going: Going) -> None:
        self._going = {**self._going, person: going}


def _parts(going: Going, entries: Sequence[Entry]) -> tuple[list[Heard], list[Moved]]:
    """What entries say that may belong to a walk."""
    heard: list[Heard] = []
    moved: list[Moved] = []
    for entry in entries:
        at_ms = entry.received_ms
        for said in entry.readings:
            if isinstance(said, Sighting) and said.tag == going.tag:
                heard.append(Heard(said.sensor, said.event_ms, at_ms, relative_db(said)))
            elif isinstance(said, Motion):
                moved.append(Moved(said.sensor, said.event_ms, at_ms, said.on))
    return heard, moved
