"""The colleague finder, what people choose, and what is kept of them."""

import sqlite3
from datetime import date

import pytest

from api.finder import FinderGate, GateClosedError
from api.people.person import Precision
from occupancy.whereabouts import TIME_TO_LIVE_MS
from occupancy.working_hours import WorkingHours

JSON = {"Content-Type": "application/json"}
TIME = "a time with an offset, such as 2026-11-23T15:00:00+01:00, or null"


def look_up(house, person, key="staff"):
    return house.ask(f"/v1/people/{person.id}/whereabouts", key)


def unknown(person):
    return {
        "id": person.id,
        "name": person.name,
        "state": "unknown",
        "place": None,
        "since": None,
        "lastEvidence": None,
        "probability": None,
    }


def choose(house, key="staff", **choice):
    body = {"visible": True, "precision": "room"} | choice
    return house.ask("/v1/me/visibility", key, "PUT", json=body)


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ((None, None, None), "assessment.*consent.*date"),
        (("DPIA-1", " ", date(2026, 1, 1)), "works council"),
        (("", "OR-1", date(2026, 1, 1)), "assessment"),
        (("DPIA-1", "OR-1", None), "date"),
    ],
)
def test_the_finder_has_a_gate_that_says_what_is_missing(parts, missing):
    """Without all three references it can't be made."""
    with pytest.raises(GateClosedError, match=missing):
        FinderGate(*parts)


@pytest.mark.parametrize("path", ["/v1/people", "/v1/people/x/whereabouts"])
def test_while_the_gate_is_closed_the_finder_is_off(make_house, path):
    """Colleagues get 404 with the reason; others are refused first."""
    house = make_house(finder_on=False)
    answer = house.ask(path, "staff")
    assert (answer.status_code, answer.json()["detail"]) == (404, "the colleague finder is off")
    assert house.ask(path).status_code == 401
    assert house.ask(path, "screen").status_code == 403


def test_consent_that_begins_later_does_not_count_yet(make_house):
    """Before the day of the gate nobody is found."""
    house = make_house()
    person = house.colleague()
    house.services.finder._gate = FinderGate("DPIA-1", "OR-1", date(2026, 11, 24))
    assert look_up(house, person).json() == unknown(person)


