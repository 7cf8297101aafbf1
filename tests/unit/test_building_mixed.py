"""Mistakes in the shape of lines and between lines: all are told in one go, and no other."""

import pytest
from support.plan import GOOD, said, with_line, writer

MIXED = """\
site: HQ!
name: City office
time_zone: Europe/Amsterdm
spaces:
  - {id: office, kind: building, colour: red}
  - {id: floor-0, kind: floor, in: office, level: zero, z: [0, 3.5], box: [0, 0, 20, 10]}
  - {id: floor-1, kind: floor, in: office, level: 1, z: [3, 6], capacity: 3}
  - {id: zone-n, kind: zoen, in: floor-0, box: [0, 0, 10, 10], capacty: 4}
  - {id: room-a, kind: room, in: flor-0, box: [10, 0, 5, 5], capacity: '4'}
  - {id: room-b, kind: room, in: floor-0, outline: [[10, 5], [12, 5], [9]]}
  - {id: room-b, kind: room, in: office, features: [sofa]}
  - {id: Desk 1, kind: desk, in: zone-n, box: [9, 1, 1.6, 0.8]}
  - {id: desk-2, kind: desk, in: zone-n, box: [4, 1, 1.6, 0.8], activities: [nap]}
  - {id: desk-3, kind: desk, in: zone-n, box: [5, 1, 1.6, 0.8]}
  - {id: desk-4, kind: desk, in: room-b, box: [10, 1]}
boards:
  - {id: b-1, heartbeat_s: 0}
  - {id: b-1, family: knx}
sensors:
  - {id: b-1/pir, kind: motion, sees: [desk-1, desk-9, {space: hall, weight: 2}], hold_s: -1}
  - {id: b-7/pir, kind: motion, at: [1, 1], sees: [desk-2, desk-2, 7]}
  - {id: b-1/pir, kind: scanner}
"""

MIXED_PLACES = [
    (1, "site"),
    (3, "time_zone"),
    (5, "spaces[0].colour"),
    (6, "spaces[1].level"),
    (7, "spaces[2].z"),
    (7, "spaces[2].capacity"),
    (8, "spaces[3].kind"),
    (8, "spaces[3].capacty"),
    (9, "spaces[4].in"),
    (9, "spaces[4].capacity"),
    (10, "spaces[5].outline[2]"),
    (11, "spaces[6].id"),
    (11, "spaces[6].in"),
    (11, "spaces[6].features[0]"),
    (12, "spaces[7].id"),
    (12, "spaces[7].box"),
    (13, "spaces[8].activities[0]"),
    (14, "spaces[9].box"),
    (15, "spaces[10].box"),
    (17, "boards[0].heartbeat_s"),
    (18, "boards[1].id"),
    (18, "boards[1].family"),
    (20, "sensors[0].sees[1]"),
    (20, "sensors[0].sees[2]"),
    (20, "sensors[0].sees[2].weight"),
    (20, "sensors[0].hold_s"),
    (21, "sensors[1].id"),
    (21, "sensors[1].at"),
    (21, "sensors[1].sees[1]"),
    (21, "sensors[1].sees[2]"),
    (22, "sensors[2].id"),
    (22, "sensors[2].at"),
]

MENDS = (
    ("HQ!", "hq"),
    ("Amsterdm", "Amsterdam"),
    (", colour: red", ""),
    ("zero", "0"),
    ("[3, 6], capacity: 3", "[3.5, 6]"),
    ("zoen", "zone"),
    ("capacty", "capacity"),
    ("flor-0", "floor-0"),
    ("'4'", "4"),
    ("[[10, 5], [12, 5], [9]]", "[[10, 5], [14, 5], [14, 9], [10, 9]]"),
    ("{id: room-b, kind: room, in: office", "{id: room-c, kind: room, in: floor-0"),
    ("sofa", "screen"),
    ("Desk 1", "desk-1"),
    ("[9, 1,", "[1, 1,"),
    ("nap", "focus"),
    ("[5, 1,", "[7, 1,"),
    ("[10, 1]", "[11, 6, 1.6, 0.8]"),
    ("heartbeat_s: 0", "heartbeat_s: 9"),
    ("id: b-1, family: knx", "id: b-2, family: espresense"),
    ("desk-9, {space: hall, weight: 2}], hold_s: -1", "desk-3, {space: room-a, weight: 1}]"),
    (
        "b-7/pir, kind: motion, at: [1, 1], sees: [desk-2, desk-2, 7]",
        "b-2/pir, kind: motion, at: [1, 1, 1], sees: [desk-2]",
    ),
    ("b-1/pir, kind: scanner", "b-1/ble, kind: scanner, at: [1, 1, 1]"),
)


