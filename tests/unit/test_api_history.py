"""What a space was, and how busy areas were."""

import pytest

from occupancy.aggregate import QUARTER_MS, aggregates_at
from occupancy.evidence import Evidence
from occupancy.history import DamagedHistoryError
from occupancy.space import Kind
from occupancy.state import State
from occupancy.transition import Transition

MINUTE_MS = 60_000


@pytest.fixture
def past_house(house):
    """Desk 1 was taken twenty minutes ago and left ten minutes ago."""
    reasons = (Evidence("f0/pir-1", "motion", 2.0, house.now_ms - 20 * MINUTE_MS),)
    house.history.rows = [
        Transition(
            "desk-1", State.FREE, State.OCCUPIED, house.now_ms - 20 * MINUTE_MS, 0.91, reasons
        ),
        Transition("desk-1", State.OCCUPIED, State.AWAY, house.now_ms - 10 * MINUTE_MS, 0.5),
    ]
    return house


def test_a_day_is_told_without_holes(past_house):
    """Spans join up from start to end; each change has its reasons."""
    day = past_house.ask("/v1/spaces/desk-1/history", "facilities").json()
    assert (day["from"], day["to"]) == ("2026-11-22T10:17:30Z", "2026-11-23T10:17:30Z")
    assert [span["state"] for span in day["spans"]] == ["unknown", "occupied", "away"]
    assert day["spans"][0]["from"] == day["from"]
    assert day["spans"][-1]["to"] == day["to"]
    for one, other in zip(day["spans"], day["spans"][1:], strict=False):
        assert one["to"] == other["from"]
    assert day["transitions"][0]["reasons"][0]["source"] == "f0/pir-1"
    assert day["transitions"][0]["at"] == "2026-11-23T09:57:30.500Z"


def test_a_history_that_can_not_be_told_is_a_503(past_house, monkeypatch):
    """As a problem that says where to look, and nothing of what is damaged."""

    def damaged(*_):
        raise DamagedHistoryError("desk-1", 1)

    monkeypatch.setattr(past_house.history, "before", damaged)
    answer = past_house.ask("/v1/spaces/desk-1/history", "facilities")
    assert answer.status_code == 503
    assert answer.json()["detail"] == ("history can't be told now; the log of the service says why")


def test_times_are_understood_with_any_offset(past_house):
    """An offset and a Z name the same moment."""
    path = "/v1/spaces/desk-1/history?from=2026-11-23T11:00:00%2B01:00&to=2026-11-23T10:05:00Z"
    assert past_house.ask(path, "admin").json()["spans"] == [
        {"state": "occupied", "from": "2026-11-23T10:00:00Z", "to": "2026-11-23T10:05:00Z"}
    ]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("from=yesterday&to=now", ["to", "from"]),
        ("from=2026-11-23T10:00:00", ["from"]),
        ("from=2026-11-23T10:00:00Z&to=2026-11-23T10:00:00Z", ["from"]),
        ("from=2026-10-01T00:00:00Z", ["from"]),
        ("since=2026-10-01T00:00:00Z", ["since"]),
        ("since=1&from=yesterday", ["since", "from"]),
        ("from=9999-12-31T23:59:59-14:00", ["from"]),
    ],
)
def test_wrong_periods_are_400(past_house, query, fields):
    """Times without an offset, nonsense, empty and too long periods."""
    answer = past_house.ask(f"/v1/spaces/desk-1/history?{query}", "admin")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields


@pytest.mark.parametrize("space", ["moon", "zone-n"])
def test_only_desks_and_rooms_have_history(past_house, space):
    """Anything else is 404, with the reason."""
    assert past_house.ask(f"/v1/spaces/{space}/history", "admin").status_code == 404


def tell_quarter(house, at_ms, **taken):
    """Have a quarter told in which some desks are taken and all others free."""
    building = house.services.building
    states = {desk.id: State.FREE for desk in building.of_kind(Kind.DESK)}
    states |= {space.replace("_", "-"): State(state) for space, state in taken.items()}
    house.aggregates.add(aggregates_at(building, at_ms, states))


def test_the_summary_is_of_the_newest_quarter_told(house):
    """Areas of fewer than five desks are left out, and no small count is told."""
    at_ms = house.now_ms - 17 * MINUTE_MS - 30_500
    tell_quarter(house, at_ms - QUARTER_MS)
    tell_quarter(house, at_ms, desk_1="away")
    summary = house.ask("/v1/summary", "analyst").json()
    assert summary["at"] == "2026-11-23T10:00:00Z"
    assert [area["id"] for area in summary["areas"]] == ["office", "floor-1"]
    office, floor = summary["areas"]
    assert (office["desks"], floor["desks"]) == (8, 5)
    assert office["away"] in ("<5", None)


def test_the_summary_changes_when_a_quarter_is_told_and_not_before(past_house):
    """So that two answers can't be compared to see one desk change."""
    tell_quarter(past_house, past_house.now_ms // QUARTER_MS * QUARTER_MS - QUARTER_MS)
    first = past_house.ask("/v1/summary", "analyst")
    tag = {"If-None-Match": first.headers["etag"]}
    past_house.history.rows.append(
        Transition("desk-2", State.FREE, State.OCCUPIED, past_house.now_ms - 5 * MINUTE_MS, 0.9)
    )
    past_house.now_ms += MINUTE_MS
    assert past_house.ask("/v1/summary", "analyst", headers=tag).status_code == 304
    tell_quarter(past_house, past_house.now_ms // QUARTER_MS * QUARTER_MS)
    assert past_house.ask("/v1/summary", "analyst", headers=tag).status_code == 200


def test_a_summary_of_long_ago_is_none(house):
    """After a stop nothing is told until a quarter has begun and been told."""
    tell_quarter(house, house.now_ms // QUARTER_MS * QUARTER_MS - 3 * QUARTER_MS)
    assert house.ask("/v1/summary", "analyst").json() == {"at": None, "areas": []}


def test_a_summary_that_must_not_be_believed_is_a_503(house):
    """A flipped byte is no count."""
    tell_quarter(house, house.now_ms // QUARTER_MS * QUARTER_MS)
    house.database.execute("UPDATE aggregates SET free = 7")
    assert house.ask("/v1/summary", "analyst").status_code == 503


def test_a_screen_of_one_floor_gets_the_summary_of_that_floor(house):
    """Other areas and the whole are left out."""
    tell_quarter(house, house.now_ms // QUARTER_MS * QUARTER_MS)
    assert house.ask("/v1/summary", house.floor_key).json()["areas"] == []
