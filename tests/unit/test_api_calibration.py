"""Calibration over HTTP: who may walk with what, and that it is written down."""

import sqlite3

import pytest

from api.access.role import Role
from api.calibrator import BEGAN, ENDED, PURPOSE
from occupancy.calibration import PATIENCE_MS, Heard, Spare, Visit, Walk
from occupancy.working_hours import WorkingHours
from sensors.tag import Tag

MINE, SPARE, THEIRS = (Tag(letter * 32) for letter in "abc")


@pytest.fixture
def house(house):
    """The small house; facilities has a tag, a colleague has one, and one is set aside."""
    house.boss = house.persons[Role.FACILITIES]
    house.people.register.enrol(house.boss.id, MINE)
    house.people.register.enrol(house.persons[Role.STAFF].id, THEIRS)
    house.spares.add(Spare("badge-1", SPARE))
    return house


def begin(house, tag="own-1", role=Role.FACILITIES):
    return house.ask("/v1/calibration/walk", role, "POST", json={"tag": tag})


def here(house, place):
    body = {"place": place}
    return house.ask("/v1/calibration/walk/place", Role.FACILITIES, "PUT", json=body)


def finish(house, role=Role.FACILITIES):
    return house.ask("/v1/calibration/walk/finish", role, "POST")


def written(house, person=None):
    looked = house.people.audit.about((person or house.boss).id)
    return [(one.who, one.purpose, one.answer) for one in reversed(looked)]


def test_a_walk_from_begin_to_end(house):
    """Each press tells how it is going; what was recorded is listed afterwards."""
    assert house.ask("/v1/calibration", Role.FACILITIES).json()["walk"] is None
    assert begin(house).json()["walk"]["place"] is None
    assert here(house, "room-a").json()["walk"]["place"] == "room-a"
    house.now_ms += 30_000
    state = here(house, None).json()
    assert state["walk"]["place"] is None
    assert {p["id"]: p["seconds"] for p in state["places"]}["room-a"] == 30.0
    assert finish(house).json()["walk"] is None
    (walk,) = house.ask("/v1/calibration/walks", Role.FACILITIES).json()["walks"]
    assert (walk["places"], walk["seconds"], walk["sightings"]) == (1, 30.0, 0)


def test_places_are_rooms_and_zones_in_the_language_asked_for(house):
    """No desk is one, nor is a floor."""
    english = {"Accept-Language": "en"}
    places = house.ask("/v1/calibration", Role.FACILITIES, headers=english).json()["places"]
    assert [(p["id"], p["name"], p["floor"]) for p in places] == [
        ("zone-n", "North", "floor-0"),
        ("room-a", "Den", "floor-0"),
        ("room-b", "Heath", "floor-1"),
    ]


def test_one_walks_with_a_tag_of_ones_own_or_one_set_aside(house):
    """Nobody else's tag is in the list, and none is taken."""
    tags = house.ask("/v1/calibration", Role.FACILITIES).json()["tags"]
    assert tags == [{"id": "own-1", "own": True}, {"id": "badge-1", "own": False}]
    assert begin(house, "badge-1").status_code == 200
    assert house.recorder.going() == {house.boss.id: SPARE}
    for tag in (THEIRS, "own-2", "", "badge-2"):
        answer = begin(house, tag, Role.ADMIN)
        assert answer.status_code == 400
        assert "expected one of badge-1" in answer.json()["detail"]


def test_a_tag_set_aside_that_somebody_gets_is_not_spare_any_more(house):
    """From then on only that person may walk with it; a walk that is going on ends."""
    begin(house, "badge-1")
    house.people.register.enrol(house.persons[Role.STAFF].id, SPARE)
    house.services.calibrator.look(house.now_ms)
    assert house.recorder.going() == {}
    assert begin(house, "badge-1").status_code == 400


def test_a_walk_ends_when_its_walker_loses_the_tag_the_role_or_is_gone(house):
    """Each within one look."""
    begin(house)
    house.people.register.unenrol(MINE)
    house.services.calibrator.look(house.now_ms)
    assert not house.recorder.hears(MINE)
    begin(house, "badge-1")
    house.people.register.remove(house.boss.id)
    house.services.calibrator.look(house.now_ms)
    assert not house.recorder.hears(SPARE)


def test_a_forgotten_walk_ends_by_itself(house):
    """And that is written down like any end."""
    begin(house)
    here(house, "room-a")
    house.services.calibrator.look(house.now_ms + PATIENCE_MS - 1)
    assert house.recorder.hears(MINE)
    house.services.calibrator.look(house.now_ms + PATIENCE_MS)
    assert not house.recorder.hears(MINE)
    assert written(house)[-1] == (house.boss.id, PURPOSE, ENDED)


