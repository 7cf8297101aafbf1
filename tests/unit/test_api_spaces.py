"""Lists of spaces, one space, and how they are polled."""

import json

import pytest

from api.access.role import Role
from api.answers import any_space, unknown
from api.catalogue import Entry
from api.services import Settings
from occupancy.label import Label
from occupancy.space import Kind, Space
from occupancy.state import State

JSON = {"Content-Type": "application/json"}


def ids(answer, noun="desks"):
    return [space["id"] for space in answer.json()[noun]]


def test_a_desk_says_all_that_is_promised(house):
    """Times end in Z, the last evidence is floored to the minute, the name is Dutch by default."""
    assert house.ask("/v1/desks", "staff").json()["desks"][0] == {
        "id": "desk-1",
        "name": "Desk 1",
        "state": "free",
        "since": "2026-11-23T10:16:30.500Z",
        "lastEvidence": "2026-11-23T10:17:00Z",
        "probability": 0.1,
        "floor": "floor-0",
        "zone": "zone-n",
        "features": ["screen", "sit-stand"],
        "activities": ["focus"],
        "position": {"x": 1.0, "y": 1.5},
    }


def test_a_desk_that_nothing_is_known_of_is_unknown(house):
    """It is never free."""
    desk = house.ask("/v1/desks", "staff").json()["desks"][2]
    assert (desk["id"], desk["state"], desk["since"], desk["lastEvidence"]) == (
        "desk-3", "unknown", None, None,
    )  # fmt: skip


def test_a_room_says_how_many_it_holds(house):
    """Rooms have what desks have, and a capacity."""
    room = house.ask("/v1/rooms", "staff").json()["rooms"][0]
    assert (room["id"], room["capacity"], room["state"]) == ("room-a", 4, "free")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("floor=floor-0", ["desk-1", "desk-2", "desk-3"]),
        ("floor=floor-0&floor=floor-1&state=occupied", ["desk-2"]),
        ("state=free&state=occupied", ["desk-1", "desk-2"]),
        ("zone=zone-n&feature=screen", ["desk-1", "desk-2"]),
        ("feature=screen&feature=sit-stand", ["desk-1"]),
        ("activity=focus", ["desk-1", "desk-3"]),
        ("activity=together", []),
    ],
)
def test_filters_choose(house, query, expected):
    """Of floors, zones and states any is enough; of features and activities all must be there."""
    assert ids(house.ask(f"/v1/desks?{query}", "staff")) == expected


def test_near_sorts_by_distance_with_other_floors_last(house):
    """Distances are in metres, and null where they mean nothing."""
    desks = house.ask("/v1/desks?near=desk-3", "staff").json()["desks"]
    assert [(d["id"], d["distance"]) for d in desks[:4]] == [
        ("desk-3", 0.0), ("desk-2", 4.0), ("desk-1", 8.0), ("desk-4", None),
    ]  # fmt: skip


def test_wrong_queries_are_told_all_at_once(house):
    """Each wrong value comes with what is allowed, in one answer."""
    query = "flor=1&floor=cellar&state=busy&feature=tv&near=desk-999"
    problem = house.ask(f"/v1/desks?{query}", "staff").json()
    assert problem["status"] == 400
    errors = {error["field"]: (error["found"], error["expected"]) for error in problem["errors"]}
    assert list(errors) == ["flor", "floor", "state", "feature", "near"]
    keys = "floor, zone, state, feature, activity, near"
    assert errors["flor"] == ("an unknown key", f"one of {keys}")
    assert errors["floor"] == ("'cellar'", "one of floor-0, floor-1")
    assert errors["near"] == ("'desk-999'", "the id of a space, such as desk-1")


@pytest.mark.parametrize("query", ["colour=red", "near=moon", "near=desk-1&near=desk-2", "Floor=x"])
def test_unknown_keys_and_places_are_400(house, query):
    """Nothing that is not understood is ignored."""
    assert house.ask(f"/v1/spaces?{query}", "staff").status_code == 400


def test_names_come_in_the_language_asked_for(house):
    """`Accept-Language` chooses; the answer says which it is."""
    answer = house.ask("/v1/spaces", "staff", headers={"Accept-Language": "en"})
    assert answer.json()["spaces"][0]["name"] == "City office"
    assert answer.headers["content-language"] == "en"


