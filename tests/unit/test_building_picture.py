"""The drawing of a building's floors."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import vrijplek
from occupancy.building import Building
from occupancy.label import Label
from occupancy.space import Kind, Space
from vrijplek.building import load_building
from vrijplek.building.picture import SCALE, NoSuchFloorError, picture_of

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = Path(vrijplek.__file__).parent / "buildings"


@pytest.fixture(scope="module")
def office():
    """The demo office."""
    return load_building(EXAMPLES / "demo-office.yaml")


def parsed(picture):
    """The picture as a tree; our own drawing needs no guard against hostile XML."""
    return ElementTree.fromstring(picture)  # noqa: S314


def polygons(picture):
    """The drawn spaces by id, as elements."""
    return {each.get("id"): each for each in parsed(picture).iter(f"{SVG}polygon")}


def test_every_drawn_space_is_in_the_picture(office):
    """Floors, zones, rooms and desks are polygons with their id and class."""
    found = polygons(picture_of(office))
    assert set(found) == {space.id for space in office.spaces if space.outline}
    assert found["desk-77"].get("class") == "desk"


def test_every_sensor_is_in_the_picture(office):
    """Each sensor has a sign that says its id."""
    picture = picture_of(office)
    titles = {each.text for each in parsed(picture).iter(f"{SVG}title")}
    assert {sensor.id for sensor in office.sensors} <= titles


def test_names_and_numbers_are_in_the_picture(office):
    """Rooms and zones are named, desks numbered."""
    picture = picture_of(office)
    texts = {each.text for each in parsed(picture).iter(f"{SVG}text")}
    assert {"Maas", "Quiet zone", "77", "5 m", "Demo office, First floor"} <= texts


def test_one_floor_alone(office):
    """With a floor's id only that floor is drawn."""
    found = polygons(picture_of(office, "floor-1"))
    assert "desk-61" in found
    assert "desk-1" not in found


def test_an_unknown_floor_names_those_there_are(office):
    """The error says what was found and what was expected."""
    with pytest.raises(NoSuchFloorError, match="found the floor `roof`, expected one of floor-0"):
        picture_of(office, "roof")


def test_metres_are_to_scale_and_north_is_up(office):
    """A desk is as large as its outline says, and a larger y is higher on the page."""
    found = polygons(picture_of(office, "floor-0"))

    def corners(name):
        return [tuple(map(float, c.split(","))) for c in found[name].get("points").split()]

    xs, ys = zip(*corners("desk-1"), strict=True)
    assert max(xs) - min(xs) == pytest.approx(0.8 * SCALE, abs=0.2)
    assert max(ys) - min(ys) == pytest.approx(1.6 * SCALE, abs=0.2)
    assert max(y for _, y in corners("zone-0-nw")) < min(y for _, y in corners("room-0-1"))


def test_signs_stay_on_the_page():
    """The house's node below the lowest floor is drawn on that floor, inside the page."""
    house = parsed(picture_of(load_building(EXAMPLES / "espresense-house.yaml")))
    _, _, width, height = map(float, house.get("viewBox").split())
    for sign in house.iter(f"{SVG}path"):
        x, y = sign.get("d").replace("l", " ").replace("v", " ").lstrip("M").split()[:2]
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    assert "basement/ble" in {title.text for title in house.iter(f"{SVG}title")}


def test_names_are_escaped():
    """A name with signs that mean something in SVG is a text like any other."""
    name = Label.of('R&D <"lab">')
    floor = Space("f", Kind.FLOOR, name, "b", level=0, z_m=(0.0, 3.0))
    room = Space("r", Kind.ROOM, name, "f", ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)))
    building = Building("s", name, "UTC", (Space("b", Kind.BUILDING, name), floor, room))
    assert 'R&D <"lab"> (r)' in ElementTree.tostring(
        parsed(picture_of(building)), "unicode", method="text"
    )


def test_a_building_without_drawings_has_an_empty_picture():
    """Nothing drawn is no error."""
    name = Label.of("x")
    floor = Space("f", Kind.FLOOR, name, "b", level=0, z_m=(0.0, 3.0))
    building = Building("s", name, "UTC", (Space("b", Kind.BUILDING, name), floor))
    assert polygons(picture_of(building)) == {}
