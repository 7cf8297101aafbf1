"""The command `vrijplek evaluate`: what it writes and prints, and how it ends."""

import shutil
from pathlib import Path

import pytest
from support.command import Command
from support.sessions import rows_of, write_session, write_walk

from vrijplek.commands import evaluate as command
from vrijplek.evaluation.method import Said
from vrijplek.evaluation.simple import Gaussian
from vrijplek.evaluation.simple.tag_only import TagOnly


class Both:
    """A method that tells rooms and use, in place of our own."""

    name = "vrijplek"

    def learn(self, calibration):
        """Learns two simple methods."""
        learned = [method.learn(calibration) for method in (Gaussian(), TagOnly())]

        class Learned:
            def replay(self, events):
                rooms, uses = (one.replay(events) for one in learned)
                return Said(rooms.rooms, uses.uses, ("one source was left out",))

        return Learned()


@pytest.fixture
def vrijplek(monkeypatch, capsys, tmp_path):
    """The command, beside a house of three days."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "Ours", Both)
    write_walk(Path("house/mon"), ("den", "hall", "den"))
    write_walk(Path("house/tue"), ("hall", "den"))
    write_walk(Path("wed"), ("den", "hall", "den", "hall"), tag="watch")
    return Command(monkeypatch, capsys)


def days(*more):
    return ("evaluate", "--calibrate", "house", "--replay", "wed", "--out", "said/here", *more)


def test_answers_are_written_and_scores_are_printed(vrijplek):
    """A file for rooms and one for use, in a folder that is made; a table for each."""
    ended = vrijplek(*days())
    assert ended.code == 0
    rooms = rows_of(Path("said/here/wed.rooms.csv"))
    uses = rows_of(Path("said/here/wed.occupancy.csv"))

    assert list(rooms[0]) == ["t", "subject", "room", "p"]
    assert {row["subject"] for row in rooms} == {"watch"}
    assert list(uses[0]) == ["t", "room", "state", "p"]
    assert {row["state"] for row in uses} == {"0", "1"}
    assert "Rooms: 3 visits" in ended.out
    assert "Occupancy: 4 visits" in ended.out
    assert all(name in ended.out for name in ("nearest (Bermuda)", "kNN of 5", "PIR, hold 300 s"))
    assert "note: one source was left out" in ended.out


def test_the_truth_changes_no_answer(vrijplek):
    """Without it the same is written, and no scores are printed; the same of a broken truth."""
    vrijplek(*days("--no-simple"))
    first = {file.name: file.read_bytes() for file in Path("said/here").iterdir()}
    shutil.rmtree("said")
    for name in ("truth_room.csv", "truth_occ.csv", "meta.json"):
        (Path("wed") / name).unlink()
    ended = vrijplek(*days("--no-simple"))
    assert ended.code == 0
    assert {file.name: file.read_bytes() for file in Path("said/here").iterdir()} == first
    assert "No scores" in ended.out

    (Path("wed") / "truth_room.csv").write_text("t0,t1\n")
    Path("wed/meta.json").write_text('{"dt": 1}')
    shutil.rmtree("said")
    ended = vrijplek(*days("--no-simple"))
    assert ended.code == 1
    assert "wed/truth_room.csv:1: found the columns t0,t1, expected a column `subject`" in ended.err
    assert {file.name: file.read_bytes() for file in Path("said/here").iterdir()} == first


def test_only_what_the_calibration_names_is_told(vrijplek):
    """Without rooms in it there is no file of rooms, and no table of them."""
    for day in ("mon", "tue"):
        (Path("house") / day / "truth_room.csv").unlink()
    ended = vrijplek(*days())
    assert [file.name for file in Path("said/here").iterdir()] == ["wed.occupancy.csv"]
    assert "Rooms:" not in ended.out
    assert "Occupancy:" in ended.out


def test_simple_methods_can_be_left_away(vrijplek):
    """For speed."""
    ended = vrijplek(*days("--no-simple"))
    assert "kNN" not in ended.out
    assert "vrijplek" in ended.out


def test_sources_can_be_left_out_of_the_replay(vrijplek):
    """Without strengths nobody knows where the tag is; the calibration keeps them."""
    ended = vrijplek(*days("--without", "rssi"))
    assert ended.code == 0
    assert rows_of(Path("said/here/wed.rooms.csv")) == []
    assert "PIR, hold 30 s" in ended.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (days("--without", "rsi"), "--without: found 'rsi', expected one of pir, pir_off"),
        (days("--replay", "gone"), "--replay gone: found nothing, expected a folder"),
        (days("--replay", "copy"), "--replay: found 2 sessions named 'wed'"),
        (days("--calibrate", "house/mon"), "--calibrate: found 2 sessions named 'mon'"),
    ],
)
def test_wrong_words_end_with_2(vrijplek, words, told):
    """With one sentence, and nothing written."""
    shutil.copytree("wed", "copy/wed")
    ended = vrijplek(*words)
    assert ended.code == 2
    assert told in ended.err
    assert not list(Path().glob("said/here/*"))


def test_a_folder_that_cannot_be_made_ends_with_2(vrijplek):
    """A file lies where it should be."""
    Path("said").write_text("here")
    ended = vrijplek(*days())
    assert ended.code == 2
    assert "said" in ended.err


def test_wrong_events_end_with_1(vrijplek):
    """The sentence names file and line."""
    write_session(Path("wed"), [("soon", "rssi", "s", "tag", -50)])
    ended = vrijplek(*days())
    assert ended.code == 1
    assert "wed/events.csv.gz:2: t: found 'soon', expected seconds" in ended.err


def test_types_that_nobody_knows_are_told(vrijplek):
    """Once, with their number."""
    for day in ("house/mon", "wed"):
        shutil.rmtree(day)
    write_session(Path("house/mon"), [(1, "smell", "nose", "", 1)])
    write_session(Path("wed"), [(1, "smell", "nose", "", 1), (2, "smell", "nose", "", 0)])
    ended = vrijplek(*days("--no-simple"))
    assert ended.code == 0
    assert "note: 3 events of the unknown type 'smell' were left out" in ended.out