def test_begin_and_end_are_written_down_for_the_walker_to_read(house):
    """Under their own look-ups, without a place."""
    begin(house)
    here(house, "room-a")
    finish(house)
    boss = house.boss.id
    assert written(house) == [(boss, PURPOSE, BEGAN), (boss, PURPOSE, ENDED)]
    seen = house.ask("/v1/me/lookups", Role.FACILITIES).json()["lookups"]
    assert [one["answer"] for one in seen] == [ENDED, BEGAN]


def test_a_walk_that_can_not_be_written_down_does_not_begin(house, monkeypatch):
    """503, and no tag is heard."""

    def full(_lookup):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(house.people.audit, "write", full)
    answer = begin(house)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert not house.recorder.hears(MINE)


def test_a_walk_ends_even_if_its_end_can_not_be_written_down(house, monkeypatch):
    """Over with one press, whatever the disk does."""
    begin(house)

    def full(_lookup):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(house.people.audit, "write", full)
    assert finish(house).status_code == 200
    assert not house.recorder.hears(MINE)


def test_nobody_walks_outside_working_hours(make_house):
    """409 and nothing written; in the state `open` says so."""
    house = make_house(hours=WorkingHours("Europe/Amsterdam", days=frozenset()))
    boss = house.persons[Role.FACILITIES]
    house.people.register.enrol(boss.id, MINE)
    assert house.ask("/v1/calibration", Role.FACILITIES).json()["open"] is False
    answer = begin(house)
    assert answer.status_code == 409
    assert "working hours" in answer.json()["detail"]
    assert written(house, boss) == []


def test_while_the_finder_is_off_nobody_walks(make_house):
    """No tag is heard then, so everything is 404."""
    house = make_house(finder_on=False)
    assert house.ask("/v1/calibration", Role.FACILITIES).status_code == 404
    assert begin(house).status_code == 404
    assert house.ask("/v1/calibration/report", Role.FACILITIES).status_code == 404


@pytest.mark.parametrize("role", [Role.SCREEN, Role.STAFF, Role.ANALYST])
def test_only_those_who_look_after_the_building_walk(house, role):
    """Nobody else begins, moves, ends or removes."""
    for method, path in (
        ("POST", "/walk"),
        ("PUT", "/walk/place"),
        ("POST", "/walk/finish"),
        ("DELETE", "/walks/a1"),
    ):
        answer = house.ask(f"/v1/calibration{path}", role, method, json={"tag": "own-1"})
        assert answer.status_code == 403


def test_a_walk_is_told_to_its_walker_alone(house):
    """Another caretaker sees none and can't end it."""
    begin(house)
    here(house, "room-a")
    assert house.ask("/v1/calibration", Role.ADMIN).json()["walk"] is None
    assert finish(house, Role.ADMIN).status_code == 404
    assert house.recorder.hears(MINE)


def test_what_can_not_be_now_is_said(house):
    """A second walk is 409, a press without a walk 404, an unknown place or body 400."""
    assert here(house, "room-a").status_code == 404
    assert finish(house).status_code == 404
    begin(house)
    assert begin(house).status_code == 409
    assert "room or zone" in here(house, "desk-1").json()["errors"][0]["expected"]
    for body in ({}, {"tag": 1}, {"tag": "own-1", "more": 1}, []):
        answer = house.ask("/v1/calibration/walk", Role.FACILITIES, "POST", json=body)
        assert answer.status_code == 400
    assert written(house) == [(house.boss.id, PURPOSE, BEGAN)]


def test_a_walk_can_be_removed(house):
    """It is gone from the list and the report; one that is not there is 404."""
    at_ms = house.now_ms
    stay = Visit("room-a", at_ms, at_ms + 90_000)
    heard = tuple(Heard("f0-d1/ble", at_ms, at_ms + s * 1000, -20.0) for s in range(90))
    house.walks.add(Walk("a1", at_ms, at_ms + 90_000, (stay,), heard))
    assert house.ask("/v1/calibration/report", Role.FACILITIES).json()["walks"] == 1
    answer = house.ask("/v1/calibration/walks/a1", Role.FACILITIES, "DELETE")
    assert answer.json() == {"walks": []}
    assert house.ask("/v1/calibration/report", Role.FACILITIES).json()["walks"] == 0
    assert house.ask("/v1/calibration/walks/a1", Role.FACILITIES, "DELETE").status_code == 404


def test_the_report_is_asked_for_again_cheaply(house):
    """The same walks are 304."""
    first = house.ask("/v1/calibration/report", Role.FACILITIES)
    again = house.ask(
        "/v1/calibration/report",
        Role.FACILITIES,
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert again.status_code == 304
