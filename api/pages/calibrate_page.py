"""Calibrate: walk through the rooms and say where you are; what that came to.

Every press is a plain form, so that it works without script; with it the page is not left.
"""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import parse_qs

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.access.caller import Caller
from api.access.policy import Caretaker
from api.calibrator import Calibrator
from api.context import Context, InContext
from api.pages.page import HEADERS, Page
from api.pages.texts import Texts
from api.problem import Problem
from api.routes.calibration import calibrator_of, check_place, pressed, seconds_by_place
from occupancy.learning.report import ENOUGH_S, Report
from occupancy.space import Kind

router = APIRouter(include_in_schema=False)

HERE = "/calibrate"
MOST_BYTES = 500
PROBLEMS = {400: "tag", 404: "over", 409: "busy", 503: "unwritten"}
"""By the status of the problem, the end of a key of the texts."""


class PlaceButton(msgspec.Struct, frozen=True):
    """A room or zone to press."""

    id: str
    name: str
    seconds: str
    """Recorded in this walk, as minutes and seconds; empty where nothing was."""
    is_enough: bool
    is_here: bool


class FloorOfButtons(msgspec.Struct, frozen=True):
    """The rooms and zones of a floor."""

    name: str
    places: list[PlaceButton]


async def sent_field(request: Request) -> str:
    """The one field of a form, empty where there is none or the body is too long to be one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return ""
    fields = parse_qs(body.decode("ascii", "replace"))
    return next((values[0] for values in fields.values()), "").strip()


SentField = Annotated[str, Depends(sent_field)]


@router.get(HERE)
def show(request: Request, context: InContext, caller: Caretaker) -> Response:
    """The walk that is going on, or how to begin one; the report; walks that are over."""
    return _shown(request, context, caller)


@router.post(f"{HERE}/begin")
def begin(request: Request, context: InContext, caller: Caretaker, sent: SentField) -> Response:
    """Begin a walk with a tag."""
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    return _pressed(
        request, context, caller, lambda: calibrator.begin(caller.person or "", sent, now_ms)
    )


@router.post(f"{HERE}/here")
def here(request: Request, context: InContext, caller: Caretaker, sent: SentField) -> Response:
    """Be in a place from now on; on the way where the field is empty."""
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    check_place(calibrator, sent or None)
    return _pressed(
        request, context, caller, lambda: calibrator.move(caller.person or "", sent or None, now_ms)
    )


@router.post(f"{HERE}/finish")
def finish(request: Request, context: InContext, caller: Caretaker) -> Response:
    """End the walk."""
    calibrator, now_ms = calibrator_of(context), context.services.now_ms()
    return _pressed(
        request, context, caller, lambda: calibrator.finish(caller.person or "", now_ms)
    )


@router.post(f"{HERE}/remove")
def remove(request: Request, context: InContext, caller: Caretaker, sent: SentField) -> Response:
    """Forget a walk; one that is gone already is no problem."""
    calibrator = calibrator_of(context)
    return _pressed(request, context, caller, lambda: _remove(calibrator, sent))


def _remove(calibrator: Calibrator, walk_id: str) -> None:
    calibrator.remove(walk_id)


def _pressed(
    request: Request, context: Context, caller: Caller, press: Callable[[], None]
) -> Response:
    """Back to the page, or the page with what went wrong."""
    try:
        pressed(press)
    except Problem as problem:
        known = PROBLEMS.get(problem.status)
        if known is None:
            raise
        if not calibrator_of(context).open_at(context.services.now_ms()):
            known = "hours"
        return _shown(request, context, caller, problem.status, known)
    return RedirectResponse(HERE, 303, HEADERS)


def _shown(
    request: Request, context: Context, caller: Caller, status: int = 200, problem: str = ""
) -> Response:
    page, calibrator = Page(request, context, caller), context.services.calibrator
    if calibrator is None:
        return page.answer("calibrate", here="calibrate", is_on=False)
    now_ms, person = context.services.now_ms(), caller.person or ""
    progress = calibrator.progress(person, now_ms)
    report, is_fresh = calibrator.known_report()
    answer = page.answer(
        "calibrate",
        status,
        here="calibrate",
        is_on=True,
        problem=problem,
        is_open=calibrator.open_at(now_ms),
        tags=calibrator.choices(person),
        walk=progress,
        names=_names(calibrator, page),
        percent=percent,
        clock=clock,
        drift=lambda louder_db: drift_said(page.texts, louder_db),
        floors=_floors(
            calibrator, page, seconds_by_place(progress), progress.place if progress else None
        ),
        report=_ordered(report) if report else None,
        is_fresh=is_fresh,
        walks=calibrator.outlines(),
        enough_s=int(ENOUGH_S),
    )
    if not is_fresh:
        answer.background = BackgroundTask(calibrator.report)
    return answer


def _floors(
    calibrator: Calibrator, page: Page, seconds: dict[str, float], current: str | None
) -> list[FloorOfButtons]:
    building = page.services.building
    found: dict[str, FloorOfButtons] = {}
    for space in calibrator.places:
        floor = building.around(space.id, Kind.FLOOR)
        if floor is None:
            continue
        spent = seconds.get(space.id, 0.0)
        button = PlaceButton(
            space.id,
            space.name.said(page.language),
            clock(spent) if spent else "",
            spent >= ENOUGH_S,
            space.id == current,
        )
        name = floor.name.said(page.language)
        found.setdefault(floor.id, FloorOfButtons(name, [])).places.append(button)
    return list(found.values())


def _names(calibrator: Calibrator, page: Page) -> dict[str, str]:
    """Name of each place; with its floor where there are several, as each may have a corridor."""
    building, language = page.services.building, page.language
    names = {space.id: space.name.said(language) for space in calibrator.places}
    if len(building.of_kind(Kind.FLOOR)) < 2:
        return names
    floors = {place: building.around(place, Kind.FLOOR) for place in names}
    return {
        place: f"{name}, {floor.name.said(language)}" if (floor := floors[place]) else name
        for place, name in names.items()
    }


def _ordered(report: Report) -> Report:
    """The report with the worst places first, those that were never recorded last."""
    places = sorted(
        report.places, key=lambda told: (not told.stays, told.accuracy is None, told.accuracy or 0)
    )
    return msgspec.structs.replace(report, places=tuple(places))


def percent(part: float) -> str:
    r"""A part in whole percents, rounded down: only all is 100.

    >>> percent(0.997)
    '99\xa0%'
    """
    return f"{int(part * 100 + 1e-9)}\N{NO-BREAK SPACE}%"


def clock(seconds: float) -> str:
    """A time as minutes and seconds.

    >>> clock(84.6)
    '1:24'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def drift_said(texts: Texts, louder_db: float) -> str:
    r"""How a scanner hears since the walks, in words.

    >>> from api.pages.texts import texts
    >>> drift_said(texts("en"), -2.5), drift_said(texts("nl"), 3.0)
    ('2.5\xa0dB fainter', '3,0\xa0dB harder')
    """
    way = "louder" if louder_db > 0 else "fainter" if louder_db < 0 else "same"
    return texts.said(f"calibrate.drift.{way}", db=_decimal(abs(louder_db), texts.language))


def _decimal(number: float, language: str) -> str:
    """With one digit behind the point, which is a comma in Dutch."""
    return f"{number:.1f}".replace(".", "," if language == "nl" else ".")
