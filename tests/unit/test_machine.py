"""What the machine lacks leaves a test out, and is a failure in CI."""

import pytest
from support.machine import beside, extra, program

Skipped, Failed = pytest.skip.Exception, pytest.fail.Exception


@pytest.mark.parametrize(("ci", "ending"), [("", Skipped), ("true", Failed)])
def test_a_missing_program_fails_in_ci_alone(monkeypatch, ci, ending):
    """The sentence names what was looked for."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ending, match="there is no no-such-tool or nor-this-one on the PATH"):
        program("no-such-tool", "nor-this-one")


def test_the_first_program_that_is_there_is_taken(monkeypatch, tmp_path):
    """By its whole path."""
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program("no-such-tool", "tool") == str(tmp_path / "tool")


@pytest.mark.parametrize(("ci", "ending"), [("", Skipped), ("true", Failed)])
def test_a_missing_file_of_a_folder_that_is_there_fails_in_ci_alone(
    monkeypatch, tmp_path, ci, ending
):
    """The sentence names it."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ending, match=f"{tmp_path.name}/a.jsonl is missing"):
        beside(tmp_path / "a.jsonl", tmp_path)


def test_without_the_whole_folder_the_test_is_left_out_in_ci_too(monkeypatch, tmp_path):
    """A checkout alone has no folder beside it."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Skipped, match="there is no data beside the project"):
        beside(tmp_path / "data" / "a.jsonl", tmp_path / "data")


def test_what_is_there_is_given_back(tmp_path):
    """As it was asked for."""
    assert beside(tmp_path, tmp_path.parent) == tmp_path


def test_a_command_that_does_not_work_leaves_the_test_out_in_ci_too(monkeypatch):
    """The sentence names it; one that works does not."""
    monkeypatch.setenv("CI", "true")
    extra("true")
    with pytest.raises(Skipped, match="`false --at-all` does not work here"):
        extra("false", "--at-all")