def test_a_zone_adds_up_what_is_inside(house):
    """Occupied wins; the counts say the rest."""
    zone = house.ask("/v1/spaces/zone-n", "staff").json()
    assert zone["state"] == "occupied"
    assert zone["counts"] == {
        "desks": {"free": 1, "occupied": 1, "away": 0, "unknown": 1},
        "rooms": {"free": 1, "occupied": 0, "away": 0, "unknown": 0},
    }
    assert (zone["in"], zone["kind"], zone["outline"][1]) == ("floor-0", "zone", [24.0, 0.0])
    assert (zone["since"], zone["probability"], zone["reasons"], zone["outlook"]) == (
        None,
        None,
        [],
        [],
    )
    house.tell("desk-2", State.FREE)
    assert house.ask("/v1/spaces/zone-n", "staff").json()["state"] == "unknown"
    house.tell("desk-3", State.AWAY)
    assert house.ask("/v1/spaces/zone-n", "staff").json()["state"] == "free"


def test_only_what_adds_up_others_has_no_probability(house):
    """It is null for zones, floors and buildings, in lists as well, and a number for the rest."""
    for space in house.ask("/v1/spaces", "staff").json()["spaces"]:
        assert (space["probability"] is None) == (space["counts"] is not None)


def test_corners_are_told_to_the_millimetre():
    """Whatever the arithmetic behind them left over."""
    outline = ((0.1 + 0.2, 0.0), (1.23456, 0.0), (1.0, 1.0))
    space = Space("desk-r", Kind.DESK, Label.of("R"), "floor-0", outline)
    entry = Entry(space, "floor-0", None, frozenset(), None)
    told = any_space(entry, unknown("desk-r"), "en", None)
    assert told.outline == [(0.3, 0.0), (1.235, 0.0), (1.0, 1.0)]


def test_reasons_say_which_way_they_point_and_a_badge_has_no_time(house):
    """A badge is called a badge, and its evidence shows no moment."""
    reasons = house.ask("/v1/spaces/desk-1", "staff").json()["reasons"]
    assert reasons[0] == {
        "source": "desk-1-board/pir-1",
        "kind": "motion",
        "nats": 1.2,
        "time": "2026-11-23T10:17:26.500Z",
        "says": "speaks for occupied",
    }
    assert (reasons[1]["source"], reasons[1]["time"]) == ("a badge", None)
    assert reasons[2]["says"] == "speaks for free"


def test_a_screen_sees_no_sensor(house):
    """Reasons without the names of sensors."""
    reasons = house.ask("/v1/spaces/desk-1", "screen").json()["reasons"]
    assert [reason["source"] for reason in reasons] == [None, "a badge", None]


