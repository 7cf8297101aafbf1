"""Who may see which page, and how one gets in and out."""

import pytest

from api.access.policy import Policy, policy_of
from api.access.role import COLLEAGUES, VIEWERS, Role
from api.access.session import SESSION_MS
from api.pages.router import router
from api.people.sessions import TICKET_MS

CLOSED = ("/", "/desks", "/people", "/me", "/spaces/desk-1")
OPEN = ("/screen/floor-0", "/sign-in", "/static/live.js", "/static/page.css", "/static/logo.svg")
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
OURS = {"Origin": "http://api", **BROWSER}


def entered(house, key=Role.STAFF):
    return house.ask(
        "/sign-in", method="POST", headers=OURS, data={"key": house.keys.get(key, key)}
    )


def cookie_of(answer):
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("key", [None, "vp_wrong"])
def test_without_a_session_a_page_leads_to_the_door(house, path, key):
    """A browser is sent to sign in; it gets nothing of the building."""
    answer = house.ask(path, key, headers=BROWSER)
    after = "" if path == "/" else "?next=" + path.replace("/", "%2F")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in{after}")
    assert answer.text == ""


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("role", list(Role))
def test_pages_are_for_colleagues(house, role, path):
    """A screen and an analyst get a page that says no."""
    answer = house.ask(path, role, headers=BROWSER)
    assert answer.status_code == (200 if role in COLLEAGUES else 403)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", OPEN)
def test_the_door_and_the_shell_are_open(house, path):
    """They answer without a key, and hold no name of the building."""
    answer = house.ask(path, headers=BROWSER)
    assert answer.status_code == 200
    assert "Stadskantoor" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_the_plan_of_a_screen_is_for_viewers(house, role):
    """A screen's key and colleagues may have it, an analyst not."""
    answer = house.ask("/screen/floor-0/plan", role)
    assert answer.status_code == (200 if role in VIEWERS else 403)


def test_a_screen_sees_its_own_floor(house):
    """The key of one floor opens no other, and a floor that is not there is told to a viewer."""
    assert house.ask("/screen/floor-0/plan", house.floor_key).status_code == 200
    assert house.ask("/screen/floor-1/plan", house.floor_key).status_code == 403
    assert house.ask("/screen/zone-n/plan", Role.SCREEN).status_code == 404
    assert house.ask("/screen/floor-0/plan").status_code == 401


def test_the_plan_of_a_screen_has_no_link_and_no_person(house):
    """Nobody touches a screen on the wall, and nobody is on it."""
    house.colleague()
    text = house.ask("/screen/floor-0/plan", Role.SCREEN).text
    assert "<a " not in text
    assert "Sam" not in text
    assert 'data-space="desk-1"' in text


def test_every_page_declares_its_policy(house):
    """None is without one, and those behind the door let in known roles only."""
    paths = {route.path: policy_of(route) for route in house.app.routes}
    assert all(paths.values())
    closed = {path for path, policy in paths.items() if isinstance(policy, Policy)}
    ours = {path for path in closed if not path.startswith("/v1")}
    assert ours == {
        "/", "/desks", "/people", "/me", "/spaces/{space}", "/screen/{floor}/plan", "/calibrate",
        "/calibrate/begin", "/calibrate/here", "/calibrate/finish", "/calibrate/remove",
        "/devices",
    }  # fmt: skip
    assert router.routes


