"""The command `vrijplek calibrate`: walk, report, and the files behind it."""

import json
import threading
import time

import pytest
import uvicorn
from support.command import Command

from api.access.role import Role
from api.people.store import PeopleStore
from ingest.calibration import CalibrationStore
from ingest.spare_tags import SpareTags
from occupancy.calibration import Heard, Spare, Visit, Walk
from occupancy.store.sqlite import open_database
from sensors.tag import Tag, tag_of
from vrijplek.running import Running

ADDRESS = "c3:00:00:00:00:2a"
MINE = Tag("a" * 32)
WALK = Walk("a1", 0, 90_000, (Visit("room-a", 0, 90_000),), (Heard("f0-d1/ble", 0, 100, -20.0),))


@pytest.fixture
def calibrate(monkeypatch, capsys, tmp_path):
    """The command, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    vrijplek = Command(monkeypatch, capsys)
    return lambda *words, **more: vrijplek("calibrate", *words, **more)


@pytest.fixture
def served(house, tmp_path):
    """The small house on a port, with a tag of facilities; the folder of its state."""
    house.people.register.enrol(house.persons[Role.FACILITIES].id, MINE)
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    state = tmp_path / "served"
    state.mkdir()
    Running(f"http://127.0.0.1:{port}", "", 0, "given", "hq").save(state)
    (state / "keys.json").write_text(json.dumps({"facilities": house.keys[Role.FACILITIES]}))
    yield state
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def kept(tmp_path):
    """The state folder of a service that has run."""
    folder = tmp_path / "kept"
    folder.mkdir()
    PeopleStore(folder / "people.sqlite").close()
    connection = open_database(folder / "vrijplek.sqlite")
    CalibrationStore(connection)
    yield folder
    connection.close()


def opened(folder):
    return open_database(folder / "vrijplek.sqlite")


def test_a_walk_in_the_terminal(calibrate, served, house):
    """Places by number, id or start of a name; a dash on the way; q ends it."""
    typed = b"2\n\nheath\n-\nroom-b\nnowhere\nq\n"
    ended = calibrate("walk", "--tag", "own-1", "--state", served, stdin=typed)
    assert ended.code == 0
    assert "Den: 0 s, 0 scanner(s) hear the tag" in ended.out
    assert "found 'nowhere', expected one place of the list" in ended.out
    assert "on the way" in ended.out
    assert "the tag is heard no more" in ended.out
    assert house.recorder.going() == {}
    (walk,) = house.walks.walks()
    assert [v.place for v in walk.visits] == ["room-a", "room-b", "room-b"]


def test_a_walk_ends_with_its_input(calibrate, served, house):
    """A closed terminal leaves nobody on a walk."""
    assert calibrate("walk", "--tag", "own-1", "--state", served, stdin=b"1\n").code == 0
    assert house.recorder.going() == {}


def test_a_walk_needs_a_tag_that_one_may_use(calibrate, served):
    """Both errors name those that there are."""
    ended = calibrate("walk", "--state", served)
    assert (ended.code, "expected one of own-1" in ended.err) == (2, True)
    ended = calibrate("walk", "--tag", "own-2", "--state", served)
    assert ended.code == 1
    assert "found 'own-2', expected one of own-1" in ended.err


def test_without_a_service_there_is_no_walk(calibrate, tmp_path):
    """Exit code 4, as for any service that does not answer."""
    assert calibrate("walk", "--tag", "own-1", "--state", tmp_path).code == 4


def test_the_report_is_a_table_and_sentences(calibrate, served, house):
    """Which place is told how well, and which two are confused."""
    ended = calibrate("report", "--state", served)
    assert "too little to tell yet" in ended.out
    for number, place in enumerate(("room-a", "room-b", "room-a", "room-b")):
        at_ms = number * 86_400_000
        stay = Visit(place, at_ms, at_ms + 90_000)
        heard = tuple(Heard("f0-d1/ble", at_ms, at_ms + s * 1000, -20.0) for s in range(90))
        house.walks.add(Walk(f"a{number}", at_ms, at_ms + 90_000, (stay,), heard))
    ended = calibrate("report", "--state", served)
    assert ended.code == 0
    assert "Most confused: Den, floor-0 and Heath, floor-1" in ended.out
    assert "poor" in ended.out
    assert "not recorded" in ended.out


def test_walks_are_listed_and_removed(calibrate, served, house):
    """By their ids; one that is not there is an error."""
    house.walks.add(WALK)
    assert "a1" in calibrate("list", "--state", served).out
    assert calibrate("remove", "a1", "--state", served).code == 0
    ended = calibrate("remove", "a1", "--state", served)
    assert (ended.code, "found no walk with this id" in ended.err) == (1, True)


def test_a_copy_comes_back(calibrate, kept, tmp_path):
    """Exported and imported it is the same walk, and twice it is once; the file is private."""
    connection = opened(kept)
    CalibrationStore(connection).add(WALK)
    file = tmp_path / "walks.jsonl"
    assert calibrate("export", file, "--state", kept).out == "1 walk(s) written\n"
    assert file.stat().st_mode & 0o777 == 0o600
    CalibrationStore(connection).remove("a1")
    assert calibrate("import", file, "--state", kept).out.startswith("1 walk(s) taken")
    assert CalibrationStore(connection).walks() == (WALK,)
    again = calibrate("import", file, "--state", kept)
    assert again.out == "0 walk(s) taken, 1 were there already\n"
    connection.close()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{}", "line 1: Object missing required field"),
        (b"no json", "line 1: "),
        (b'{"id": "a", "begin_ms": 9, "end_ms": 1}', "ends before it begins; found no stay"),
    ],
)
def test_a_wrong_file_is_refused_whole(calibrate, kept, tmp_path, line, said):
    """With the line and what is wrong with it; nothing of the file is taken."""
    file = tmp_path / "walks.jsonl"
    file.write_bytes(line + b"\n")
    ended = calibrate("import", file, "--state", kept)
    assert (ended.code, said in ended.err) == (1, True)


def test_a_folder_without_a_service_is_a_mistake(calibrate, tmp_path):
    """Nothing is made there."""
    for words in (("export", "x"), ("tag", ADDRESS), ("untag", "badge-1")):
        ended = calibrate(*words, "--state", tmp_path)
        assert (ended.code, "found no vrijplek.sqlite" in ended.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_a_mistake(calibrate, kept):
    """Exit code 2 and its name."""
    ended = calibrate("import", "nowhere.jsonl", "--state", kept)
    assert (ended.code, "nowhere.jsonl" in ended.err) == (2, True)


def test_a_tag_is_set_aside_and_taken_back(calibrate, kept):
    """Only its hash is kept; a name that is not there is told with those that are."""
    assert calibrate("tag", ADDRESS, "--name", "blue-1", "--state", kept).code == 0
    connection, people = opened(kept), PeopleStore(kept / "people.sqlite")
    spares = SpareTags(connection)
    assert spares.all() == (Spare("blue-1", tag_of(ADDRESS, people.site_key)),)
    ended = calibrate("untag", "red-1", "--state", kept)
    assert (ended.code, "expected one of blue-1" in ended.err) == (1, True)
    assert calibrate("untag", "blue-1", "--state", kept).code == 0
    assert spares.all() == ()
    connection.close()
    people.close()


def test_a_persons_tag_can_not_be_set_aside(calibrate, kept):
    """Nobody is followed by calibrating their tag."""
    people = PeopleStore(kept / "people.sqlite")
    person = people.register.add("Ada")
    people.register.enrol(person.id, tag_of(ADDRESS, people.site_key))
    people.close()
    ended = calibrate("tag", ADDRESS, "--state", kept)
    assert (ended.code, f"found a tag of person {person.id}" in ended.err) == (1, True)


@pytest.mark.parametrize("name", ["own-1", "Blue", "", "a b", "-a"])
def test_a_name_is_plain(calibrate, kept, name):
    """And not one that stands for one's own tags."""
    assert calibrate("tag", ADDRESS, "--name", name, "--state", kept).code == 2
