"""What is said of a wrong building file: the file, the line, what was found and expected."""

from pathlib import Path

import pytest
from support.plan import GOOD, said, with_line, writer

from vrijplek.building import BuildingError, inspect_building, load_building

FAMILIES = (
    "`vrijplek`, `espresense`, `zigbee2mqtt`, `esphome`, `tasmota`, `openmqttgateway`, `theengs`, "
    "`shelly`, `homeassistant`, `chirpstack`, `thethingsstack` or `sparkplug`"
)

AN_ID = "an id: a-z 0-9 - _ . , at most 64, starting with a letter or digit"
MAIN_KEYS = "The keys here are include, spaces, boards, sensors, mappings, site, name, time_zone"
SPACE_KINDS = "one of building, floor, zone, room, desk"
SENSOR_KINDS = "one of motion, presence, count, level, contact, scanner"
ROOM_KEYS = "The keys here are id, kind, name, in, outline, box, activities, capacity, features"
STORE = "no people and no tags here: they belong in the people store"
BOWTIE = "[[10, 0], [15, 5], [15, 0], [10, 5]]"

ONE_LINE = {
    "an id of the site with other letters": (
        (1, "site: HQ!"),
        [(1, "site", "`HQ!`", AN_ID.replace(" .", ""))],
    ),
    "a misspelt key at the top": (
        (1, "sites: hq"),
        [
            (1, "site", "nothing", "`site`: Id of the site, part of the MQTT topics"),
            (1, "sites", "`sites`", f"`site`, perhaps? {MAIN_KEYS}"),
        ],
    ),
    "a name in one language": (
        (2, "name: {nl: Stadskantoor}"),
        [(2, "name.en", "nothing", "`en`: The English name")],
    ),
    "a name that is no text": (
        (2, "name: 12"),
        [(2, "name", "`12`", "a text, or one for each language: {nl: Noord, en: North}")],
    ),
    "a time zone that does not exist": (
        (3, "time_zone: Europe/Amsterdm"),
        [(3, "time_zone", "`Europe/Amsterdm`", "a time zone such as `Europe/Amsterdam`")],
    ),
    "a kind that does not exist": (
        (5, "  - {id: office, kind: house}"),
        [(5, "spaces[0].kind", "`house`", SPACE_KINDS)],
    ),
    "a line without a kind": (
        (9, "  - {id: desk-1, in: zone-n}"),
        [(9, "spaces[4]", "nothing", f"`kind`: {SPACE_KINDS}")],
    ),
    "a line that is no mapping": (
        (9, "  - desk-1"),
        [(9, "spaces[4]", "`desk-1`", "a mapping with `id` and `kind`")],
    ),
    "a second building": (
        (8, "  - {id: room-a, kind: building}"),
        [(8, "spaces[3].kind", "a second building", "one alone: `office`")],
    ),
    "a floor without level and height": (
        (6, "  - {id: floor-0, kind: floor, in: office}"),
        [
            (6, "spaces[1].level", "nothing", "`level`: Number of the floor for people"),
            (
                6,
                "spaces[1].z",
                "nothing",
                "`z`: Bottom and top, `[bottom, top]`, in metres above the building's zero",
            ),
        ],
    ),
    "a level and heights of another type": (
        (6, "  - {id: floor-0, kind: floor, in: office, level: 0.5, z: [0, 3.5, 7]}"),
        [
            (6, "spaces[1].level", "`0.5`", "a whole number"),
            (6, "spaces[1].z", "3 of them", "at most 2"),
        ],
    ),
    "a floor upside down": (
        (6, "  - {id: floor-0, kind: floor, in: office, level: 0, z: [3.5, 0]}"),
        [(6, "spaces[1].z", "3.5 to 0 m", "[bottom, top], the top higher")],
    ),
    "a parent that does not exist": (
        (7, "  - {id: zone-n, kind: zone, in: flor-0, box: [0, 0, 10, 10]}"),
        [(7, "spaces[2].in", "`flor-0`", "`floor-0`, perhaps? There is no such space")],
    ),
    "a parent of the wrong kind": (
        (7, "  - {id: zone-n, kind: zone, in: office, box: [0, 0, 10, 10]}"),
        [(7, "spaces[2].in", "`office`, a building", "a floor around a zone")],
    ),
    "a misspelt key of a room": (
        (8, "  - {id: room-a, kind: room, in: floor-0, capacty: 4}"),
        [(8, "spaces[3].capacty", "`capacty`", f"`capacity`, perhaps? {ROOM_KEYS}")],
    ),
    "a capacity of nobody": (
        (8, "  - {id: room-a, kind: room, in: floor-0, capacity: 0}"),
        [(8, "spaces[3].capacity", "`0`", "a number of 1 or more")],
    ),
    "a number in quotes": (
        (8, "  - {id: room-a, kind: room, in: floor-0, capacity: '4'}"),
        [(8, "spaces[3].capacity", "`4`", "a whole number")],
    ),
    "an outline of two corners": (
        (8, "  - {id: room-a, kind: room, in: floor-0, outline: [[0, 0], [1, 1]]}"),
        [(8, "spaces[3].outline", "2 of them", "at least 3")],
    ),
    "an outline that crosses itself": (
        (8, f"  - {{id: room-a, kind: room, in: floor-0, outline: {BOWTIE}}}"),
        [
            (
                8,
                "spaces[3].outline",
                "an outline that crosses itself at 12.5, 2.5",
                "corners in order around an area",
            )
        ],
    ),
    "an outline without an area": (
        (8, "  - {id: room-a, kind: room, in: floor-0, outline: [[10, 0], [11, 0], [12, 0]]}"),
        [(8, "spaces[3].outline", "no area", "corners in order around an area")],
    ),
    "a box of negative depth": (
        (8, "  - {id: room-a, kind: room, in: floor-0, box: [10, 0, 5, -5]}"),
        [(8, "spaces[3].box[3]", "`-5`", "a number above 0")],
    ),
    "an outline and a box": (
        (
            8,
            f"  - {{id: room-a, kind: room, in: floor-0, outline: {BOWTIE}, box: [9, 0, 5, 5]}}",
        ),
        [(8, "spaces[3].box", "`outline` and `box`", "one of the two")],
    ),
    "a room outside its floor": (
        (8, "  - {id: room-a, kind: room, in: floor-0, box: [18, 0, 5, 5]}"),
        [
            (
                8,
                "spaces[3].box",
                "15.00 of 25.00 m² outside `floor-0`",
                "a space inside its parent",
            )
        ],
    ),
    "a desk outside its zone": (
        (9, "  - {id: desk-1, kind: desk, in: zone-n, box: [9, 1, 1.6, 0.8]}"),
        [(9, "spaces[4].box", "0.48 of 1.28 m² outside `zone-n`", "a space inside its parent")],
    ),
    "a desk over another": (
        (10, "  - {id: desk-2, kind: desk, in: zone-n, box: [2, 1, 1.6, 0.8]}"),
        [(10, "spaces[5].box", "`desk-2` over `desk-1` by 0.48 m²", "desks beside each other")],
    ),
    "an unknown feature": (
        (9, "  - {id: desk-1, kind: desk, in: zone-n, features: [sofa]}"),
        [
            (
                9,
                "spaces[4].features[0]",
                "`sofa`",
                "`screen`, `sit-stand`, `quiet` or `accessible`",
            )
        ],
    ),
    "an id with a space in it": (
        (8, "  - {id: Room A, kind: room, in: floor-0}"),
        [(8, "spaces[3].id", "`Room A`", AN_ID)],
    ),
    "people in the file": (
        (9, "  - {id: desk-1, kind: desk, in: zone-n, people: [sam]}"),
        [(9, "spaces[4].people", "`people`", STORE)],
    ),
    "tags in the file": ((15, "tags: [x]"), [(15, "tags", "`tags`", STORE)]),
    "the same key twice": (
        (9, "  - {id: desk-1, kind: desk, in: zone-n, id: desk-7}"),
        [(9, "spaces[4].id", "`id` again, first on line 9", "each key once")],
    ),
    "a tab": (
        (9, "\t- {id: desk-1, kind: desk, in: zone-n}"),
        [(9, "", "a tab", "spaces: YAML is indented by them")],
    ),
    "an unclosed bracket": (
        (9, "  - {id: desk-1, kind: desk"),
        [(10, "", "did not find expected ',' or '}' while parsing a flow mapping", "valid YAML")],
    ),
    "an unknown family and a beat too fast": (
        (12, "  - {id: b-1, family: knx, heartbeat_s: 0}"),
        [
            (12, "boards[0].family", "`knx`", FAMILIES),
            (12, "boards[0].heartbeat_s", "`0`", "a number of 1 or more"),
        ],
    ),
    "a board that does not exist": (
        (12, "  - {id: b-2}"),
        [
            (14, "sensors[0].id", "`b-1`", "`b-2`, perhaps? There is no such board"),
            (15, "sensors[1].id", "`b-1`", "`b-2`, perhaps? There is no such board"),
        ],
    ),
    "a sensor without a board": (
        (14, "  - {id: pir, kind: motion}"),
        [(14, "sensors[0].id", "`pir`", "`<board>/<channel>`, such as `f0-d1/pir-1`")],
    ),
    "a misspelt kind of sensor": (
        (14, "  - {id: b-1/pir, kind: motoin}"),
        [(14, "sensors[0].kind", "`motoin`", f"`motion`, perhaps? It is {SENSOR_KINDS}")],
    ),
    "two sensors of one id": (
        (14, "  - {id: b-1/ble, kind: motion}"),
        [
            (
                15,
                "sensors[1].id",
                "`b-1/ble` again, first at hq.yaml:14",
                "an id that no other has",
            )
        ],
    ),
    "a space seen that does not exist": (
        (14, "  - {id: b-1/pir, kind: motion, sees: [desk-1, hall]}"),
        [(14, "sensors[0].sees[1]", "`hall`", "the id of a space")],
    ),
    "a space seen twice": (
        (14, "  - {id: b-1/pir, kind: motion, sees: [desk-1, desk-1]}"),
        [(14, "sensors[0].sees[1]", "`desk-1` again", "each space once")],
    ),
    "a weight above one": (
        (14, "  - {id: b-1/pir, kind: motion, sees: [{space: desk-1, weight: 1.5}]}"),
        [(14, "sensors[0].sees[0].weight", "`1.5`", "a number of 1 or less")],
    ),
    "a number seen": (
        (14, "  - {id: b-1/pir, kind: motion, sees: [7]}"),
        [
            (
                14,
                "sensors[0].sees[0]",
                "`7`",
                "the id of a space, or {space: desk-1, weight: 0.6}",
            )
        ],
    ),
    "a hold of a sensor that has none": (
        (14, "  - {id: b-1/pir, kind: presence, hold_s: 3}"),
        [(14, "sensors[0].hold_s", "`hold_s`", "one of id, kind, at, sees")],
    ),
    "a scanner without a place": (
        (15, "  - {id: b-1/ble, kind: scanner}"),
        [
            (
                15,
                "sensors[1].at",
                "nothing",
                "`at`: Where it hangs: `[x, y, z]` in metres in the frame of the building",
            )
        ],
    ),
    "a scanner that sees, at a place without a height": (
        (15, "  - {id: b-1/ble, kind: scanner, at: [1, 1], sees: [desk-1]}"),
        [
            (15, "sensors[1].at", "2 of them", "at least 3"),
            (15, "sensors[1].sees", "`sees`", "none: a scanner hears tags, it sees no space"),
        ],
    ),
}


