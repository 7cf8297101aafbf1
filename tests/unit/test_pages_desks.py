"""Find a desk: the form chooses on the server, without any script."""

import re

import pytest

from api.access.role import Role
from occupancy.state import State


@pytest.fixture
def busy(house):
    """The house with its desks upstairs free too."""
    for number in (4, 5, 6):
        house.tell(f"desk-{number}", State.FREE)
    house.tell("desk-3", State.AWAY)
    return house


def cards(text):
    """Places on the page in order, and whether each is in sight."""
    found = re.findall(r'<li class="card place-card" data-space="([\w-]+)"[^>]*?( hidden)?>', text)
    return {space: not hidden for space, hidden in found}


def shown(house, query):
    text = house.ask(f"/desks?{query}", Role.STAFF).text
    return [space for space, in_sight in cards(text).items() if in_sight]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["desk-1", "desk-4", "desk-5", "desk-6"]),
        ("floor=floor-0", ["desk-1"]),
        ("zone=zone-n&state=any", ["desk-1", "desk-2", "desk-3"]),
        ("feature=screen&state=occupied", ["desk-2"]),
        ("feature=quiet", []),
        ("activity=focus&state=away", ["desk-3"]),
        ("state=unknown", ["desk-7", "desk-8"]),
        ("kind=room", ["room-a"]),
        ("near=room-b", ["desk-4", "desk-5", "desk-6", "desk-1"]),
        ("near=zone-n&floor=floor-0&state=any", ["desk-3", "desk-2", "desk-1"]),
    ],
)
def test_the_form_chooses(busy, query, expected):
    """Free desks where nothing is asked; near sorts by distance, other floors last."""
    assert shown(busy, query) == expected


@pytest.mark.parametrize(
    "query", ["floor=nowhere", "zone=floor-0", "kind=castle", "state=gone", "near=x"]
)
def test_what_is_not_there_does_not_matter(busy, query):
    """An old bookmark with a floor that is gone still gives desks."""
    assert shown(busy, query) == ["desk-1", "desk-4", "desk-5", "desk-6"]


def test_too_long_a_filter_is_refused(busy):
    """It gets a page that says so, not a failure."""
    answer = busy.ask(f"/desks?floor={'x' * 65}", Role.STAFF, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (
        400, "text/html; charset=utf-8",
    )  # fmt: skip


def test_places_in_another_state_wait_out_of_sight(busy):
    """They are on the page, hidden, so that a script can show them once they change."""
    found = cards(busy.ask("/desks?floor=floor-0", Role.STAFF).text)
    assert found == {"desk-1": True, "desk-2": False, "desk-3": False}


def test_the_form_remembers_what_was_asked(busy):
    """The chosen values are selected again."""
    text = busy.ask("/desks?floor=floor-1&state=any&kind=room", Role.STAFF).text
    assert re.findall(r'value="([\w-]+)" selected', text) == ["floor-1", "any"]
    assert 'value="room" checked' in text


def test_zones_and_rooms_to_choose_follow_the_floor(busy):
    """Only those of the chosen floor are offered."""
    text = busy.ask("/desks?floor=floor-1", Role.STAFF).text
    assert 'value="room-b"' in text
    assert 'value="room-a"' not in text


def test_the_number_found_is_told(busy):
    """In words, one and many."""
    english = {"Accept-Language": "en"}
    assert "4 places found" in busy.ask("/desks", Role.STAFF, headers=english).text
    assert "1 place found" in busy.ask("/desks?floor=floor-0", Role.STAFF, headers=english).text


def test_more_than_fits_is_counted(busy, monkeypatch):
    """Those that are wanted now come first, and the rest is a number."""
    monkeypatch.setattr("api.pages.desks_page.MOST", 3)
    answer = busy.ask("/desks?state=unknown", Role.STAFF, headers={"Accept-Language": "en"})
    assert list(cards(answer.text))[:2] == ["desk-7", "desk-8"]
    assert "There are 5 more places" in answer.text