def test_a_poll_that_brings_nothing_new_is_304(house):
    """The same content has the same tag, and a change has another."""
    first = house.ask("/v1/desks", "staff")
    tag = first.headers["etag"]
    again = house.ask("/v1/desks", "admin", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in again.headers["vary"]
    assert house.ask("/v1/desks", "staff", headers={"If-None-Match": "*"}).status_code == 304
    house.tell("desk-1", State.OCCUPIED, 0.9)
    changed = house.ask("/v1/desks", "staff", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_change_within_the_minute_that_no_list_shows_keeps_the_tag(house):
    """Polls are not woken by evidence alone."""
    tag = house.ask("/v1/desks", "staff").headers["etag"]
    house.tell("desk-1", State.FREE, 0.1, last_evidence_ms=house.now_ms + 2_000)
    assert house.ask("/v1/desks", "staff").headers["etag"] == tag


def test_lists_of_different_callers_do_not_mix(house):
    """A screen of one floor never gets the list kept for another caller, nor the other way."""
    assert len(ids(house.ask("/v1/desks", Role.STAFF))) == 8
    assert len(ids(house.ask("/v1/desks", house.floor_key))) == 3
    assert len(ids(house.ask("/v1/desks", Role.STAFF))) == 8


def test_a_poll_given_again_is_the_same_answer(house):
    """Status, headers and body are those that the route gave, until something changes."""
    first, again = (house.ask("/v1/desks?state=free", "screen") for _ in range(2))
    assert (again.status_code, again.headers, again.content) == (
        200, first.headers, first.content,
    )  # fmt: skip
    tag = {"If-None-Match": first.headers["etag"]}
    fast = house.ask("/v1/desks?state=free", "screen", headers=tag)
    slow = house.ask("/v1/desks?state=free", "screen", headers=tag | {"Accept-Language": "nl"})
    assert (fast.status_code, fast.headers) == (304, slow.headers)
    house.tell("desk-1", State.OCCUPIED, 0.9)
    assert ids(house.ask("/v1/desks?state=free", "screen")) == []
    assert 'route="/v1/desks",status="200"} 3.0' in house.ask("/metrics").text


def test_other_origins_may_read_only_when_allowed(make_house):
    """The exact origins of the settings and no others."""
    house = make_house(settings=Settings(cors_origins=("https://hall.example",)))
    for origin, allowed in (("https://hall.example", "https://hall.example"), ("https://x", None)):
        answer = house.ask("/v1/desks", "screen", headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_a_service_on_https_says_so_to_browsers(make_house):
    """Only there, as http can't keep that promise."""
    secure = make_house(settings=Settings(https=True)).ask("/healthz")
    assert "strict-transport-security" in secure.headers
    assert "strict-transport-security" not in make_house().ask("/healthz").headers


def test_probability_is_told_as_it_stands(house):
    """What the view says, unrounded by floating point."""
    assert b'"probability":0.9' in house.ask("/v1/desks", "staff").content


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/desks/", "GET", 404),
        ("/v1/nothing", "GET", 404),
        ("/v1/spaces/moon", "GET", 404),
        ("/v1/desks", "POST", 405),
        ("/v1/desks?x=1", "GET", 400),
        ("/v1/people", "DELETE", 405),
    ],
)
def test_every_error_is_a_problem(house, path, method, status):
    """Each has type, title, status and detail, and the headers that all answers have."""
    answer = house.ask(path, "staff", method)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert answer.headers["api-version"] == "0.1.0"


def test_a_failure_is_a_problem_that_tells_nothing(house, capsys):
    """The text of the error stays out of the answer and of the log."""
    house.health.boards = lambda: 1 / 0
    answer = house.ask("/v1/boards", "admin")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert answer.headers["api-version"] == "0.1.0"
    out = capsys.readouterr().out
    assert "ZeroDivisionError" in out
    assert "division by zero" not in answer.text + out


@pytest.mark.parametrize("path", ["/v1/desks", "/v1/people", "/healthz", "/v1/nothing"])
def test_all_answers_bear_the_headers_that_protect(house, path):
    """Whatever the status."""
    headers = house.ask(path, "staff").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["api-version"] == "0.1.0"


def test_a_large_body_is_refused(house):
    """More than 64 KiB is not read."""
    answer = house.ask("/v1/me/visibility", "staff", "PUT", headers=JSON, content=b" " * 70_000)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_readiness_says_what_is_wrong(house):
    """503 with the reason, as a problem."""
    assert house.ask("/readyz").json() == {"status": "ready"}
    house.health.wrong = ("the broker does not answer",)
    answer = house.ask("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "the broker does not answer")
    assert house.ask("/healthz").status_code == 200


def test_metrics_count_answers_by_route(house):
    """By the pattern of the route, so that no id comes in."""
    house.ask("/v1/spaces/desk-1", "staff")
    text = house.ask("/metrics").text
    assert 'route="/v1/spaces/{space_id}",status="200"} 1.0' in text
    assert "desk-1" not in text


def test_the_description_names_every_route_and_resolves(house):
    """Every reference in it leads somewhere, and any script may read it."""
    answer = house.ask("/v1/openapi.json")
    described = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert described["openapi"].startswith("3.")
    assert {"/v1/desks", "/v1/people/{person_id}/whereabouts"} <= set(described["paths"])
    assert all(path.startswith("/v1/") for path in described["paths"])
    known = described["components"]["schemas"]
    for part in json.dumps(described).split('"$ref": "')[1:]:
        assert part.partition('"')[0].removeprefix("#/components/schemas/") in known


def test_boards_are_told_to_caretakers(house):
    """Id, whether online, when heard, gaps, and the sensors that are not believed."""
    [board] = house.ask("/v1/boards", "facilities").json()["boards"]
    assert board == {
        "id": "f0-d1",
        "online": True,
        "lastHeard": "2026-11-23T10:17:00Z",
        "gaps": 2,
        "distrusted": ["f0-d1/pir-1"],
    }


def test_an_outlook_tells_what_would_change_the_state(house):
    """In the order given, with when, the state that begins and its probability."""
    outlook = house.ask("/v1/spaces/desk-1", "staff").json()["outlook"]
    assert outlook[:2] == [
        {"cause": "quiet", "source": None, "afterS": 140, "state": "away", "probability": 0.25},
        {
            "cause": "motion", "source": "desk-1-board/pir-1", "afterS": 0, "state": "occupied",
            "probability": 0.97,
        },
    ]  # fmt: skip
    assert outlook[3]["afterS"] is None


def test_the_outlook_of_a_screen_names_no_sensor(house):
    """A badge is a badge for all."""
    outlook = house.ask("/v1/spaces/desk-1", "screen").json()["outlook"]
    assert [change["source"] for change in outlook] == [None, None, "a badge", None]