@pytest.fixture
def write(tmp_path):
    """Writes files into a folder; gives the path of the last."""
    return writer(tmp_path)


def test_mistakes_of_both_sorts_come_in_one_go(write):
    """Wrong shapes hide no mistake between lines, not even in the same line."""
    told = sorted((line, path) for _, line, path, *_ in said(write(hq=MIXED)))
    assert told == sorted(MIXED_PLACES)


def test_after_mending_exactly_those_the_file_is_right(write):
    """No mistake comes up in a second round."""
    text = MIXED
    for wrong, right in MENDS:
        assert wrong in text
        text = text.replace(wrong, right, 1)
    assert said(write(hq=text)) == []


ONE_BLAME = {
    "spaces under a misspelt key": ("spaces:", "space:", ["space"]),
    "boards under a misspelt key": ("boards:", "bords:", ["bords"]),
    "boards as one mapping": ("  - {id: b-1}", "  id: b-1", ["boards"]),
    "a board without an id": ("  - {id: b-1}", "  - {family: vrijplek}", ["boards[0].id"]),
    "a desk without an id": ("id: desk-1, ", "", ["spaces[4].id"]),
    "a desk with a misspelt key for its id": ("{id: desk-1", "{ID: desk-1", ["ID", "id"]),
    "a zone with other letters": ("{id: zone-n", "{id: Zone N", ["spaces[2].id"]),
    "a zone that is a text": ("{id: zone-n, kind: zone", "{id: zone-n, kind: 3", ["kind"]),
    "a building of another kind": ("kind: building", "kind: bulding", ["spaces[0].kind"]),
    "desks under a second key": (
        "  - {id: desk-1",
        "spaces:\n  - {id: desk-1",
        ["spaces"],
    ),
    "an include that is no list": ("desk-1, {", "hall, {", ["include"]),
}


@pytest.mark.parametrize(("old", "new", "paths"), ONE_BLAME.values(), ids=ONE_BLAME)
def test_what_refers_to_a_broken_line_is_not_blamed(write, old, new, paths):
    """A line that can't be read, or found, may well be the one that is meant."""
    text = GOOD.replace(old, new)
    if paths == ["include"]:
        text = "include: part.yaml\n" + text
    told = [path for *_, path, _, _ in said(write(hq=text))]
    assert len(told) == len(paths)
    assert all(path.endswith(end) for path, end in zip(sorted(told), sorted(paths), strict=True))


def test_more_unknown_ids_than_lines_without_one_are_told(write):
    """A desk without an id can be one of two that are missing, not both."""
    sees = "  - {id: b-1/pir, kind: motion, sees: [desk-1, hall]}"
    text = with_line(14, sees).replace("id: desk-1, ", "")
    told = [path for *_, path, _, _ in said(write(hq=text))]
    assert told == ["spaces[4].id", "sensors[0].sees[0]", "sensors[0].sees[1]"]


def test_a_missing_include_hides_no_mistake_that_is_sure(write):
    """Overlaps, ids and kinds of the lines at hand are told; unknown ids are not."""
    text = with_line(10, "  - {id: desk-1, kind: desk, in: zone-n, box: [2, 1, 1.6, 0.8]}")
    text = text.replace("in: floor-0, box: [10", "in: floor-7, sofas: 2, box: [10")
    told = [path for *_, path, _, _ in said(write(hq=f"include: [gone.yaml]\n{text}"))]
    assert told == ["include[0]", "spaces[3].sofas", "spaces[5].id"]
