"""What a right building file becomes."""

from pathlib import Path
from typing import get_args

import pytest
from support.plan import GOOD, with_line

import vrijplek
from occupancy.label import Label
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import ACTIVITIES, FEATURES, Kind
from vrijplek.building import inspect_building, load_building
from vrijplek.building.device import SensorEntry
from vrijplek.building.entry import Activity, Feature, SpaceEntry

EXAMPLES = Path(vrijplek.__file__).parent / "buildings"


@pytest.fixture
def load(tmp_path):
    """The building in a text."""

    def of(text):
        path = tmp_path / "hq.yaml"
        path.write_text(text, encoding="utf-8")
        return load_building(path)

    return of


def test_the_site(load):
    """Site, name and time zone are those of the file."""
    building = load(GOOD)
    assert (building.site, building.name, building.time_zone) == (
        "hq",
        Label.of("City office"),
        "Europe/Amsterdam",
    )


def test_a_box_becomes_corners(load):
    """x, y, width and depth become four corners in order."""
    assert load(GOOD).space("room-a").outline == ((10, 0), (15, 0), (15, 5), (10, 5))


def test_boards_and_sensors(load):
    """Defaults are filled in; what a sensor sees has a weight."""
    building = load(GOOD)
    assert building.boards == (Board("b-1", "vrijplek", 30.0),)
    assert building.sensor["b-1/pir"] == Sensor(
        "b-1/pir",
        SensorKind.MOTION,
        None,
        (Placement("desk-1", 1.0), Placement("desk-2", 0.5)),
        10.0,
    )
    assert building.sensor["b-1/ble"].at == (1.0, 1.0, 0.7)


def test_a_desk_without_activities_has_those_of_its_zone(load):
    """A desk's own activities go before those around it."""
    desk = "  - {id: desk-2, kind: desk, in: zone-n, box: [4, 1, 1.6, 0.8], activities: [call]}"
    building = load(with_line(10, desk))
    assert building.space("desk-1").activities == {"focus"}
    assert building.space("desk-2").activities == {"call"}


def test_a_name_is_made_from_the_id(load):
    """A desk without a name is called by its number, in both languages; other ids are kept."""
    building = load(GOOD)
    assert building.space("desk-1").name == Label("Bureau 1", "Desk 1")
    assert building.space("office").name == Label.of("office")


def test_parents_come_before_children(load):
    """The order of the file does not matter to it."""
    lines = GOOD.splitlines()
    lines[4:10] = reversed(lines[4:10])
    seen = set()
    for space in load("\n".join(lines)).spaces:
        assert space.parent is None or space.parent in seen
        seen.add(space.id)


def test_the_digest_is_of_the_content(load):
    """Comments and spelling leave the digest alone; a moved sensor does not."""
    digest = load(GOOD).digest
    assert len(digest) == 64
    assert load("# a comment\n" + GOOD.replace("level: 0", "level:   0")).digest == digest
    assert load(GOOD.replace("0.7]", "0.8]")).digest != digest


def test_the_words_of_the_file_are_those_of_the_core():
    """Features, activities and kinds of the file are exactly those that the core knows."""
    assert get_args(Feature) == FEATURES
    assert get_args(Activity) == ACTIVITIES
    assert kinds(SpaceEntry) == set(Kind)
    assert kinds(SensorEntry) == set(SensorKind)


def kinds(entries):
    """All kinds that a union of entries allows."""
    return {
        kind
        for entry in get_args(entries)
        for kind in get_args(entry.model_fields["kind"].annotation)
    }


@pytest.mark.parametrize("name", ["demo-office", "espresense-house"])
def test_the_examples_are_right(name):
    """Both example buildings have neither problems nor warnings."""
    inspection = inspect_building(EXAMPLES / f"{name}.yaml")
    assert (inspection.problems, inspection.warnings) == ((), ())


def test_the_demo_office():
    """Three floors of 60 desks and 8 rooms, each with a sensor, and one desk to try things on."""
    building = load_building(EXAMPLES / "demo-office.yaml")
    assert building.site == "demo"
    desks = {desk.id for desk in building.of_kind(Kind.DESK)}
    assert desks == {"desk-try"} | {f"desk-{n}" for n in range(1, 181)}
    for floor in building.of_kind(Kind.FLOOR):
        inside = list(building.inside(floor.id))
        assert len([s for s in inside if s.kind is Kind.DESK and s.id != "desk-try"]) == 60
        assert len([s for s in inside if s.kind is Kind.ROOM]) == 8
        assert len([s for s in inside if s.kind is Kind.ZONE]) == 4
    seen = [p.space for sensor in building.sensors for p in sensor.sees]
    rooms = {room.id for room in building.of_kind(Kind.ROOM)}
    assert sorted(seen) == sorted(desks | rooms)
    assert building.sensor["hand/pir"].sees == (Placement("desk-try"),)


def test_sensors_of_the_demo_office_hang_in_what_they_see():
    """Each motion sensor is inside the outline and the floor of its desk or room."""
    building = load_building(EXAMPLES / "demo-office.yaml")
    for sensor in building.sensors:
        for placement in sensor.sees:
            xs, ys = zip(*building.space(placement.space).outline, strict=True)
            bottom, top = building.around(placement.space, Kind.FLOOR).z_m
            x, y, z = sensor.at
            assert min(xs) < x < max(xs), sensor.id
            assert min(ys) < y < max(ys), sensor.id
            assert bottom < z < top, sensor.id


def test_the_house():
    """Ten ESPresense nodes, one below the first floor, and the den under the office."""
    building = load_building(EXAMPLES / "espresense-house.yaml")
    assert {board.family for board in building.boards} == {"espresense"}
    assert len(building.sensors) == 10
    assert building.sensor["basement/ble"].at == (15.8, 11.5, -0.5)
    assert building.space("den").outline == building.space("office").outline
    assert building.around("office", Kind.FLOOR).z_m == (3.0, 5.5)