@pytest.fixture
def write(tmp_path):
    """Writes files into a folder; gives the path of the last."""
    return writer(tmp_path)


def test_a_right_file_has_no_problems(write):
    """The file that all others here are made from is right."""
    assert said(write(hq=GOOD)) == []


@pytest.mark.parametrize(("change", "expected"), ONE_LINE.values(), ids=ONE_LINE)
def test_one_wrong_line_is_told_with_its_place(write, change, expected):
    """Each kind of mistake is told once, with its line, and blames no other line."""
    assert said(write(hq=with_line(*change))) == [("hq.yaml", *rest) for rest in expected]


def test_all_problems_come_at_once(write):
    """Mistakes in shape, tree, drawing and wiring of different lines are told together."""
    lines = GOOD.splitlines()
    lines[2] = "time_zone: Mars/Olympus"
    lines[7] = "  - {id: room-a, kind: room, in: nowhere}"
    lines[8] = "  - {id: desk-1, kind: desk, in: zone-n, box: [30, 1, 1, 1]}"
    lines[9] = "  - {id: desk-2, kind: desk, in: zone-n, box: 4}"
    lines[13] = "  - {id: b-9/pir, kind: motion}"
    assert [line for _, line, *_ in said(write(hq="\n".join(lines)))] == [3, 8, 9, 10, 14]


