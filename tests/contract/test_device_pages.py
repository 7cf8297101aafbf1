"""docs/devices has a page for each family, and what it shows is what the code says.

`python tests/support/device_pages.py` renews what the pages show.
"""

import json
import re

import pytest
from support.device_pages import (
    HEADINGS,
    LINES,
    MESSAGES,
    PAGES,
    answer,
    blocks,
    messages,
    section,
    with_building,
)

from sensors.families.directory import FOREIGN
from vrijplek.building import load_building

FAMILIES = ("vrijplek", *FOREIGN)
ELSEWHERE = {"theengs": "openmqttgateway", "beacon": "beacons"}
"""Families whose page has another name."""
FILES = sorted(PAGES.glob("*.md"))
MADE_UP = "00112233445566778899aabbccddeeff"
"""The one key that a page may name: nobody has it."""
_KEYED = re.compile(r"(?i)(?:_keys?|irks?|password)\b\W*(?:\"[^\"]+\":\s*)?([0-9a-z+/=]{16,})")


@pytest.fixture(params=FILES, ids=lambda page: page.stem)
def words(request):
    """A page."""
    return request.param.read_text(encoding="utf-8")


def test_each_family_has_its_page():
    """And no page is without its family."""
    assert {page.stem for page in FILES} == {ELSEWHERE.get(name, name) for name in FAMILIES}


def test_pages_are_alike(words):
    """Each has the same headings in the same order, and is read at one sitting."""
    assert tuple(re.findall(r"^## (.+)$", words, re.MULTILINE)) == HEADINGS
    assert 60 <= len(words.splitlines()) <= 125


def test_the_lines_of_a_page_are_right(words, tmp_path):
    """They load as a building without a problem, and have boards and sensors."""
    building = load_building(with_building(words, tmp_path))
    assert building.boards
    assert building.sensors


def test_decode_says_what_a_page_shows(words, tmp_path):
    """Word for word."""
    assert blocks(section(words, MESSAGES), "text") == [answer(words, tmp_path)]


def test_messages_of_a_page_show_each_case(words):
    """What has a space, repeats itself, was kept, says goodbye where it can, and is refused."""
    told = [json.loads(line) for line in messages(words).splitlines()]
    assert 5 <= len(told) <= 10
    assert all({"topic", "payload", "retain"} <= set(one) for one in told)
    assert {one["retain"] for one in told} == {True, False}
    (shown,) = blocks(section(words, MESSAGES), "text")
    assert "which sees " in shown
    assert "refused (" in shown
    assert re.search("repeats what was known|came before|sent again", shown)
    assert "gone, so" in shown or "No sensor says goodbye" in words


def test_a_page_shows_what_has_no_place_of_its_own(words):
    """Devices that are named alike in one line, where the family can have such a line."""
    lines = section(words, LINES)
    assert "\nmappings:\n" in lines or "Mappings and `base` are for other families" in lines


def test_no_page_names_a_key_that_is_real(words):
    """What looks like a key is the one that is made up."""
    assert {found.lower() for found in _KEYED.findall(words)} <= {MADE_UP}


def test_keys_are_found_where_they_stand():
    """In the spellings of the files and commands that have them."""
    key = "ab" * 16
    for told in (f'bind_keys: {{"A4:C1": {key}}}', f"irks: [{key}]", f"bind_key={key}"):
        assert _KEYED.findall(told) == [key]
