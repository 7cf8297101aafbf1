"""Every page in both languages, with a few desks in each state."""

import re

import pytest
from support.tags import Tags

from api.access.role import Role
from api.pages.page import HEADERS
from api.pages.texts import texts
from api.services import Settings
from occupancy.label import LANGUAGES
from occupancy.state import State

PAGES = {
    "/": "map.title",
    "/?space=desk-2": "details.since",
    "/?floor=floor-1": "map.title",
    "/desks": "desks.title",
    "/people": "people.title",
    "/me": "me.title",
    "/screen/floor-0": "screen.title",
    "/sign-in": "sign-in.title",
}


def states_of(text, kind="li"):
    return {
        attrs["data-space"]: attrs["data-state"]
        for tag, attrs in Tags(text).found
        if tag == kind and "data-space" in attrs
    }


@pytest.fixture
def busy(house):
    """The house with a place in each state."""
    for space, state in (
        ("desk-1", State.FREE),
        ("desk-2", State.OCCUPIED),
        ("desk-3", State.AWAY),
        ("room-a", State.UNKNOWN),
    ):
        house.tell(space, state)
    return house


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_its_language(busy, path, language):
    """It says so, has its own words in it, and no key of a text is left in sight."""
    answer = busy.ask(path, Role.STAFF, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    words = texts(language).said(PAGES[path])
    assert words in answer.text
    visible = re.sub(r"<[^>]*>", " ", answer.text)
    assert not set(texts(language).catalogue) & set(visible.split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_has_nothing_inline(busy, path):
    """Every tag is closed; no script, style or handler stands in the page, so the policy holds."""
    answer = busy.ask(path, Role.STAFF)
    tags = Tags(answer.text)
    assert (tags.open, tags.wrong) == ([], [])
    for tag, attrs in tags.found:
        assert "style" not in attrs
        assert tag != "style"
        assert not any(name.startswith("on") for name in attrs)
        assert tag != "script" or attrs["src"].startswith("/static/")
        for name in ("src", "href", "action"):
            assert not str(attrs.get(name, "")).startswith(("http:", "https:", "//"))
    policy = answer.headers["content-security-policy"]
    assert policy == HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_used_once(busy, path):
    """Labels and links of a page point at one thing."""
    ids = [attrs["id"] for _, attrs in Tags(busy.ask(path, Role.STAFF).text).found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_map_and_list_say_the_same(busy):
    """Each place is on the map and in the list in its own state, in words too."""
    text = busy.ask("/", Role.STAFF, headers={"Accept-Language": "en"}).text
    expected = {"desk-1": "free", "desk-2": "occupied", "desk-3": "away", "room-a": "unknown"}
    assert states_of(text) == states_of(text, "a") == expected
    for state in ("Free", "Occupied", "Away"):
        assert f'aria-label="Desk {1 + ("Free", "Occupied", "Away").index(state)}: {state}"' in text


def test_every_state_has_a_symbol_of_its_own(busy):
    """The four drawings differ, and none but colour is needed to tell them apart."""
    text = busy.ask("/", Role.STAFF).text
    drawings = dict(re.findall(r'<symbol id="state-(\w+)"[^>]*>(.*?)</symbol>', text))
    assert drawings.keys() == set(State)
    assert len(set(drawings.values())) == len(State)


def test_what_nothing_is_known_of_is_never_free(house):
    """A desk that no sensor spoke of is unknown on map and list, and is not counted as free."""
    text = house.ask("/", Role.STAFF, headers={"Accept-Language": "en"}).text
    assert states_of(text)["desk-3"] == "unknown"
    assert '<b class="big" data-count="free">1</b>' in text


def test_the_legend_counts_each_state(busy):
    """Of the desks on this floor."""
    text = busy.ask("/", Role.STAFF).text
    counts = dict(re.findall(r'<b data-count="(\w+)">(\d+)</b>', text))
    assert counts == {"free": "1", "occupied": "1", "away": "1", "unknown": "0"}


def test_details_tell_times_in_the_zone_of_the_site(busy):
    """Since and last signal are Amsterdam's time of day, with features and where it is."""
    text = busy.ask("/?space=desk-1", Role.STAFF, headers={"Accept-Language": "en"}).text
    assert re.search(r'data-part="evidence" datetime="2026-11-23T10:17:00Z">11:17<', text)
    assert "Ground floor, North" in text
    assert "Sit-stand" in text


def test_details_give_reasons_without_telling_of_a_badge(busy):
    """A sensor is named with its weight and time; a badge has neither a name nor a time."""
    text = busy.ask("/spaces/desk-1", Role.STAFF, headers={"Accept-Language": "en"}).text
    lines = [
        re.sub(r"<[^>]*>", "", line).strip()
        for line in re.findall(r'<li class="speaks.*?</li>', text, re.DOTALL)
    ]
    assert lines == [
        "Motion desk-1-board/pir-1, +1.2 nats, 11:17",
        "A badge, +0.5 nats",
        "No presence desk-1-board/pir-2, \N{MINUS SIGN}0.4 nats, 11:16",
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "If nothing more happens: away after 2 min",
                "Motion at desk-1-board/pir-1: occupied at once",
                "The badges leave: free after 62 s",
                "Silence of desk-1-board: stays unknown",
            ],
        ),
        (
            "nl",
            [
                "Als er niets meer gebeurt: na 2 min even weg",
                "Beweging bij desk-1-board/pir-1: meteen bezet",
                "De badges gaan weg: na 62 s vrij",
                "Stilte van desk-1-board: blijft onbekend",
            ],
        ),
    ],
)
def test_details_tell_what_would_change_the_state(busy, language, expected):
    """In both languages; a badge has no name."""
    text = busy.ask("/?space=desk-1", Role.STAFF, headers={"Accept-Language": language}).text
    told = text.partition('<ul class="outlook">')[2].partition("</ul>")[0]
    lines = re.findall(r"<li>(.*?)</li>", told, re.DOTALL)
    assert [re.sub(r"<[^>]*>", "", line) for line in lines] == expected