def test_two_spaces_of_one_id(write):
    """The later line is told, with the place of the earlier."""
    text = with_line(8, "  - {id: zone-n, kind: room, in: floor-0}")
    found = "`zone-n` again, first at hq.yaml:7"
    assert said(write(hq=text))[0] == (
        "hq.yaml", 8, "spaces[3].id", found, "an id that no other has"
    )  # fmt: skip


def test_floors_on_one_level_and_into_each_other(write):
    """Two floors may share neither a level nor a height."""
    text = with_line(8, "  - {id: floor-1, kind: floor, in: office, level: 0, z: [3, 6]}")
    assert said(write(hq=text)) == [
        (
            "hq.yaml",
            8,
            "spaces[3].level",
            "`0`, the level of `floor-0`",
            "a level that no other floor has",
        ),
        (
            "hq.yaml",
            8,
            "spaces[3].z",
            "3 to 6 m, into `floor-0` (0 to 3.5 m)",
            "heights that no other floor has",
        ),
    ]


def test_floors_that_touch_are_fine(write):
    """The top of one floor may be the bottom of the next."""
    text = with_line(8, "  - {id: floor-1, kind: floor, in: office, level: 1, z: [3.5, 7]}")
    assert said(write(hq=text)) == []


def test_no_building(write):
    """A file without a building says so where the spaces begin."""
    text = "site: hq\nname: HQ\ntime_zone: UTC\nspaces: []\n"
    assert said(write(hq=text)) == [
        ("hq.yaml", 4, "spaces", "no building", "one space of kind `building`")
    ]


