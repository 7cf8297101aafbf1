"""The page on which one walks: forms that work without script, and the report as a table."""

import re

import pytest

from api.access.role import Role
from api.access.session import cookie_name, sign_in
from api.pages.calibrate_page import MOST_BYTES
from occupancy.calibration import Heard, Spare, Visit, Walk
from occupancy.working_hours import WorkingHours
from sensors.tag import Tag

MINE, SPARE = Tag("a" * 32), Tag("b" * 32)
ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}


@pytest.fixture
def house(house):
    """The small house, whose facilities have a tag."""
    house.people.register.enrol(house.persons[Role.FACILITIES].id, MINE)
    return house


def shown(house, role=Role.FACILITIES):
    return house.ask("/calibrate", role, headers=ENGLISH).text


def press(house, what, role=Role.FACILITIES, **field):
    return house.ask(f"/calibrate/{what}", role, "POST", headers=ENGLISH, data=field)


def recorded(house, place="room-a", number=0, strength_db=-20.0):
    """A walk of 90 s in one place."""
    at_ms = house.now_ms - 3_600_000 * (number + 1)
    heard = tuple(Heard("f0-d1/ble", at_ms, at_ms + s * 1000, strength_db) for s in range(90))
    stay = Visit(place, at_ms, at_ms + 90_000)
    house.walks.add(Walk(f"a{number}", at_ms, at_ms + 90_000, (stay,), heard))


def test_plain_forms_make_a_walk(house):
    """Each press leads back to the page, which tells where one is and what was recorded."""
    assert "Begin a walk" in shown(house)
    for what, field in (
        ("begin", {"tag": "own-1"}),
        ("here", {"place": "room-a"}),
    ):
        answer = press(house, what, **field)
        assert (answer.status_code, answer.headers["location"]) == (303, "/calibrate")
    house.now_ms += 84_000
    page = shown(house)
    assert "Den, Ground floor" in page
    assert re.search(r"data-seconds>1:24<", page)
    assert re.search(r'value="room-a" aria-pressed="true"', page)
    assert len(re.findall(r'aria-pressed="true"', page)) == 1
    press(house, "here", place="")
    page = shown(house)
    assert "On the way" in page
    assert re.search(r"<small>.*✓ </span>.*Enough: </span>1:24</small>", page)
    press(house, "finish")
    page = shown(house)
    assert "Begin a walk" in page
    assert "1 place, 1:24" in page


def test_the_page_says_what_is_kept_before_one_begins(house):
    """Until when the tag is heard, what is kept, and where one can read it."""
    page = shown(house)
    assert "Your tag is heard for this until you press Finish, at most 30 minutes" in page
    assert "without your name or tag" in page
    assert "shown under Me" in page


def test_what_can_not_be_is_said_on_the_page(house):
    """With the status of the problem, in words, and the page around it."""
    for what, field, status, words in (
        ("begin", {"tag": "own-9"}, 400, "You may not walk with this tag"),
        ("here", {"place": "room-a"}, 404, "This walk is over"),
        ("finish", {}, 404, "This walk is over"),
    ):
        answer = press(house, what, **field)
        assert answer.status_code == status
        assert f'<p class="problem" role="alert">{words}' in answer.text
    press(house, "begin", tag="own-1")
    assert "going on already" in press(house, "begin", tag="own-1").text


def test_outside_working_hours_there_is_nothing_to_begin_with(make_house):
    """The page says why."""
    house = make_house(hours=WorkingHours("Europe/Amsterdam", days=frozenset()))
    house.people.register.enrol(house.persons[Role.FACILITIES].id, MINE)
    assert "It is outside working hours" in shown(house)
    assert "/calibrate/begin" not in shown(house)
    assert "It is outside working hours" in press(house, "begin", tag="own-1").text


def test_without_a_tag_it_says_how_to_get_one(house):
    """Admin has none here; one that is set aside is offered by its name."""
    assert "There is no tag that you may walk with" in shown(house, Role.ADMIN)
    house.spares.add(Spare("badge-1", SPARE))
    assert "badge-1, set aside" in shown(house, Role.ADMIN)


def test_a_finder_that_is_off_says_so(make_house):
    """No form, no script, and no entry in the menu."""
    house = make_house(finder_on=False)
    page = shown(house)
    assert "no tag is heard" in page
    assert "<script" not in page
    assert 'href="/calibrate"' not in page


@pytest.mark.parametrize("role", [Role.STAFF, Role.FACILITIES, Role.ADMIN])
def test_the_menu_has_it_for_those_who_may(house, role):
    """Others do not see it, and get a page that says no."""
    may = role is not Role.STAFF
    assert ('href="/calibrate"' in house.ask("/", role).text) == may
    assert house.ask("/calibrate", role, headers=ENGLISH).status_code == (200 if may else 403)


def test_the_report_is_a_table_once_it_is_worked_out(house):
    """The first answer says that it is being worked out, the next has it: words with each mark."""
    assert 'data-fresh="no"' in shown(house)
    recorded(house)
    recorded(house, "room-b", 1)
    assert 'data-fresh="no"' in shown(house)
    page = shown(house)
    assert 'data-fresh="yes"' in page
    assert '<th scope="row">Den, Ground floor</th>' in page
    assert 'data-verdict="poor"><span aria-hidden="true"></span>Poor' in page
    assert "Not recorded" in page
    assert "Most confused:" in page
    assert "All confusions" in page


def reported(house, drift_db):
    """The page once the report is there, with what drifted."""
    house.services.calibrator.drifts = lambda: drift_db
    recorded(house)
    house.services.calibrator.report()
    return shown(house)


def test_little_drift_is_told_and_asks_for_nothing(house):
    """In words, louder or fainter; without a notice."""
    page = reported(house, {"b1/ble": 1.5, "b2/ble": 0.0})
    assert "<b>b1/ble</b>, 1.5\N{NO-BREAK SPACE}dB louder." in page
    assert '<th scope="row">b2/ble</th><td>as on the walks</td>' in page
    assert "Walk again" not in page


def test_without_drift_one_sentence_says_so(house):
    """No table of noughts."""
    page = reported(house, {"b1/ble": 0.04})
    assert "All scanners hear tags as loud as on the walks." in page
    assert "b1/ble" not in page


def test_where_no_map_is_in_use_nothing_is_told_of_drift(house):
    """The plan has nothing to drift from."""
    assert "data-drift" not in reported(house, {})


def test_walks_can_be_removed(house):
    """One press, and pressing it again is no problem."""
    recorded(house)
    assert re.search(r'name="walk" value="a0"', shown(house))
    assert press(house, "remove", walk="a0").status_code == 303
    assert house.walks.outlines() == ()
    assert press(house, "remove", walk="a0").status_code == 303


def test_a_form_from_another_site_changes_nothing(house):
    """With the cookie of a signed-in browser it is 403."""
    boss = house.persons[Role.FACILITIES].id
    token = sign_in(house.people, house.people.sessions.ticket(boss, house.now_ms), house.now_ms)
    headers = {"Cookie": f"{cookie_name(https=False)}={token}", "Origin": "http://evil.example"}
    answer = house.ask("/calibrate/begin", None, "POST", headers, data={"tag": "own-1"})
    assert answer.status_code == 403
    assert house.recorder.going() == {}


def test_a_long_form_is_no_press(house):
    """It is taken for an empty one."""
    answer = press(house, "begin", tag="own-1" + "x" * MOST_BYTES)
    assert answer.status_code == 400