def test_a_colleague_who_opted_in_is_found(house):
    """Place, times floored to the minute, probability in steps; kept by no cache."""
    person = house.colleague()
    answer = look_up(house, person)
    assert answer.json() == {
        "id": person.id,
        "name": "Sam Voorbeeld",
        "state": "seen",
        "place": {"id": "room-a", "kind": "room", "name": "Den"},
        "since": "2026-11-23T10:07:00Z",
        "lastEvidence": "2026-11-23T10:17:00Z",
        "probability": 0.8,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_only_those_who_opted_in_are_listed(house):
    """By id and name, and nothing else."""
    person = house.colleague()
    people = house.ask("/v1/people", "staff").json()["people"]
    assert people == [{"id": person.id, "name": "Sam Voorbeeld"}]


@pytest.mark.parametrize(
    ("precision", "place"),
    [
        (Precision.ROOM, "room-a"),
        (Precision.ZONE, "zone-n"),
        (Precision.FLOOR, "floor-0"),
        (Precision.BUILDING, "office"),
    ],
)
def test_a_place_is_no_finer_than_was_chosen(house, precision, place):
    """The place around it is told instead, without since when."""
    answer = look_up(house, house.colleague(precision)).json()
    assert answer["place"]["id"] == place
    assert (answer["since"] is None) == (place != "room-a")


def test_a_desk_is_never_told(house):
    """The finest answer for a desk is what is around it."""
    assert look_up(house, house.colleague(place="desk-1")).json()["place"]["id"] == "zone-n"


def hidden(house):
    return house.colleague(visible=False)


def paused(house):
    person = house.colleague()
    until_ms = house.now_ms + 60_000
    house.people.register.choose(person.id, person.visibility.__class__(True, "room", until_ms))
    return person


def unheard(house):
    person = house.colleague()
    house.view.tell(house.now_ms, (), {})
    return person


def nowhere(house):
    return house.colleague(place=None)


def long_ago(house):
    person = house.colleague()
    house.now_ms += TIME_TO_LIVE_MS
    return person


def after_hours(house):
    person = house.colleague()
    house.services.finder._hours = WorkingHours("Europe/Amsterdam", days=frozenset())
    return person


@pytest.mark.parametrize("case", [hidden, paused, unheard, nowhere, long_ago, after_hours])
def test_whatever_the_reason_for_not_telling_the_answer_is_the_same(house, case):
    """Not opted in, paused, not heard, nowhere likely, long ago or after hours: unknown."""
    person = case(house)
    assert look_up(house, person).json() == unknown(person)


def test_a_pause_ends_by_itself_and_does_not_show_in_the_list(house):
    """Listed meanwhile, found again after."""
    person = paused(house)
    assert len(house.ask("/v1/people", "staff").json()["people"]) == 1
    house.now_ms += 60_000
    assert look_up(house, person).json()["state"] == "seen"


def test_opting_out_counts_at_once(house):
    """For the list, the look-up and the listening thread."""
    choose(house)
    me = house.ask("/v1/me", "staff").json()
    tag = "f" * 32
    house.people.register.enrol(me["id"], tag)
    assert house.people.is_enrolled(tag)
    assert choose(house, visible=False).json()["visible"] is False
    assert not house.people.is_enrolled(tag)
    assert house.ask("/v1/people", "admin").json() == {"people": []}


def test_every_look_up_is_written_down_and_shown_to_whom_it_is_about(house):
    """Who, when, for what and which kind of answer, never where."""
    choose(house, "admin", precision="zone")
    admin = house.ask("/v1/me", "admin").json()
    house.ask(f"/v1/people/{admin['id']}/whereabouts", "staff")
    staff = house.ask("/v1/me", "staff").json()
    assert house.ask("/v1/me/lookups", "admin").json() == {
        "lookups": [
            {
                "at": "2026-11-23T10:17:30.500Z",
                "who": {"id": staff["id"], "name": "Invented staff"},
                "purpose": "find a colleague",
                "answer": "unknown",
            }
        ]
    }
    assert house.ask("/v1/me/lookups", "staff").json() == {"lookups": []}


def test_a_look_up_is_on_disk_before_it_is_answered(house):
    """Another connection reads it while the answer is only being made."""
    person = house.colleague()
    seen = []
    counted = house.app.state.context.meters.lookups
    path = house.folder / "people.sqlite"

    def answered(label):
        with sqlite3.connect(path) as other:
            seen.append(other.execute("SELECT whom, answer FROM audit").fetchall())
        other.close()
        return counted.__class__.labels(counted, label)

    counted.labels = answered
    assert look_up(house, person).status_code == 200
    assert seen == [[(person.id, "room")]]


def test_a_look_up_that_can_not_be_written_down_is_not_answered(house):
    """503, and nothing of the person in it."""
    person = house.colleague()
    with house.people._database.transaction() as connection:
        connection.execute("DROP TABLE audit")
    answer = look_up(house, person)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "room-a" not in answer.text
    assert person.name not in answer.text


def test_a_colleague_who_does_not_exist_is_404(house):
    """And leaves no row."""
    assert house.ask("/v1/people/nobody/whereabouts", "staff").status_code == 404
    assert house.people.audit.about("nobody") == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", ["visible", "precision"]),
        (b'{"visible": "yes", "precision": "desk"}', ["visible", "precision"]),
        (b'{"visible": true, "precision": "room", "role": "admin"}', ["role"]),
        (b'{"visible":true,"precision":"room","invisibleUntil":"2026-11-23"}', ["invisibleUntil"]),
        (b'{"visible":true,"precision":"room","invisibleUntil":1795439999}', ["invisibleUntil"]),
        (
            b'{"visible":1,"precision":"room","invisibleUntil":"2020-01-01T00:00:00Z","a":1}',
            ["visible", "invisibleUntil", "a"],
        ),
        (
            b'{"visible":true,"precision":"room","invisibleUntil":"9999-12-31T23:59:59-14:00"}',
            ["invisibleUntil"],
        ),
        (
            b'{"visible":true,"precision":"room","invisibleUntil":"0001-01-01T00:00:00+14:00"}',
            ["invisibleUntil"],
        ),
        (b"[]", ["body"]),
        (b"{", ["body"]),
        (b'{"visible": NaN}', ["visible", "precision"]),
        (b"\xff", ["body"]),
    ],
)
def test_a_wrong_choice_is_400_with_everything_that_is_wrong(house, body, fields):
    """Each field that is wrong is named, and nothing changes."""
    answer = house.ask("/v1/me/visibility", "staff", "PUT", JSON, content=body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert house.ask("/v1/me", "staff").json()["visibility"]["visible"] is False


@pytest.mark.parametrize(
    ("choice", "found", "expected"),
    [
        ({"visible": "yes"}, '"yes"', "true or false"),
        ({"precision": "desk"}, '"desk"', "one of building, floor, zone, room"),
        ({"precision": None}, "null", "one of building, floor, zone, room"),
        ({"role": "admin"}, "an unknown key", "one of visible, precision, invisibleUntil"),
        ({"invisibleUntil": "soon"}, '"soon"', TIME),
        (
            {"invisibleUntil": "2026-11-23T10:17:30Z"},
            "a time that has passed",
            "a time to come, or null for no pause",
        ),
    ],
)
def test_a_wrong_choice_is_told_in_words_that_fit(house, choice, found, expected):
    """What was found and what would be right, for each kind of mistake."""
    answer = choose(house, **choice)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error == {"field": next(iter(choice)), "found": found, "expected": expected}


@pytest.mark.parametrize("said", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_choice_that_is_not_said_to_be_json_is_415(house, said):
    """A form of another site could send those; nothing changes."""
    body = b'{"visible": true, "precision": "room"}'
    headers = {"Content-Type": said} if said else {}
    answer = house.ask("/v1/me/visibility", "staff", "PUT", headers, content=body)
    assert (answer.status_code, answer.json()["status"]) == (415, 415)
    assert "expected Content-Type: application/json" in answer.json()["detail"]
    assert house.ask("/v1/me", "staff").json()["visibility"]["visible"] is False


def test_a_choice_without_a_pause_ends_the_pause(house):
    """What is left out is as null."""
    choose(house, invisibleUntil="2026-11-23T13:00:00+01:00")
    assert choose(house).json()["invisibleUntil"] is None


def test_a_pause_is_told_back_in_utc(house):
    """Any offset is understood."""
    choose(house, invisibleUntil="2026-11-23T13:00:00+01:00")
    assert house.ask("/v1/me", "staff").json()["visibility"] == {
        "visible": True,
        "precision": "room",
        "invisibleUntil": "2026-11-23T12:00:00Z",
    }


def test_an_unauthorised_body_is_not_even_read(house):
    """401 goes before 400."""
    answer = house.ask("/v1/me/visibility", None, "PUT", JSON, content=b"{")
    assert answer.status_code == 401
