"""Listings: lists of spaces as bytes, built once per change and served to all who ask the same.

Owns the encoded parts. A part is encoded anew only when its space has changed.
"""

from collections.abc import Iterable
from threading import Lock

import msgspec

from api.answers import AnySpace, Common, Desk, Room, any_space, narrowed, unknown
from api.catalogue import Catalogue, Entry
from api.etag import etag_of
from api.query import SpaceQuery
from occupancy.rollup import WATCHED, Rollup, roll_up
from occupancy.space import Kind
from occupancy.view import LiveView, Status

MOST_BYTES = 32 * 1024 * 1024
"""Of the lists kept at one revision; with more, all are let go."""

SHAPES: dict[str, tuple[tuple[Kind, ...], type[Common]]] = {
    "desks": ((Kind.DESK,), Desk),
    "rooms": ((Kind.ROOM,), Room),
    "spaces": (tuple(Kind), AnySpace),
}


class Encoded(msgspec.Struct, frozen=True):
    """A body that is ready to be sent."""

    body: bytes
    etag: str


class Listing:
    """Lists of desks, rooms or spaces.

    Args:
        catalogue: All spaces.
        view: What is known of them now.
    """

    def __init__(self, catalogue: Catalogue, view: LiveView) -> None:
        self._catalogue = catalogue
        self._view = view
        self._lock = Lock()
        self._parts: dict[tuple[str, str, str], tuple[Status, Rollup | None, bytes]] = {}
        self._answers: dict[tuple[str, str, str | None, SpaceQuery], Encoded] = {}
        self._bytes = 0
        self._revision = -1
        self._rollups: tuple[int, dict[str, Rollup]] = (-1, {})

    def encoded(self, noun: str, query: SpaceQuery, floor: str | None, language: str) -> Encoded:
        """The list as it is at this revision.

        Args:
            noun: One of `SHAPES`; also the name of the list in the answer.
            query: What is asked for.
            floor: The one floor the caller may see; None for all.
            language: Of the names.
        """
        key = (noun, language, floor, query)
        with self._lock:
            self._forget_old()
            kept = self._answers.get(key)
            if kept is None:
                kept = self._answers[key] = self._build(noun, query, floor, language)
                self._bytes += len(kept.body)
            return kept

    def _forget_old(self) -> None:
        revision = self._view.revision
        if revision != self._revision or self._bytes > MOST_BYTES:
            self._answers.clear()
            self._revision, self._bytes = revision, 0

    def status(self, entry: Entry) -> tuple[Status, Rollup | None]:
        """What is known of a space, rolled up from its inside where it has no state of its own."""
        known = self._view.spaces
        space = entry.space
        if space.kind in WATCHED:
            return known.get(space.id) or unknown(space.id), None
        rollup = self._rolled_up()[space.id]
        inside = [
            status
            for below in self._catalogue.building.inside(space.id)
            if below.kind in WATCHED and (status := known.get(below.id))
        ]
        return _summed(space.id, rollup, inside), rollup

    def _build(self, noun: str, query: SpaceQuery, floor: str | None, language: str) -> Encoded:
        kinds, _ = SHAPES[noun]
        chosen = []
        for entry in self._catalogue.of_kinds(kinds):
            status, rollup = self.status(entry)
            if floor in (None, entry.floor) and query.fits(entry, status.state):
                chosen.append((entry, self._part(noun, language, entry, status, rollup)))
        parts: Iterable[bytes] = (part for _, part in chosen)
        if query.near is not None:
            parts = self._by_distance(query.near, chosen)
        body = b'{"%s":[%s]}' % (noun.encode(), b",".join(parts))
        return Encoded(body, etag_of(body))

    def _part(
        self, noun: str, language: str, entry: Entry, status: Status, rollup: Rollup | None
    ) -> bytes:
        key = (noun, language, entry.space.id)
        kept = self._parts.get(key)
        if kept is not None and (kept[0], kept[1]) == (status, rollup):
            return kept[2]
        answer = any_space(entry, status, language, rollup)
        part = msgspec.json.encode(narrowed(answer, SHAPES[noun][1]))
        self._parts[key] = (status, rollup, part)
        return part

    def _by_distance(self, near: str, chosen: Iterable[tuple[Entry, bytes]]) -> Iterable[bytes]:
        far = float("inf")
        measured = [
            (self._catalogue.distance_m(near, entry.space.id), part) for entry, part in chosen
        ]
        measured.sort(key=lambda pair: far if pair[0] is None else pair[0])
        for distance_m, part in measured:
            yield part[:-1] + b',"distance":%s}' % msgspec.json.encode(distance_m)

    def _rolled_up(self) -> dict[str, Rollup]:
        revision = self._view.revision
        if self._rollups[0] != revision:
            known = self._view.spaces
            watched = (e.space.id for e in self._catalogue.of_kinds(WATCHED))
            states = {i: status.state for i in watched if (status := known.get(i))}
            self._rollups = (revision, roll_up(self._catalogue.building, states))
        return self._rollups[1]


def _summed(space: str, rollup: Rollup, inside: list[Status]) -> Status:
    heard = [s.last_evidence_ms for s in inside if s.last_evidence_ms is not None]
    last_ms = max(heard, default=None)
    return msgspec.structs.replace(unknown(space), state=rollup.state, last_evidence_ms=last_ms)
