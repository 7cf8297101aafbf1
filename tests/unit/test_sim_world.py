"""The simulated world: people, their truth, and what boards make of it."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_sim.dump import lines
from firmware_sim.fleet import Fleet
from firmware_sim.physics import Physics
from firmware_sim.pir import Edge
from firmware_sim.plan import read_plan
from firmware_sim.truth import PersonTruth, SpaceTruth
from firmware_sim.world import Scenario, World

PLAN = read_plan(Path(__file__).parent.parent / "data" / "sim-office.yaml")
SUNDAY_3_MS = 1_763_863_200_000
TUESDAY_8_MS = 1_764_054_000_000
HOUR_MS = 3_600_000
WITHOUT_SENSORS = replace(PLAN, channels=())
ALWAYS = Scenario(people=6, schedule="always", skipped=frozenset({"hand"}))


def truths_of(scenario, start_ms, seconds, plan=PLAN):
    world = World(plan, scenario, start_ms)
    yield from world.begin()
    for _ in range(seconds):
        yield from world.step().truths


def dumped(scenario, seconds=600):
    pairs = list(lines(PLAN, scenario, SUNDAY_3_MS, SUNDAY_3_MS + 1000 * seconds))
    return b"".join(text for text, _ in pairs), [truth for _, some in pairs for truth in some]


def test_the_same_seed_gives_the_same_bytes():
    """Messages and truth of two dumps with equal options are equal; another seed differs."""
    assert dumped(ALWAYS) == dumped(ALWAYS)
    assert dumped(Scenario(2, 6, "always"), 60) != dumped(Scenario(1, 6, "always"), 60)


def test_a_dump_is_what_a_subscriber_prints():
    """Each line has the fields of mosquitto_sub's JSON, with a payload of the told length."""
    text, _ = dumped(ALWAYS, 120)
    found = [json.loads(line) for line in text.splitlines()]
    assert {tuple(line) for line in found} == {
        ("tst", "topic", "qos", "retain", "payloadlen", "payload")
    }
    for line in found:
        compact = json.dumps(line["payload"], separators=(",", ":"))
        assert len(compact) == line["payloadlen"] <= 8192
        assert line["retain"] == line["topic"].endswith("/status")
    boards = Counter(line["topic"].split("/")[3] for line in found if line["retain"])
    assert boards == {"b-1": 1, "b-2": 1, "b-3": 1}


def test_sequence_numbers_of_a_dump_have_no_holes():
    """Each boot counts its messages from 0 on."""
    text, _ = dumped(ALWAYS)
    seqs = {}
    for line in map(json.loads, text.splitlines()):
        if "seq" in line["payload"]:
            seqs.setdefault(line["payload"]["boot"], []).append(line["payload"]["seq"])
    assert all(found == list(range(len(found))) for found in seqs.values())


def test_a_dump_leaves_out_no_edge():
    """Each edge of the world is told by its board, also one at the very end of a second."""
    physics = Physics(pir_false_per_h=400.0, reboots_per_week=0.0)
    scenario = replace(ALWAYS, physics=physics)
    world = World(PLAN, scenario, SUNDAY_3_MS)
    felt = [r for _ in range(1800) for r in world.step().readings if isinstance(r, Edge)]
    text, _ = dumped(scenario, 1800)
    told = [
        (line["topic"].split("/")[3] + "/" + reading["sensor"], reading["on"])
        for line in map(json.loads, text.splitlines())
        for reading in line["payload"].get("readings", ())
        if reading["kind"] == "motion"
    ]
    up_ms = SUNDAY_3_MS + 3000
    late = Counter((edge.sensor, edge.on) for edge in felt if up_ms < edge.at_ms)
    assert any(edge.at_ms % 1000 == 0 for edge in felt)
    assert not late - Counter(told)


def test_no_name_and_no_address_is_in_the_truth():
    """The ground truth knows people by their ids alone."""
    world = World(PLAN, ALWAYS, SUNDAY_3_MS)
    told = repr(list(truths_of(ALWAYS, SUNDAY_3_MS, 1800)))
    assert "p-001" in told
    for person in world.people:
        assert person.name not in told
        assert person.address not in told


@pytest.mark.parametrize("schedule", ["always", "day"])
def test_nobody_sits_at_a_taken_desk(schedule):
    """At any time each desk has at most one person, and a full office stays within its desks."""
    crowded = Scenario(people=30, schedule=schedule, skipped=frozenset({"hand"}))
    desks = [
        truth
        for truth in truths_of(crowded, TUESDAY_8_MS, 3 * 3600, WITHOUT_SENSORS)
        if isinstance(truth, SpaceTruth) and truth.space.startswith("desk")
    ]
    assert max(truth.people for truth in desks) == 1
    assert min(truth.people for truth in desks) == 0


def test_the_desk_of_a_skipped_board_stays_empty():
    """Nobody sits where only a board that is not simulated would see them."""
    crowded = Scenario(people=30, schedule="always", skipped=frozenset({"hand"}))
    used = {t.space for t in truths_of(crowded, SUNDAY_3_MS, 3600) if getattr(t, "people", 0)}
    assert "desk-try" not in used
    assert "desk-1" in used


