"""Pages: one answer in HTML, in the language of the reader, with headers that keep it safe.

Owns the templates and what every page needs. Knows no route.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.access.caller import Caller
from api.access.role import CARETAKERS, COLLEAGUES
from api.context import Context
from api.pages import language
from api.pages.labels import room_label
from api.pages.places import Places
from api.pages.texts import Texts, texts
from api.pages.times import Moments
from api.services import Services
from api.times import iso
from occupancy.label import LANGUAGES
from occupancy.state import State

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
}
"""Stricter or other than those that every answer bears. A referrer to ourselves keeps `Origin`
in forms, which proves over plain http that a change is ours."""
STATES = tuple(str(state) for state in (State.FREE, State.OCCUPIED, State.AWAY, State.UNKNOWN))

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Page:
    """A page in the making.

    Args:
        request: What was asked.
        context: Of the application.
        caller: Who asks; None where nobody is signed in.
    """

    request: Request
    context: Context
    caller: Caller | None = None

    @property
    def services(self) -> Services:
        """Those of the application."""
        return self.context.services

    @cached_property
    def language(self) -> str:
        """In which the page answers."""
        return language.chosen(
            self.request.query_params.get("lang"),
            self.request.cookies.get(language.COOKIE),
            self.request.headers.get("accept-language"),
        )

    @cached_property
    def texts(self) -> Texts:
        """The sentences of that language."""
        return texts(self.language)

    @cached_property
    def moments(self) -> Moments:
        """Says times in the zone of the site."""
        zone = ZoneInfo(self.services.building.time_zone)
        return Moments(self.language, zone, self.services.now_ms())

    @cached_property
    def places(self) -> Places:
        """The places of the building as they are now."""
        return Places(self.context.catalogue, self.services.view.spaces, self.language)

    def answer(
        self, template: str, status: int = 200, *, here: str = "", **facts: object
    ) -> HTMLResponse:
        """The page.

        Args:
            template: Name of its file without the ending.
            status: Of the answer.
            here: Which entry of the menu it is.
            facts: What the template needs besides.
        """
        text = _templates.get_template(f"{template}.html").render(
            self._common() | {"here": here} | facts
        )
        response = HTMLResponse(text, status, HEADERS)
        if self.request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(
                language.COOKIE,
                self.language,
                max_age=language.COOKIE_S,
                samesite="lax",
                httponly=True,
                secure=self.services.settings.https,
            )
        return response

    def _common(self) -> dict[str, object]:
        settings, building = self.services.settings, self.services.building
        other = next(one for one in LANGUAGES if one != self.language)
        asked = {**self.request.query_params, "lang": other}
        return {
            "t": self.texts.said,
            "iso": lambda at_ms: iso(at_ms) or "",
            "moments": self.moments,
            "room_label": room_label,
            "states": STATES,
            "language": self.language,
            "other_language": other,
            "other_language_href": f"?{urlencode(asked)}",
            "script_texts": json.dumps(self.texts.for_scripts(), ensure_ascii=False),
            "time_zone": building.time_zone,
            "site_name": building.name.said(self.language) if self.caller else "",
            "told_up_front": self._told_up_front(),
            "version": settings.version,
            "caller": self._reader(),
        }

    def _told_up_front(self) -> str:
        """What every page of a demo must say; empty for a building that is in use."""
        settings = self.services.settings
        told = []
        if settings.invented_people:
            told += [self.texts.said("demo.title"), self.texts.said("demo.people")]
        if settings.always_open:
            told.append(self.texts.said("demo.hours"))
        return " ".join(told)

    def _reader(self) -> dict[str, bool] | None:
        if self.caller is None:
            return None
        role, calibrator = self.caller.role, self.services.calibrator
        cares = role in CARETAKERS
        calibrates = cares and calibrator is not None
        return {"is_colleague": role in COLLEAGUES, "cares": cares, "calibrates": calibrates}