def test_a_floor_is_found_by_anything_on_it(busy):
    """A link to a zone or room shows the floor it is on."""
    text = busy.ask("/?floor=zone-n", Role.STAFF).text
    assert 'data-floor="floor-0"' in text


@pytest.mark.parametrize(
    "path", ["/?floor=nowhere", "/?space=floor-0", "/spaces/zone-n", "/?floor=office"]
)
def test_a_place_that_is_not_there_is_not_found(busy, path):
    """A page in the look of the others says so; a script gets problem details."""
    page = busy.ask(path, Role.STAFF, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert texts("nl").said("message.not-found.title") in page.text
    plain = busy.ask(path, Role.STAFF)
    assert plain.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(invented_people=True, always_open=True), ["people", "hours"]),
        (Settings(always_open=True), ["hours"]),
        (Settings(), []),
    ],
)
@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
def test_a_demo_says_what_it_is_on_every_page(make_house, path, settings, told):
    """Invented people and hours of always are told, each where it holds."""
    house = make_house(settings=settings)
    answer = house.ask(path, Role.STAFF, headers={"Accept": "text/html", "Accept-Language": "en"})
    for one in ("people", "hours"):
        assert (texts("en").said(f"demo.{one}") in answer.text) == (one in told)
    assert "vrijplek 0.1.0" in answer.text


def test_names_from_outside_are_escaped(house):
    """A name with markup in it is text on the page."""
    house.colleague()
    house.people.register.add(
        '<script>"x"', visibility=house.people.register.persons()[-1].visibility
    )
    assert "<script>&#34;" not in house.ask("/people", Role.STAFF).text
    assert '<script>"x"' not in house.ask("/people", Role.STAFF).text


def test_a_signed_in_page_offers_the_way_out(busy):
    """The menu marks where one is, and signing out is a button, not a link."""
    tags = Tags(busy.ask("/people", Role.STAFF).text).found
    assert [a["href"] for t, a in tags if t == "a" and a.get("aria-current") == "page"] == [
        "/people"
    ]
    assert ("form", {"method": "post", "action": "/sign-out"}) in tags