def test_busy_is_busy_on_a_sunday_night():
    """With the schedule `always` half the desks are in use from the first moment on."""
    first = [t for t in truths_of(ALWAYS, SUNDAY_3_MS, 0) if isinstance(t, SpaceTruth)]
    desks = [truth for truth in first if truth.space.startswith("desk")]
    assert sum(truth.occupied or truth.held for truth in desks) >= 3


def test_a_working_day_has_its_hours():
    """People come in the morning, go for lunch, and are gone in the evening and at night."""
    scenario = Scenario(people=6, schedule="day", skipped=frozenset({"hand"}))
    places, at_hour = {}, {}
    begin_ms = TUESDAY_8_MS - 2 * HOUR_MS
    for truth in truths_of(scenario, begin_ms, 15 * 3600, WITHOUT_SENSORS):
        if isinstance(truth, PersonTruth):
            hour = (truth.t_ms - TUESDAY_8_MS) // HOUR_MS + 8
            places[truth.person] = truth.place
            at_hour[hour] = sum(place != "outside" for place in places.values())
    assert at_hour[6] == 0
    assert max(at_hour.get(hour, 0) for hour in (10, 11)) >= 4
    assert places
    assert set(places.values()) == {"outside"}


def test_a_day_can_be_joined_in_the_middle():
    """A world that begins at noon has the people at their places, not at the door."""
    scenario = Scenario(people=6, schedule="day", skipped=frozenset({"hand"}))
    first = truths_of(scenario, TUESDAY_8_MS + 3 * HOUR_MS, 0)
    places = [truth.place for truth in first if isinstance(truth, PersonTruth)]
    assert len(places) == 6
    assert sum(place != "outside" for place in places) >= 4


def test_rooms_count_their_people():
    """The people told for a room are those told to be in it."""
    meeting = Scenario(people=12, schedule="always")
    room, most, inside, worst = 0, 0, {}, 0
    for truth in truths_of(meeting, SUNDAY_3_MS, 7200, WITHOUT_SENSORS):
        if isinstance(truth, SpaceTruth) and truth.space == "room-0":
            room = truth.people
            most = max(most, room)
        elif isinstance(truth, PersonTruth):
            inside[truth.person] = truth.space == "room-0"
            worst = max(worst, abs(room - sum(inside.values())))
    assert worst <= 1
    assert most >= 2


def test_motion_follows_people():
    """A desk's sensor goes on far more often while somebody sits there than while not."""
    world = World(PLAN, ALWAYS, SUNDAY_3_MS)
    sees = {c.id: c.sees[0][0] for c in PLAN.channels if c.kind == "motion"}
    taken = {t.space: t.occupied for t in world.begin() if isinstance(t, SpaceTruth)}
    edges, seconds = Counter(), Counter()
    for _ in range(2 * 3600):
        step = world.step()
        taken |= {t.space: t.occupied for t in step.truths if isinstance(t, SpaceTruth)}
        seconds.update(taken[f"desk-{i}"] for i in range(1, 8))
        found = [sees[r.sensor] for r in step.readings if isinstance(r, Edge) and r.on]
        edges.update(taken[space] for space in found if space.startswith("desk"))
    per_hour = {taken: 3600 * edges[taken] / seconds[taken] for taken in (True, False)}
    assert 30 < per_hour[True] < 90
    assert per_hour[False] < 8


def test_an_empty_building_has_false_triggers_only():
    """Without people each sensor triggers about as often as it is told to by mistake."""
    physics = Physics(pir_false_per_h=5.0)
    world = World(PLAN, Scenario(people=0, physics=physics), SUNDAY_3_MS)
    ups = sum(
        isinstance(reading, Edge) and reading.on
        for _ in range(4 * 3600)
        for reading in world.step().readings
    )
    sensors = sum(channel.kind == "motion" for channel in PLAN.channels)
    assert 0.75 < ups / (5.0 * 4 * sensors) < 1.25


def test_two_runs_of_one_seed_have_boots_of_their_own():
    """A service must be able to tell apart two runs, so names of boots depend on the start."""
    scenario = Scenario(people=0)
    boots = set()
    for start_ms in (SUNDAY_3_MS, SUNDAY_3_MS, SUNDAY_3_MS + 1):
        fleet = Fleet(PLAN, scenario, start_ms)
        fleet.boards["b-1"].tick(start_ms + 5000)
        boots.add(fleet.boards["b-1"].boot)
    assert len(boots) == 2


def test_strangers_are_heard_too():
    """Some addresses on the air belong to nobody on the roster, and change over time."""
    text, _ = dumped(Scenario(people=24, schedule="always"), 2400)
    known = {person.address for person in World(PLAN, Scenario(people=24), SUNDAY_3_MS).people}
    heard = [
        entry[0]
        for line in map(json.loads, text.splitlines())
        for reading in line["payload"].get("readings", ())
        for entry in reading.get("heard", ())
    ]
    unknown = set(heard) - known
    assert len(unknown) > 2
    assert sum(address in unknown for address in heard) < 0.2 * len(heard)
