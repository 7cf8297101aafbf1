"""The command `vrijplek check`: what it prints and how it ends."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
from support.plan import GOOD, with_line
from typer.testing import CliRunner

import vrijplek
from vrijplek.commands.check import check

EXAMPLES = Path(vrijplek.__file__).parent / "buildings"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `check` in a folder with the good building file in it."""
    (tmp_path / "hq.yaml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command("check")(check)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_a_right_file_ends_with_0_and_a_summary(run):
    """Spaces and sensors are counted by kind, what nobody sees is named."""
    result = run("hq.yaml")
    assert result.exit_code == 0
    assert "building 1, floor 1, zone 1, room 1, desk 2" in result.output
    assert "motion 1, scanner 1" in result.output
    assert "room-a" in result.output
    assert "No problems." in result.output


def test_a_wrong_file_ends_with_1_and_a_line_for_each_problem(run):
    """Where no terminal is, each problem is one line that editors and CI can read."""
    Path("hq.yaml").write_text(with_line(12, "  - {id: b-1, colour: red}"), encoding="utf-8")
    result = run("hq.yaml")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("hq.yaml:12:15: boards[0].colour: found `colour`, expected one of")
    assert lines[-1] == "1 to mend, in 1 file."


def test_problems_are_a_table_on_a_terminal(run, monkeypatch):
    """A person sees columns for where, what, found and expected."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    Path("hq.yaml").write_text(with_line(12, "  - {id: b-1, colour: red}"), encoding="utf-8")
    output = run("hq.yaml").output
    assert all(word in output for word in ("where", "found", "expected", "hq.yaml:12", "`colour`"))


def test_a_file_that_cannot_be_read_ends_with_2(run):
    """The sentence names the file and what is the matter."""
    result = run("gone.yaml")
    assert result.exit_code == 2
    assert "gone.yaml: no such file or directory" in result.output


def test_no_file_at_all_ends_with_2(run):
    """The usage is explained."""
    result = run()
    assert result.exit_code == 2
    assert "expected a building file" in result.output


def test_the_picture_is_written(run):
    """The floors are drawn into the file that was asked for."""
    result = run("hq.yaml", "--picture", "floors.svg")
    assert result.exit_code == 0
    assert ElementTree.parse("floors.svg").getroot().tag.endswith("svg")  # noqa: S314


def test_a_wrong_file_is_not_drawn(run):
    """A drawing of half a building would mislead."""
    Path("hq.yaml").write_text(with_line(12, "  - {id: b-1, colour: red}"), encoding="utf-8")
    assert run("hq.yaml", "--picture", "floors.svg").exit_code == 1
    assert not Path("floors.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--picture", "out.svg", "--floor", "roof"), "found the floor `roof`"),
        (("--picture", "no/such/folder.svg"), "no/such/folder.svg: no such file or directory"),
    ],
)
def test_a_picture_that_cannot_be_drawn_ends_with_2(run, arguments, sentence):
    """An unknown floor and a folder that is not there are told apart."""
    result = run("hq.yaml", *arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "No problems." not in result.output


def test_a_floor_without_a_picture_ends_with_2(run):
    """A floor alone would draw nothing: the option that is missing is named."""
    result = run("hq.yaml", "--floor", "floor-0")
    assert result.exit_code == 2
    assert "--picture" in result.output
    assert "No problems." not in result.output


def test_the_schema_is_printed(run):
    """What is printed is the JSON Schema alone, ready to be redirected into a file."""
    result = run("--schema")
    assert result.exit_code == 0
    assert json.loads(result.output)["title"] == "BuildingFile"


def test_the_help_teaches_with_an_example(run):
    """The help shows a command line that works, and the exit codes."""
    output = run("--help").output
    assert "vrijplek check vrijplek/buildings/demo-office.yaml" in output
    assert "Exit code: 0 the file is right" in output
    assert (EXAMPLES / "demo-office.yaml").exists()
