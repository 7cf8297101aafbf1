"""HEAD: what GET would say, without its body."""

import re

import pytest

from api.access.policy import Policy, policy_of

PARTS = {
    "{space_id}": "desk-1",
    "{space}": "desk-1",
    "{floor}": "floor-0",
    "{name}": "live.js",
    "{person_id}": "nobody",
    "{ticket}": "nothing",
}
ACTS = {"/v1/changes", "/v1/people/{person_id}/whereabouts", "/sign-in/{ticket}"}


def addresses(house):
    """Pattern and address of every route that has GET."""
    for route in house.app.routes:
        if "GET" in route.methods:
            yield route, re.sub(r"\{\w+\}", lambda part: PARTS[part[0]], route.path)


def test_head_says_what_get_says_on_every_route_that_only_answers(house):
    """Same status and headers, no body; those that do more than answer have no HEAD."""
    refused = set()
    for route, address in addresses(house):
        if route.path in ACTS:
            refused.add(route.path)
            assert house.ask(address, "admin", "HEAD").status_code == 405
            continue
        get, head = (house.ask(address, "admin", method) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (200, b""), address
        if route.path != "/metrics":
            assert head.headers == get.headers
    assert refused == ACTS


def test_head_passes_the_same_policies(house):
    """Without a key it is 401 wherever GET is."""
    for route, address in addresses(house):
        if route.path not in ACTS and isinstance(policy_of(route), Policy):
            assert house.ask(address, None, "HEAD").status_code == 401, address
    assert house.ask("/v1/boards", "screen", "HEAD").status_code == 403


def test_a_head_uses_up_no_link(house):
    """A program that looks at links before people do leaves them good."""
    person = next(iter(house.persons.values()))
    ticket = house.people.sessions.ticket(person.id, house.now_ms)
    assert house.ask(f"/sign-in/{ticket}", method="HEAD").status_code == 405
    assert house.ask(f"/sign-in/{ticket}").status_code == 200


@pytest.mark.parametrize("path", ["/v1/nothing", "/nowhere"])
def test_head_of_what_is_not_there_is_404(house, path):
    """As GET would be, and without a body."""
    answer = house.ask(path, "staff", "HEAD")
    assert (answer.status_code, answer.content) == (404, b"")


def test_head_knows_what_the_caller_has(house):
    """A tag that still holds gives 304."""
    tag = house.ask("/v1/desks", "staff", "HEAD").headers["etag"]
    again = house.ask("/v1/desks", "staff", "HEAD", headers={"If-None-Match": tag})
    assert again.status_code == 304
