"""The drawing of a floor: what is drawn where, and large enough to press."""

from dataclasses import replace

import pytest

from api.pages.labels import Area, room_label, zone_label
from api.pages.plan import MARGIN_M, MIN_TARGET_PX, floor_plan, rounded_path
from api.pages.plans import plan_of
from occupancy.building import Building
from occupancy.label import Label
from occupancy.space import Kind, Space


def box(x, y, width, depth):
    return ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth))


def space(name, kind, parent=None, outline=(), **more):
    return Space(name, kind, Label.of(name), parent, outline, **more)


FLOOR = box(0, 0, 20, 10)


def building(*desks, floor=FLOOR):
    """A floor of 20 by 10 metres with one zone, one room and desks at these corners."""
    return Building(
        "site",
        Label.of("Site"),
        "UTC",
        (
            space("b", Kind.BUILDING),
            space("f", Kind.FLOOR, "b", floor, level=0),
            space("z", Kind.ZONE, "f", box(0, 0, 12, 10)),
            space("r", Kind.ROOM, "f", box(14, 0, 6, 4)),
            *(space(f"d{i}", Kind.DESK, "z", box(*desk)) for i, desk in enumerate(desks)),
        ),
    )


def test_a_floor_that_nobody_drew_has_no_plan():
    """Without a single outline there is nothing to show."""
    bare = Building(
        "s", Label.of("s"), "UTC", (space("b", Kind.BUILDING), space("f", Kind.FLOOR, "b"))
    )
    assert floor_plan(bare, "f") is None


def test_north_is_up():
    """What has the larger y in the building has the smaller y on the drawing."""
    plan = floor_plan(building((1, 1, 1.6, 0.8), (1, 8, 1.6, 0.8)), "f")
    south, north = plan.desks
    assert south.box.y > north.box.y
    assert north.box.y == pytest.approx(10 - 8.8 + MARGIN_M)


def test_the_drawing_holds_everything_with_a_margin():
    """Its size is that of the floor and a margin on each side."""
    plan = floor_plan(building((1, 1, 1.6, 0.8)), "f")
    assert (plan.width_m, plan.depth_m) == (20 + 2 * MARGIN_M, 10 + 2 * MARGIN_M)


def test_chairs_stand_away_from_the_desk_behind():
    """Two desks back to back have their chairs on the outer sides."""
    plan = floor_plan(building((1, 5, 1.6, 0.8), (1, 5.8, 1.6, 0.8)), "f")
    south, north = plan.desks
    assert south.chair.y > south.box.y + south.box.depth
    assert north.chair.y < north.box.y


def test_chairs_stand_at_the_long_side():
    """A desk that is deeper than wide has its chair to the left or right."""
    (desk,) = floor_plan(building((5, 5, 0.8, 1.6)), "f").desks
    assert desk.chair.x > desk.box.x + desk.box.width or desk.chair.x < desk.box.x
    assert desk.box.y < desk.chair.y < desk.box.y + desk.box.depth


@pytest.mark.parametrize("size", [(1.6, 0.8), (0.8, 1.6), (1.2, 0.6), (2.0, 2.0)])
def test_every_desk_is_large_enough_to_press(size):
    """At the smallest scale each side of a desk with its chair is 24 px or more."""
    plan = floor_plan(building((1, 1, *size), (5, 5, *size)), "f")
    for desk in plan.desks:
        assert min(desk.hit.width, desk.hit.depth) * plan.px_per_m >= MIN_TARGET_PX - 0.5


def test_a_floor_without_an_outline_gets_a_ground():
    """The ground is then drawn around all that is there."""
    plan = floor_plan(building((1, 1, 1.6, 0.8), floor=()), "f")
    assert plan.ground.startswith("M")


def test_the_name_of_a_zone_stands_clear():
    """It lies within the zone and on none of its desks."""
    plan = floor_plan(building((0.5, 9, 1.6, 0.8)), "f")
    (zone,) = plan.zones
    x, y = zone.label
    assert not Area(x, y - 0.5, x + 0.5, y).meets(plan.desks[0].hit.area)


def test_a_zone_without_room_for_its_name_has_none():
    """Rather no name than one across the desks."""
    assert zone_label([(0, 0), (2, 0), (2, 2), (0, 2)], [Area(0, 0, 2, 2)], 3) is None
    assert zone_label([(0, 0), (2, 0), (2, 2), (0, 2)], [], 30) is None


def test_the_name_stays_inside_a_bent_zone():
    """Of an L the empty corner is not used."""
    bent = [(0, 5), (5, 5), (5, 0), (10, 0), (10, 10), (0, 10)]
    assert zone_label(bent, [], 4) == (5.3, 0.78)


@pytest.mark.parametrize(
    ("name", "size", "lines"),
    [
        ("Maas", (5, 6), ("Maas",)),
        ("Project room Delta", (8, 6), ("Project room", "Delta")),
        ("Phone booth Vecht", (2.5, 2.4), ()),
        ("Maas", (5, 2), ()),
    ],
)
def test_the_name_of_a_room_fits_or_is_left_out(name, size, lines):
    """It breaks between words, and a room too small shows its symbol alone."""
    assert room_label(name, *size).lines == lines


def test_corners_are_never_rounded_past_the_middle():
    """A small square with a large radius stays a shape of straight halves."""
    assert rounded_path([(0, 0), (1, 0), (1, 1), (0, 1)], 9).startswith("M0 .5Q0 0 .5 0L.5 0Q1 0")


def test_a_plan_is_drawn_once_per_building():
    """The same building gives the same object, an equal one its own."""
    one = building((1, 1, 1.6, 0.8))
    assert plan_of(one, "f") is plan_of(one, "f")
    assert plan_of(replace(one), "f") is not plan_of(one, "f")
