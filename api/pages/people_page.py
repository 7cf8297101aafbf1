"""Find a colleague, and what others may know of me. Names are in pages, never in addresses."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.access.policy import Colleague
from api.context import InContext
from api.pages.page import Page
from api.people.audit import Lookup
from api.people.person import Person, UnknownPersonError, Visibility
from api.times import iso

router = APIRouter(include_in_schema=False)

MOST_LOOKUPS = 50


@router.get("/people")
def show_people(request: Request, context: InContext, caller: Colleague) -> HTMLResponse:
    """The names of those who want to be found."""
    finder = context.services.finder
    people = [_named(person) for person in finder.listed()] if finder else []
    page = Page(request, context, caller)
    return page.answer("people", here="people", finder_on=finder is not None, people=people)


@router.get("/me")
def show_me(request: Request, context: InContext, caller: Colleague) -> HTMLResponse:
    """What colleagues may see of the reader, and who looked."""
    page = Page(request, context, caller)
    person = context.services.people.register.person(caller.person or "")
    choice, now_ms = person.visibility, context.services.now_ms()
    tagged = bool(context.services.people.register.tags_of(person.id))
    me = {
        "name": person.name,
        "visible": choice.visible,
        "precision": choice.precision.value,
        "seen": _seen(choice, now_ms, tagged=tagged),
        "tagged": tagged,
        "paused": choice.visible and not choice.shown_at(now_ms),
        "until": iso(choice.invisible_until_ms) or "",
        "until_text": page.moments.said(choice.invisible_until_ms),
    }
    finder_on = context.services.finder is not None
    lookups = context.services.people.audit.about(person.id)[:MOST_LOOKUPS] if finder_on else []
    return page.answer(
        "me",
        here="me",
        me=me,
        finder_on=finder_on,
        lookups=[_told(one, page) for one in lookups],
    )


def initials(name: str) -> str:
    """First letters of the first and the last name.

    >>> initials("Noor van den Berg"), initials("Sam"), initials("")
    ('NB', 'S', '?')
    """
    words = name.split()
    if not words:
        return "?"
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1])))


def _seen(choice: Visibility, now_ms: int, *, tagged: bool) -> str:
    """What colleagues can see, as the end of a key of the texts."""
    if not choice.visible:
        return "hidden"
    if not tagged:
        return "untagged"
    return choice.precision.value if choice.shown_at(now_ms) else "paused"


def _named(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name, "initials": initials(person.name)}


def _told(lookup: Lookup, page: Page) -> dict[str, object]:
    """A look-up with the name of who asked, or a word for someone who left."""
    try:
        who = page.services.people.register.person(lookup.who).name
    except UnknownPersonError:
        who = page.texts.said("me.lookups.gone")
    known = f"me.answer.{lookup.answer}"
    return {
        "who": who,
        "initials": initials(who),
        "answer": page.texts.said(known if known in page.texts.catalogue else "me.answer.unknown"),
        "at_ms": lookup.at_ms,
    }
