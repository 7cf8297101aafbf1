"""Recorded sessions: which folders are some, what is read, how mistakes are told."""

import gzip

import pytest
from support.sessions import write_session, write_walk

from vrijplek.errors import FileProblemsError, UsageError
from vrijplek.evaluation.grid import read_step_s
from vrijplek.evaluation.replayed import left_out, read_replay
from vrijplek.evaluation.session import read_events, read_session, read_truth, session_folders

GOOD = (1.0, "rssi", "scanner", "tag", -70.0)


def names(folders):
    return [folder.name for folder in folders]


def test_a_session_stands_for_itself_and_a_folder_for_its_children(tmp_path):
    """Children without events, and what lies deeper, are no sessions."""
    for name in ("all/one", "all/two", "all/deep/three", "alone"):
        write_session(tmp_path / name)
    (tmp_path / "all/notes").mkdir()
    write_session(tmp_path / "alone/inner")

    found = session_folders([tmp_path / "all", tmp_path / "alone"], "--replay")
    assert names(found) == ["one", "two", "alone"]


@pytest.mark.parametrize(
    ("made", "asked", "told"),
    [
        ([], "gone", "found nothing, expected a folder"),
        (["deep/er/one"], "deep", "found no events.csv.gz"),
        (["file/one"], "file/one/events.csv.gz", "found a file, expected a folder"),
    ],
)
def test_a_folder_without_a_session_is_an_error(tmp_path, made, asked, told):
    """The option and the folder are named."""
    for name in made:
        write_session(tmp_path / name)
    with pytest.raises(UsageError, match=told) as error:
        session_folders([tmp_path / asked], "--replay")
    assert str(error.value).startswith(f"--replay {tmp_path / asked}")


def test_equal_names_are_an_error(tmp_path):
    """Their answers would lie in the same file; the same folder twice is no better."""
    write_session(tmp_path / "a/one")
    write_session(tmp_path / "b/one")
    with pytest.raises(UsageError, match="found 2 sessions named 'one'"):
        session_folders([tmp_path / "a", tmp_path / "b"], "--calibrate")
    with pytest.raises(UsageError, match="found 2 sessions named 'one'"):
        session_folders([tmp_path / "a", tmp_path / "a/one"], "--calibrate")


def test_events_become_columns_and_rows(tmp_path):
    """Names are kept as they are spelled, other columns are passed over."""
    lines = [GOOD, (1.0, "env:co2", "007", "", 400), (2.5, "pir_on", "NA", "", "")]
    events = read_events(write_session(tmp_path, lines))

    assert events.t_s.tolist() == [1.0, 1.0, 2.5]
    assert events.source.tolist() == ["scanner", "007", "NA"]
    assert next(events.rows()) == GOOD
    assert len(events.of_type("pir_on")) == 1


def test_truth_is_read_as_far_as_it_is_there(tmp_path):
    """Rooms in order, and nothing where no file is."""
    whole = read_session(write_walk(tmp_path / "walk", ("hall", "den")))
    assert whole.truth.places == whole.truth.rooms_in_use == ("den", "hall")
    assert whole.truth.subjects == ("tag",)
    assert read_truth(write_session(tmp_path / "bare")).places == ()
    assert read_step_s(tmp_path / "walk") == 1.0
    assert read_step_s(tmp_path / "bare") is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("x", *GOOD[1:]), "3: t: found 'x', expected seconds from the start of the session"),
        (("nan", *GOOD[1:]), "3: t: found 'nan', expected seconds"),
        ((0.5, *GOOD[1:]), "3: t: found 0.5, expected no time before that of the row above"),
        ((*GOOD[:4], "loud"), "3: value: found 'loud', expected a number"),
        ((*GOOD[:4], "inf"), "3: value: found 'inf', expected a number"),
        ((*GOOD[:4], ""), "3: value: found nothing, expected a number"),
        ((1, "", "s", "tag", 1), "3: type: found nothing, expected a type"),
        ((1, "rssi", "", "tag", 1), "3: source: found nothing, expected the name of a sensor"),
        ((1, "rssi", "s", "", 1), "3: subject: found nothing, expected the tag that was heard"),
        ((1, "rssi", "s"), "3: found 3 cells, expected 5"),
    ],
)
def test_a_wrong_event_is_told_with_its_line(tmp_path, line, told):
    """File, line, column, what was found and what was expected."""
    folder = write_session(tmp_path, [GOOD, line])
    with pytest.raises(FileProblemsError) as error:
        read_events(folder)
    assert str(error.value).startswith(f"{folder / 'events.csv.gz'}:{told}")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"t,type\n", "1: found Not a gzipped file"),
        (gzip.compress(b"", mtime=0)[:-4], "1: found Compressed file ended before"),
        (gzip.compress(b"", mtime=0), "1: found nothing, expected a column `t`"),
        (
            gzip.compress(b"t,type,source,value\n", mtime=0),
            "1: found the columns t,type,source,value, ",
        ),
        (
            gzip.compress(b"t,type,source,subject,value\n1,\xff,a,b,1\n", mtime=0),
            "found the byte 0xff",
        ),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path, content, told):
    """Not compressed, cut off, empty, without a column, in another encoding."""
    (tmp_path / "events.csv.gz").write_bytes(content)
    with pytest.raises(FileProblemsError, match=told):
        read_events(tmp_path)