def test_a_pasted_key_opens_a_session(house):
    """The cookie is not for scripts and not for other sites, and the next page is there."""
    answer = entered(house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    kept = answer.headers["set-cookie"].lower()
    assert "httponly" in kept
    assert "samesite=strict" in kept
    assert house.ask("/me", headers={"Cookie": cookie_of(answer), **BROWSER}).status_code == 200


def test_one_lands_on_the_page_first_asked_for(house):
    """With its query, through a wrong key and a change of language at the door."""
    asked = "/desks?floor=floor-0&state=free"
    door = house.ask(asked, headers=BROWSER).headers["location"]
    field = '<input type="hidden" name="next" value="/desks?floor=floor-0&amp;state=free">'
    shown = house.ask(door, headers=BROWSER).text
    assert field in shown
    assert "next=%2Fdesks%3Ffloor%3Dfloor-0%26state%3Dfree&amp;lang=" in shown
    wrong = {"key": "vp_wrong", "next": asked}
    assert field in house.ask("/sign-in", method="POST", headers=OURS, data=wrong).text
    right = {"key": house.keys[Role.STAFF], "next": asked}
    answer = house.ask("/sign-in", method="POST", headers=OURS, data=right)
    assert (answer.status_code, answer.headers["location"]) == (303, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "desks",
        "",
        "/\t/evil.example",
        "/desks\r\nSet-Cookie: a=b",
        "/desks\n",
        "/\N{SNOWMAN}",
        "/" + "x" * 500,
        "/sign-in",
        "/sign-out",
    ],
)
def test_nobody_is_led_off_the_site(house, asked):
    """Anything but a plain path of this site leads to the map, and is not on the page."""
    data = {"key": house.keys[Role.STAFF], "next": asked}
    answer = house.ask("/sign-in", method="POST", headers=OURS, data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    shown = house.ask("/sign-in", headers=BROWSER, params={"next": asked}).text
    assert 'name="next"' not in shown


@pytest.mark.parametrize("key", ["", "vp_wrong", "x" * 5000, "vp_\N{SNOWMAN}"])
def test_a_wrong_key_is_told_kindly(house, key):
    """The door stays shut and says what a key looks like."""
    answer = entered(house, key)
    assert answer.status_code == 401
    assert "vp_" in answer.text
    assert "set-cookie" not in answer.headers


def test_the_key_of_a_screen_opens_no_session(house):
    """A screen is no person, and is told what to do instead."""
    answer = entered(house, Role.SCREEN)
    assert answer.status_code == 403
    assert "#key=" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_another_site_signs_nobody_in_or_out(house, path):
    """A form on another site is refused."""
    headers = {"Origin": "http://elsewhere", **BROWSER}
    answer = house.ask(path, method="POST", headers=headers, data={"key": house.keys[Role.STAFF]})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_link_works_once(house):
    """The first time it opens a session, the second time a page says kindly that it is used."""
    ticket = house.people.sessions.ticket(house.persons[Role.STAFF].id, house.now_ms)
    first = house.ask(f"/sign-in/{ticket}", headers=BROWSER)
    assert first.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in first.text
    assert house.ask("/", headers={"Cookie": cookie_of(first), **BROWSER}).status_code == 200
    second = house.ask(f"/sign-in/{ticket}", headers=BROWSER)
    assert second.status_code == 410
    assert "set-cookie" not in second.headers


def test_a_link_that_lay_too_long_is_over(house):
    """It says so and leads to the door."""
    ticket = house.people.sessions.ticket(house.persons[Role.STAFF].id, house.now_ms)
    house.now_ms += TICKET_MS + 1
    answer = house.ask(f"/sign-in/{ticket}", headers=BROWSER)
    assert answer.status_code == 410
    assert 'href="/sign-in"' in answer.text


def test_signing_out_ends_the_session_for_good(house):
    """The cookie is forgotten, and worth nothing even if someone kept it."""
    cookie = cookie_of(entered(house))
    answer = house.ask("/sign-out", method="POST", headers={"Cookie": cookie, **OURS})
    assert answer.headers["location"] == "/sign-in"
    assert 'vrijplek=""' in answer.headers["set-cookie"]
    assert house.ask("/", headers={"Cookie": cookie, **BROWSER}).status_code == 303


def test_a_session_ends_after_a_working_day(house):
    """Then the door is shown again."""
    cookie = cookie_of(entered(house))
    house.now_ms += SESSION_MS
    assert house.ask("/", headers={"Cookie": cookie, **BROWSER}).headers["location"] == "/sign-in"


def test_an_address_that_is_not_there_gets_a_page(house):
    """Outside the API a browser gets a page, inside and for others problem details."""
    page = house.ask("/nowhere", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    for path, headers in (("/nowhere", {}), ("/v1/nowhere", BROWSER)):
        answer = house.ask(path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (
            404, "application/problem+json",
        )  # fmt: skip


@pytest.mark.parametrize("name", ["..%2fpage.py", "page.py", "nothing.js", "%2e%2e"])
def test_only_the_files_of_pages_are_served(house, name):
    """No other file of the package can be had."""
    assert house.ask(f"/static/{name}").status_code == 404
