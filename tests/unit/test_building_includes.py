"""What is said of building files that include others: each problem in its own file."""

import pytest
from support.plan import GOOD, said, writer

PART = "spaces:\n  - {id: desk-9, kind: desk, in: zone-n, box: [7, 7, 1, 1], colour: red}\n"


@pytest.fixture
def write(tmp_path):
    """Writes files into a folder; gives the path of the last."""
    return writer(tmp_path)


def test_a_problem_in_an_included_file_names_that_file(write):
    """Lines are told by the file in which they stand."""
    (problem,) = said(write(part=PART, hq=f"include: [part.yaml]\n{GOOD}"))
    assert problem[:4] == ("part.yaml", 2, "spaces[0].colour", "`colour`")


def test_a_missing_include_is_the_only_thing_told(write):
    """What stood in a file that is missing is not reported as missing itself."""
    text = "include: [gone.yaml]\n" + GOOD.replace("in: zone-n", "in: zone-elsewhere")
    assert said(write(hq=text)) == [
        (
            "hq.yaml",
            1,
            "include[0]",
            "`gone.yaml` (no such file or directory)",
            "a file that can be read, its path relative to this one",
        )
    ]


def test_circular_includes(write):
    """A file that leads back to itself is told where it does so."""
    files = {"a": "include: [b.yaml]\n", "b": "include: [a.yaml]\n"}
    path = write(**files, hq=f"include: [a.yaml]\n{GOOD}")
    found = "`a.yaml`, which leads back to this file"
    assert said(path) == [("b.yaml", 1, "include[0]", found, "each file once")]


def test_a_file_included_twice(write):
    """A second include of the same file is one problem, not one for each id in it."""
    path = write(part="boards:\n  - {id: b-7}\n", hq=f"include: [part.yaml, ./part.yaml]\n{GOOD}")
    found = "`./part.yaml`, which is included already"
    assert said(path) == [("hq.yaml", 1, "include[1]", found, "each file once")]


def test_an_included_file_does_not_name_the_site(write):
    """Site, name and time zone stand in the main file alone."""
    path = write(part="boards: []\nsite: other\n", hq=f"include: [part.yaml]\n{GOOD}")
    only = "none in an included file: the main file alone names the site"
    assert said(path) == [("part.yaml", 2, "site", "`site`", only)]


def test_an_empty_file(write):
    """A file without anything in it says what would stand there."""
    assert said(write(hq="# later\n")) == [
        ("hq.yaml", 1, "", "nothing", "a mapping of keys to values")
    ]
