"""The application: routes, pages and gate put together around the services it is given."""

from collections.abc import Iterable, Iterator

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute

from api.access.policy import check_policies
from api.context import Context
from api.gate import Gate
from api.head import Head
from api.pages.problem_page import problem_page, wants_page
from api.pages.router import router as pages
from api.polls import Polls
from api.problem import FieldError, Problem, WrongInput
from api.routes import (
    boards,
    calibration,
    changes,
    description,
    devices,
    history,
    me,
    operations,
    people,
    spaces,
    summary,
)
from api.services import Services
from occupancy.history import HistoryError

log = structlog.get_logger(__name__)
ROUTERS = (
    spaces.router,
    summary.router,
    changes.router,
    people.router,
    me.router,
    history.router,
    boards.router,
    devices.router,
    calibration.router,
    description.router,
    operations.router,
    pages,
)

WORDS = {404: "found nothing at this address", 405: "found a method that this address has not"}


def create_app(services: Services) -> FastAPI:
    """The application.

    Args:
        services: What the routes work with.

    Raises:
        NoPolicyError: If any route does not say whom it lets in.
    """
    app = FastAPI(
        title="vrijplek",
        version=services.settings.version,
        description="Which desks are free, and where is my colleague.",
        contact={"name": "vrijplek"},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    context = Context.of(services)
    app.state.services, app.state.context = services, context
    routes = list(flat(route for router in ROUTERS for route in router.routes))
    check_policies(routes)
    app.router.routes.extend(routes)
    _answer_problems(app, context)
    if services.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=services.settings.cors_origins,
            allow_methods=("GET", "PUT"),
            allow_headers=("Authorization", "Content-Type", "If-None-Match"),
            expose_headers=("ETag", "API-Version"),
        )
    app.add_middleware(Gate, settings=services.settings, meters=context.meters)
    app.add_middleware(Polls, services=services, meters=context.meters)
    app.add_middleware(Head)
    return app


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, with those of included routers in the place of these.

    Prefixes and dependencies given while including are lost, so a policy given there does not
    count; it must be on the route or its own router.
    """
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from flat(included.routes)


def _answer_problems(app: FastAPI, context: Context) -> None:
    async def problem(request: Request, error: Exception) -> Response:
        told = _as_problem(error)
        if wants_page(request):
            return await run_in_threadpool(problem_page, request, context, told.status)
        return told.response()

    for kind in (Problem, HTTPException, RequestValidationError, HistoryError):
        app.add_exception_handler(kind, problem)


def _as_problem(error: Exception) -> Problem:
    """Any error of ours or of the framework as a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HistoryError):
        log.error("history can't be told", why=str(error))
        return Problem(503, "history can't be told now; the log of the service says why")
    if isinstance(error, RequestValidationError):
        return WrongInput(
            FieldError(".".join(map(str, part["loc"])), "something else", part["msg"])
            for part in error.errors()
        )
    if isinstance(error, HTTPException):
        words = WORDS.get(error.status_code, error.detail)
        return Problem(error.status_code, words, headers=error.headers)
    return Problem(500, "the service failed")