@pytest.mark.parametrize(
    ("stays", "uses", "told"),
    [
        ([(5, 5, "tag", "den")], None, "truth_room.csv:2: t1: found 5, expected a time after t0"),
        ([(5, 6, "tag", "")], None, "truth_room.csv:2: room: found nothing, expected the name"),
        (None, [(0, 1, "den", 1), (1, 2, "den", -1)], "truth_occ.csv:3: count: found -1"),
        (None, [(0, 1, "den", "many")], "truth_occ.csv:2: count: found 'many', expected how many"),
    ],
)
def test_a_wrong_truth_is_told_with_its_line(tmp_path, stays, uses, told):
    """Spans that end before they begin, rooms without a name, counts that are none."""
    write_session(tmp_path, [GOOD], stays, uses)
    with pytest.raises(FileProblemsError) as error:
        read_truth(tmp_path)
    assert told in str(error.value)


@pytest.mark.parametrize("meta", ["{", "[]", "{}", '{"dt": 0}', '{"dt": "1"}', '{"dt": true}'])
def test_a_step_that_is_none_is_told(tmp_path, meta):
    """A grid needs a step above zero."""
    (tmp_path / "meta.json").write_text(meta)
    with pytest.raises(FileProblemsError, match=r"meta\.json:1"):
        read_step_s(tmp_path)


MIXED = [
    GOOD,
    (2.0, "pir_on", "corner", "", 1),
    (3.0, "pir_off", "corner", "", 0),
    (4.0, "env:co2", "desk", "", 400),
    (5.0, "door", "corner", "", 1),
]


@pytest.mark.parametrize(
    ("without", "left_s"),
    [
        (["pir"], [1, 4, 5]),
        (["env", "rssi"], [2, 3, 5]),
        (["env:co2"], [1, 2, 3, 5]),
        (["corner"], [1, 4]),
        ([], [1, 2, 3, 4, 5]),
    ],
)
def test_sources_and_types_can_be_left_out(tmp_path, without, left_s):
    """By the name of either, or of a group of types; the session stays as long as it was."""
    replay = read_replay(write_session(tmp_path, MIXED))
    (left,) = left_out([replay], without)
    assert left.events.t_s.tolist() == left_s
    assert left.last_event_s == 5.0


def test_leaving_out_what_is_not_there_names_what_is(tmp_path):
    """Groups, types and sources."""
    replay = read_replay(write_session(tmp_path, MIXED))
    expected = "env, pir, door, env:co2, pir_off, pir_on, rssi, corner, desk, scanner"
    with pytest.raises(UsageError, match=f"--without: found 'PIR', expected one of {expected}"):
        left_out([replay], ["rssi", "PIR"])


def test_unknown_types_are_counted(tmp_path):
    """They are no mistake."""
    assert read_replay(write_session(tmp_path, MIXED)).events.unknown_types() == {"door": 1}
