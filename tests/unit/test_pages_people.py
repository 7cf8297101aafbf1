"""Find a colleague, and what others may know of me."""

import re

import pytest

from api.access.role import Role
from api.people.person import Precision, Visibility

ENGLISH = {"Accept-Language": "en"}


def test_only_those_who_opted_in_are_listed(house):
    """Names are on the page, ids in its buttons, and nobody who is not visible."""
    sam = house.colleague()
    text = house.ask("/people", Role.STAFF).text
    assert "Sam Voorbeeld" in text
    assert re.findall(r'data-person="(\w+)"', text) == [sam.id]
    assert "Invented admin" not in text


def test_no_name_is_in_an_address(house):
    """No link, form or source of the page holds a word of a name."""
    house.colleague()
    text = house.ask("/people", Role.STAFF).text
    for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
        assert "sam" not in address.lower()
        assert "voorbeeld" not in address.lower()


def test_opening_the_list_looks_nobody_up(house):
    """The list tells no place and writes no look-up."""
    sam = house.colleague()
    text = house.ask("/people", Role.STAFF).text
    assert "Den" not in re.sub(r"<[^>]*>", " ", text).split()
    assert house.people.audit.about(sam.id) == []


@pytest.mark.parametrize("path", ["/people", "/me"])
def test_a_finder_that_is_off_says_so(make_house, path):
    """No name, no script and no choice is on the page."""
    house = make_house(finder_on=False)
    house.colleague()
    text = house.ask(path, Role.STAFF, headers=ENGLISH).text
    assert "The colleague finder is off" in text
    assert "Sam" not in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        (Visibility(), "Nobody can find you."),
        (Visibility(True, Precision.FLOOR), "which floor you are on"),
        (Visibility(True, Precision.ROOM, 1_795_434_000_000), "Nobody can find you until 12:40."),
        (Visibility(True, Precision.ZONE, 1_000), "which zone you are in"),
    ],
)
def test_me_says_what_others_see(house, visibility, said):
    """In one sentence, whatever was chosen; a pause that is over does not count."""
    person = house.persons[Role.STAFF].id
    house.people.register.choose(person, visibility)
    house.people.register.enrol(person, "f" * 32)
    assert said in house.ask("/me", Role.STAFF, headers=ENGLISH).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No tag (badge or phone) of yours is enrolled, so nobody can find you."),
        ("nl", "Er is geen tag (badge of telefoon) van je aangemeld, dus niemand kan je vinden."),
    ],
)
def test_someone_without_a_tag_is_told_that_nobody_can_find_them(house, language, said):
    """Whatever they chose to show."""
    house.people.register.choose(house.persons[Role.STAFF].id, Visibility(True, Precision.ROOM))
    text = house.ask("/me", Role.STAFF, headers={"Accept-Language": language}).text
    (verdict,) = re.findall(r"data-verdict>([^<]*)<", text)
    assert verdict == said


def test_withdrawing_is_one_button_where_one_is_visible(house):
    """It is hidden for those who are not, and the other way round for opting in."""
    person = house.persons[Role.STAFF].id
    for visible in (True, False):
        house.people.register.choose(person, Visibility(visible))
        text = house.ask("/me", Role.STAFF).text
        assert (re.search(r"data-withdraw hidden>", text) is None) == visible
        assert (re.search(r"data-opt-in hidden>", text) is None) != visible


def test_me_lists_who_looked(house):
    """With name, kind of answer and time; someone who left has no name any more."""
    me, other = house.persons[Role.STAFF], house.persons[Role.ADMIN]
    house.services.finder.look_up(other.id, me.id, house.now_ms)
    text = house.ask("/me", Role.STAFF, headers=ENGLISH).text
    assert "Invented admin" in text
    assert "Was not shown a place" in text
    assert '2026-11-23T10:17:30.500Z">11:17<' in text
    house.people.register.remove(other.id)
    assert "Someone who has left" in house.ask("/me", Role.STAFF, headers=ENGLISH).text