def test_desks_on_different_floors_may_lie_over_each_other(write):
    """Only desks of one floor are in each other's way."""
    more = GOOD.replace(
        "boards:",
        "  - {id: floor-1, kind: floor, in: office, level: 1, z: [3.5, 7]}\n"
        "  - {id: desk-3, kind: desk, in: floor-1, box: [1, 1, 1.6, 0.8]}\n"
        "boards:",
    )
    assert said(write(hq=more)) == []


def test_rooms_over_each_other_are_a_warning(write):
    """Published outlines overlap a little: the building loads, and the warning names the line."""
    text = GOOD.replace(
        "boards:", "  - {id: room-b, kind: room, in: floor-0, box: [14, 0, 5, 5]}\nboards:"
    )
    inspection = inspect_building(write(hq=text))
    assert inspection.building is not None
    assert [(w.line, w.found) for w in inspection.warnings] == [
        (11, "`room-b` over `room-a` by 5.00 m²")
    ]


def test_a_small_overhang_is_forgiven(write):
    """A desk may reach out of its zone by the width of a line."""
    desk = "  - {id: desk-1, kind: desk, in: zone-n, box: [-0.04, 1, 1.6, 0.8]}"
    assert said(write(hq=with_line(9, desk))) == []


def test_the_error_of_the_loader_tells_everything(write):
    """`BuildingError` keeps the problems and spells them one a line."""
    path = write(hq=with_line(12, "  - {id: b-1, colour: red}"))
    with pytest.raises(BuildingError) as caught:
        load_building(path)
    assert [problem.line for problem in caught.value.problems] == [12]
    first, line = str(caught.value).splitlines()
    assert first == f"{path} has 1 problem:"
    assert line.startswith(f"{path}:12:15: boards[0].colour: found `colour`, expected one of id")


def test_a_file_that_cannot_be_read_is_no_problem_list():
    """A main file that is not there raises what reading raises."""
    with pytest.raises(FileNotFoundError):
        load_building(Path("no-such-building.yaml"))
