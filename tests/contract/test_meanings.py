"""What each recorded line of devices in the field means, once checked by hand and then kept.

`tests/data/meanings.json` has it by file and line. The recordings themselves stay where they are.
"""

import json
from pathlib import Path

import pytest
from support.machine import beside
from support.meanings import meaning

from vrijplek.capture import recorded
from vrijplek.decoding.reader import Reader

DATA = Path(__file__).parents[1] / "data"
SHARED = Path(__file__).parents[3] / "shared"
PINNED = json.loads((DATA / "meanings.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(PINNED))
def test_each_line_means_what_was_found_by_hand(name):
    """One stream a file, in order, without a building."""
    reader, found = Reader(), {}
    with beside(SHARED / "payloads" / name, SHARED).open(encoding="utf-8") as lines:
        for one in recorded(lines, name):
            found[str(one.line)] = meaning(reader.read(one))
    assert found == PINNED[name]


def test_every_recording_is_pinned():
    """None is left out."""
    there = {file.name for file in beside(SHARED / "payloads", SHARED).glob("*.jsonl")}
    assert there == set(PINNED)
    assert sum(map(len, PINNED.values())) >= 165
