"""Who may ask what."""

import pytest
from fastapi import APIRouter

from api.access.policy import NoPolicyError, Policy, check_policies, policy_of
from api.access.role import Role
from api.access.session import cookie_name, sign_in
from api.people.sessions import TICKET_MS

SPACES = ("/v1/desks", "/v1/rooms", "/v1/spaces", "/v1/spaces/desk-1")
FINDER = ("/v1/people", "/v1/people/{sam}/whereabouts", "/v1/me", "/v1/me/lookups")
CARE = (
    "/v1/spaces/desk-1/history",
    "/v1/boards",
    "/v1/devices",
    "/v1/calibration",
    "/v1/calibration/walks",
    "/v1/calibration/report",
)
OPEN = ("/v1/openapi.json", "/healthz", "/readyz", "/metrics")
MAY = {
    Role.SCREEN: {*SPACES, "/v1/summary"},
    Role.STAFF: {*SPACES, *FINDER, "/v1/summary"},
    Role.ANALYST: {"/v1/summary"},
    Role.FACILITIES: {*SPACES, *FINDER, *CARE, "/v1/summary"},
    Role.ADMIN: {*SPACES, *FINDER, *CARE, "/v1/summary"},
}
CLOSED = (*SPACES, *FINDER, *CARE, "/v1/summary")


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_its_own_routes_and_403_elsewhere(house, role, path):
    """What a role may ask answers 200, everything else 403."""
    status = house.ask(path.format(sam=house.colleague().id), role).status_code
    assert status == (200 if path in MAY[role] else 403)


@pytest.mark.parametrize("role", list(Role))
def test_only_colleagues_choose_their_visibility(house, role):
    """Screens and analysts have no visibility to choose."""
    body = {"visible": True, "precision": "floor", "invisibleUntil": None}
    answer = house.ask("/v1/me/visibility", role, "PUT", json=body)
    colleague = role in (Role.STAFF, Role.FACILITIES, Role.ADMIN)
    assert answer.status_code == (200 if colleague else 403)


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("key", [None, "vp_wrong", "wrong", ""])
def test_without_a_valid_key_there_is_401(house, path, key):
    """No key and a wrong key get the same status, and are told how to prove themselves."""
    answer = house.ask(path.format(sam="x"), key)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", OPEN)
def test_operations_and_the_description_are_open(house, path):
    """They answer without a key."""
    assert house.ask(path).status_code == 200


def test_every_route_has_a_policy_that_the_matrix_knows(house):
    """No route of the API is outside the matrix above, and none is without a policy."""
    routes = [route for route in house.app.routes if route.path.startswith("/v1")]
    guarded = {route.path for route in routes if isinstance(policy_of(route), Policy)}
    known = {path.format(sam="{person_id}").replace("desk-1", "{space_id}") for path in CLOSED}
    presses = {"/walk", "/walk/place", "/walk/finish", "/walks/{walk_id}"}
    assert guarded == known | {"/v1/changes", "/v1/me/visibility"} | {
        f"/v1/calibration{path}" for path in presses
    }
    assert all(policy_of(route) is not None for route in house.app.routes)


def test_a_route_without_a_policy_is_refused():
    """The application does not start with it."""
    router = APIRouter()
    router.get("/bare")(lambda: None)
    with pytest.raises(NoPolicyError, match="/bare"):
        check_policies(router.routes)


def test_a_screen_of_one_floor_sees_that_floor_alone(house):
    """Lists hold its floor only; naming anything else is 403."""
    spaces = house.ask("/v1/spaces", house.floor_key).json()["spaces"]
    assert {space["floor"] for space in spaces} == {"floor-0"}
    assert len(house.ask("/v1/desks", house.floor_key).json()["desks"]) == 3
    for path in ("spaces/room-b", "spaces/office", "desks?floor=floor-1", "desks?near=desk-8"):
        assert house.ask(f"/v1/{path}", house.floor_key).status_code == 403


def test_a_revoked_key_counts_no_more(house):
    """The next request with it is 401, though the same answer was given to it before."""
    (key,) = [key for key in house.people.keys.all() if key.screen == "hall"]
    assert house.ask("/v1/desks", "screen").status_code == 200
    assert house.people.keys.revoke(key.id)
    assert house.ask("/v1/desks", "screen").status_code == 401


def cookie(house, role=Role.STAFF):
    ticket = house.people.sessions.ticket(house.persons[role].id, house.now_ms)
    token = sign_in(house.people, ticket, house.now_ms)
    return {"Cookie": f"{cookie_name(https=False)}={token}"}


def test_a_sign_in_link_works_once(house):
    """The second use of a ticket gives nothing, and the session it gave works."""
    ticket = house.people.sessions.ticket(house.persons[Role.STAFF].id, house.now_ms)
    token = sign_in(house.people, ticket, house.now_ms)
    assert sign_in(house.people, ticket, house.now_ms) is None
    headers = {"Cookie": f"{cookie_name(https=False)}={token}"}
    assert house.ask("/v1/me", headers=headers).json()["role"] == "staff"


def test_a_sign_in_link_gets_too_old(house):
    """After its time it gives nothing."""
    ticket = house.people.sessions.ticket(house.persons[Role.STAFF].id, house.now_ms)
    assert sign_in(house.people, ticket, house.now_ms + TICKET_MS) is None


def test_a_session_ends_by_time_and_by_sign_out(house):
    """Both make the cookie worthless."""
    headers = cookie(house)
    house.people.sessions.end(next(iter(house.people.sessions._sessions)))
    assert house.ask("/v1/me", headers=headers).status_code == 401
    headers = cookie(house)
    house.now_ms += 13 * 3_600_000
    assert house.ask("/v1/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://api"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://api"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_changes_by_cookie_must_come_from_our_own_pages(house, sent, status):
    """Another site can't make a signed-in browser change anything."""
    body = {"visible": False, "precision": "zone"}
    headers = cookie(house) | sent
    assert house.ask("/v1/me/visibility", None, "PUT", headers, json=body).status_code == status
