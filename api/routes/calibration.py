"""Calibration: a walk through the rooms, and how well they can be told apart."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import msgspec
import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.caller import Caller
from api.access.policy import Caretaker
from api.calibrator import Calibrator, ClosedError, NoTagError
from api.context import Context, InContext
from api.problem import FieldError, Problem, WrongInput
from api.query import MOST_QUOTED, refuse_keys
from api.reply import language_of, personal, polled_struct
from api.routes.choice import check_json
from api.routes.schema import body_of, object_of
from api.times import iso
from occupancy.calibration import NoWalkError, Outline, Progress, WalkError
from occupancy.learning.report import Report

router = APIRouter(prefix="/v1/calibration", tags=["calibration"])
log = structlog.get_logger(__name__)


class TagChoice(msgspec.Struct, frozen=True):
    """A tag that the caller may walk with."""

    id: str
    own: bool
    """Whether it is the caller's own; else it was set aside."""


class CalibrationPlace(msgspec.Struct, frozen=True, rename="camel"):
    """A room or zone where one can say to be."""

    id: str
    kind: str
    name: str
    floor: str | None
    seconds: float
    """Recorded in the caller's walk, the open stay not counted."""


class WalkNow(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's walk."""

    since: str | None
    """When it began."""
    until: str | None
    """When it ends by itself, unless something is pressed."""
    place: str | None
    """Where the caller said to be; null on the way."""
    seconds: float
    """Recorded in this stay."""
    scanners: int
    """How many heard the tag in the last 10 s."""


class CalibrationState(msgspec.Struct, frozen=True):
    """What the caller can do now."""

    open: bool
    """Whether it is working hours; outside them no tag is heard."""
    tags: list[TagChoice]
    places: list[CalibrationPlace]
    walk: WalkNow | None


class WalkDone(msgspec.Struct, frozen=True):
    """A walk that is over. Nobody is named."""

    id: str
    begin: str | None
    end: str | None
    places: int
    seconds: float
    sightings: int
    edges: int
    """Edges of motion sensors."""


class WalksDone(msgspec.Struct, frozen=True):
    """All walks that are over, oldest first."""

    walks: list[WalkDone]


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With which tag to walk."""

    tag: str


class Here(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the caller is."""

    place: str | None
    """Id of a room or zone; null on the way."""


Sent = TypeVar("Sent", Start, Here)


def calibrator_of(context: Context) -> Calibrator:
    """The calibrator.

    Raises:
        Problem: 404 while the finder is off.
    """
    if context.services.calibrator is None:
        raise Problem(404, "the colleague finder is off, so no tag is heard and nobody can walk")
    return context.services.calibrator


@router.get("", responses=object_of(CalibrationState))
async def state(request: Request, caller: Caretaker, context: InContext) -> Response:
    """Tags, places, and how the caller's walk is going."""
    refuse_keys(request.query_params, ())
    return await run_in_threadpool(_state, request, caller, context)


@router.post("/walk", responses=object_of(CalibrationState), openapi_extra=body_of(Start))
async def begin(request: Request, caller: Caretaker, context: InContext) -> Response:
    """Begins a walk with a tag of the caller's own, or one set aside; it is written down first."""
    sent = await _body(request, Start, "tag", "the id of a tag, as GET /v1/calibration lists them")
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    await _do(lambda: calibrator.begin(caller.person or "", sent.tag, now_ms))
    return await run_in_threadpool(_state, request, caller, context)


@router.put("/walk/place", responses=object_of(CalibrationState), openapi_extra=body_of(Here))
async def here(request: Request, caller: Caretaker, context: InContext) -> Response:
    """Says where the caller is from now on; the stay before ends."""
    sent = await _body(request, Here, "place", "the id of a room or zone, or null on the way")
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    check_place(calibrator, sent.place)
    await _do(lambda: calibrator.move(caller.person or "", sent.place, now_ms))
    return await run_in_threadpool(_state, request, caller, context)


@router.post("/walk/finish", responses=object_of(CalibrationState))
async def finish(request: Request, caller: Caretaker, context: InContext) -> Response:
    """Ends the walk; its tag is heard no more."""
    refuse_keys(request.query_params, ())
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    await _do(lambda: calibrator.finish(caller.person or "", now_ms))
    return await run_in_threadpool(_state, request, caller, context)


@router.get("/walks", responses=object_of(WalksDone))
async def walks(request: Request, caller: Caretaker, context: InContext) -> Response:  # noqa: ARG001
    """Walks that are over, in numbers."""
    refuse_keys(request.query_params, ())
    found = await run_in_threadpool(calibrator_of(context).outlines)
    return personal(WalksDone([_done(one) for one in found]))


@router.delete("/walks/{walk_id}", responses=object_of(WalksDone))
async def remove(walk_id: str, request: Request, caller: Caretaker, context: InContext) -> Response:  # noqa: ARG001
    """Forgets a walk; the rest of them is the answer."""
    refuse_keys(request.query_params, ())
    calibrator = calibrator_of(context)
    if not await run_in_threadpool(calibrator.remove, walk_id):
        raise Problem(404, "found no walk with this id; GET /v1/calibration/walks lists them")
    return personal(WalksDone([_done(one) for one in calibrator.outlines()]))


@router.get("/report", responses=object_of(Report))
async def report(request: Request, caller: Caretaker, context: InContext) -> Response:  # noqa: ARG001
    """How well places can be told apart, and where one more scanner would help most."""
    refuse_keys(request.query_params, ())
    found = await run_in_threadpool(calibrator_of(context).report)
    return polled_struct(request, found, language_of(request))


def check_place(calibrator: Calibrator, place: str | None) -> None:
    """Refuses what is no room or zone.

    Raises:
        WrongInput: If it is none.
    """
    if place is not None and place not in {space.id for space in calibrator.places}:
        expected = "the id of a room or zone, or null on the way"
        raise WrongInput([FieldError("place", repr(place[:MOST_QUOTED]), expected)])


async def _do(press: Callable[[], None]) -> None:
    """Does what was pressed, with what can't be as a problem."""
    await run_in_threadpool(pressed, press)


def pressed(press: Callable[[], None]) -> None:
    """Does what was pressed.

    Raises:
        Problem: 400 for a tag that is none of the caller's, 409 for what can't be now, 503 where
            it could not be written down.
    """
    try:
        press()
    except NoTagError as error:
        expected = "one of " + ", ".join(error.allowed) if error.allowed else "a tag; there is none"
        raise WrongInput([FieldError("tag", repr(error.found[:MOST_QUOTED]), expected)]) from None
    except (WalkError, ClosedError) as error:
        raise Problem(404 if isinstance(error, NoWalkError) else 409, str(error)) from None
    except sqlite3.Error as error:
        log.warning("a walk is not written down", error=type(error).__name__)
        told = "the walk could not be written down, so it was not done"
        raise Problem(503, told, headers={"Retry-After": "5"}) from None


async def _body(request: Request, shape: type[Sent], field: str, expected: str) -> Sent:
    """The body as a struct.

    Raises:
        WrongInput: If it is none.
    """
    refuse_keys(request.query_params, ())
    check_json(request)
    try:
        return msgspec.json.decode(await request.body(), type=shape)
    except msgspec.DecodeError as error:
        raise WrongInput([FieldError(field, str(error)[:100], expected)]) from None


def _state(request: Request, caller: Caller, context: Context) -> Response:
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    person, language = caller.person or "", language_of(request)
    progress = calibrator.progress(person, now_ms)
    seconds = seconds_by_place(progress)
    catalogue = context.catalogue
    return personal(
        CalibrationState(
            calibrator.open_at(now_ms),
            [TagChoice(one.id, one.is_own) for one in calibrator.choices(person)],
            [
                CalibrationPlace(
                    space.id,
                    space.kind,
                    space.name.said(language),
                    catalogue.entry[space.id].floor,
                    seconds.get(space.id, 0.0),
                )
                for space in calibrator.places
            ],
            _now(progress),
        )
    )


def seconds_by_place(progress: Progress | None) -> dict[str, float]:
    """Seconds recorded in a walk by place, the open stay not counted."""
    seconds: dict[str, float] = {}
    for visit in progress.visits if progress else ():
        seconds[visit.place] = seconds.get(visit.place, 0.0) + visit.seconds
    return seconds


def _now(progress: Progress | None) -> WalkNow | None:
    if progress is None:
        return None
    return WalkNow(
        iso(progress.begin_ms),
        iso(progress.until_ms),
        progress.place,
        progress.seconds,
        progress.scanners,
    )


def _done(outline: Outline) -> WalkDone:
    return WalkDone(
        outline.id,
        iso(outline.begin_ms),
        iso(outline.end_ms),
        outline.places,
        outline.seconds,
        outline.sightings,
        outline.edges,
    )
