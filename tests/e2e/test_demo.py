"""The demo as its first user meets it: started, used, broken, stopped."""

import json
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter

import pytest
from support.demo import Demo, until
from support.machine import program

from vrijplek.demo.building import building_file
from vrijplek.demo.people import invented
from vrijplek.demo.programme import SEED

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
OURS = tuple(f"desk-{number}" for number in range(1, 7))
"""The desks that board f0-d01 sees."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A running demo, shared by the tests that leave it running."""
    program("mosquitto_pub")
    with Demo(tmp_path_factory.mktemp("demo") / "state") as running:
        running.took_s = running.wait_ready()
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(running, ended))
        watcher.start()
        yield running
        ended.set()
        watcher.join()


def watch(demo, ended):
    """Note when 30 desks were occupied and 30 free at once, while tests are at something else."""
    demo.busy_s = None
    while demo.busy_s is None and not ended.wait(0.5):
        states = Counter(demo.desks().values())
        if states["occupied"] >= 30 and states["free"] >= 30:
            demo.busy_s = time.monotonic() - demo.began_s


def test_it_is_ready_within_ten_seconds(demo):
    """The banner is there within 10 s of the command."""
    assert demo.took_s < 10


def test_it_names_its_broker(demo):
    """The banner says which broker runs: mosquitto where it is on the PATH."""
    expected = "mosquitto" if shutil.which("mosquitto") else "amqtt"

    assert f"broker: {expected} on 127.0.0.1:" in demo.said


def test_the_keys_are_in_a_private_file(demo):
    """keys.json holds a key for each role and only its owner may read it."""
    assert set(demo.keys) == {"screen", "staff", "analyst", "facilities", "admin"}
    assert (demo.state / "keys.json").stat().st_mode & 0o077 == 0


def test_the_printed_line_of_a_board_changes_a_desk(demo):
    """The mosquitto_pub line, run as printed, makes the try-out desk occupied at once."""
    before = demo.desks()["desk-try"]
    subprocess.run(demo.line("mosquitto_pub", "hand/readings"), shell=True, check=True)

    until(lambda: demo.desks()["desk-try"] == "occupied", "desk-try did not change", 5)
    assert before == "unknown"


def test_the_printed_curl_line_answers(demo):
    """The curl line, run as printed, answers with free desks alone."""
    program("curl")
    said = subprocess.run(
        demo.line("curl", "/v1/desks"), shell=True, check=True, capture_output=True, text=True
    ).stdout

    assert {desk["state"] for desk in json.loads(said)["desks"]} <= {"free"}


def test_a_colleague_is_found(demo):
    """Most colleagues who opted in are seen in a room or zone soon after the start."""
    people = [person["id"] for person in demo.get("/v1/people")["people"]][:12]

    def seen():
        found = [demo.get(f"/v1/people/{person}/whereabouts") for person in people]
        return [w for w in found if w["state"] == "seen" and w["place"]["kind"] in {"room", "zone"}]

    until(lambda: len(seen()) >= 4, "nobody is seen", 60)


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/v1/desks", None, 401),
        ("/v1/people", "screen", 403),
        ("/v1/people/p-001/whereabouts", "analyst", 403),
        ("/v1/desks", "analyst", 403),
        ("/v1/spaces/desk-12/history", "staff", 403),
        ("/v1/spaces/desk-12/history", "facilities", 200),
        ("/v1/summary", "analyst", 200),
        ("/v1/desks", "screen", 200),
        ("/v1/desks?state=taken", "staff", 400),
    ],
)
def test_keys_open_what_their_role_may(demo, path, role, status):
    """No key is 401, the wrong role 403, a wrong question 400."""
    assert demo.status_of(path, role) == status


def test_a_halted_board_makes_its_desks_unknown(demo):
    """The printed drill silences a board: its desks go to unknown and never to free."""
    until(lambda: "unknown" not in [demo.desks()[d] for d in OURS], "desks stay unknown", 120)
    before = demo.desks()
    subprocess.run(demo.line("mosquitto_pub", "f0-d01/command"), shell=True, check=True)

    until(lambda: {demo.desks()[d] for d in OURS} == {"unknown"}, "no unknown", 10)

    def last():
        told = demo.get("/v1/spaces/desk-1/history", "facilities")["transitions"][-1]
        return told["before"], told["after"]

    expected = (before["desk-1"], "unknown")
    until(lambda: last() == expected, lambda: f"{last()} is not {expected}", 5)


def test_a_second_demo_in_the_folder_is_refused(demo):
    """A second one in the same folder ends with exit code 3 and says why."""
    with Demo(demo.state) as second:
        assert second.process.wait(20) == 3
        assert "another vrijplek works in" in second.said


def test_a_taken_port_is_told(demo, tmp_path):
    """A taken HTTP port ends it with exit code 3 and names VRIJPLEK_PORT."""
    port = demo.base.rpartition(":")[2]
    with Demo(tmp_path / "state", VRIJPLEK_PORT=port) as second:
        assert second.process.wait(20) == 3
        assert f"port {port} on 127.0.0.1 is taken" in second.said
        assert "VRIJPLEK_PORT" in second.said


def test_killed_and_started_again_it_goes_on_where_it_was(tmp_path):
    """After kill -9 nothing stays behind, keys still work and known states are still known."""
    state = tmp_path / "state"
    quick = ("--speed", "5")  # the first minute is over in twelve seconds
    with Demo(state, *quick) as first:
        first.wait_ready()
        until(lambda: Counter(first.desks().values())["free"] > 30, "no free desks", 120)
        keys, before = first.keys, first.desks()
        first.stop(signal.SIGKILL)
        until(lambda: not first.left_behind(), first.left_behind, 6)
    with Demo(state, *quick) as second:
        second.wait_ready()
        after = second.desks()
        assert second.keys == keys
        changed = {d: (before[d], after[d]) for d in before if before[d] != after[d]}
        assert len(changed) < 25, changed
        # what was occupied may be away by now, or unknown until its board is heard, never free
        assert ("occupied", "free") not in changed.values(), changed


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_five_seconds(tmp_path, signum):
    """SIGTERM and Ctrl-C end all of it within 5 s, with exit code 0 and no child left."""
    with Demo(tmp_path / "state") as demo:
        demo.wait_ready()
        took_s = demo.stop(signum)

        assert took_s < 5
        assert demo.process.returncode == 0
        assert demo.left_behind() == []


def test_without_mosquitto_it_takes_the_embedded_broker(tmp_path):
    """With no mosquitto on the PATH it says amqtt, and desks change all the same."""
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "cat", "sleep", "kill"):
        (bare / tool).symlink_to(shutil.which(tool) or "/bin/false")
    with Demo(tmp_path / "state", PATH=str(bare)) as demo:
        demo.wait_ready()

        assert "broker: amqtt on 127.0.0.1:" in demo.said
        until(lambda: "occupied" in demo.desks().values(), "nothing is occupied", 60)


def test_it_is_busy_on_a_sunday_night(tmp_path):
    """With the clock on a Sunday at 03:00 local time, people are there and can be found."""
    faketime = program("faketime")
    prefix = (faketime, "2026-11-22 02:00:00")
    with Demo(tmp_path / "state", prefix=prefix, TZ="UTC") as demo:
        demo.wait_ready()
        until(lambda: Counter(demo.desks().values())["occupied"] >= 30, "nobody is there", 60)

        since = [d["since"] for d in demo.get("/v1/desks")["desks"] if d["since"]]
        assert {moment[:13] for moment in since} == {"2026-11-22T02"}
        people = [person["id"] for person in demo.get("/v1/people")["people"]][:12]
        until(
            lambda: "seen" in [demo.get(f"/v1/people/{p}/whereabouts")["state"] for p in people],
            "nobody can be found",
            60,
        )


def test_no_address_of_a_tag_is_written_anywhere(tmp_path):
    """After a minute's run, no file of the demo holds the address of any tag."""
    addresses = [p.address for p in invented(building_file("demo-office"), 120, SEED)]
    canaries = [form.encode() for a in addresses for form in (a, a.upper(), a.replace(":", ""))]
    with Demo(tmp_path / "state", "--speed", "20") as demo:
        demo.wait_ready()
        time.sleep(5)
        demo.stop()
        files = [demo.log, *(f for f in demo.state.rglob("*") if f.is_file())]
        # what a broker keeps for a service that is away is deleted once it has been delivered
        found = [f.name for f in files if any(c in f.read_bytes() for c in canaries)]
        assert found == []


def test_desks_become_occupied_and_free(demo):
    """Within two minutes the demo shows occupied and free desks; the last test, as it waits."""
    until(
        lambda: demo.busy_s is not None,
        lambda: f"only {Counter(demo.desks().values())}",
        within_s=120,
    )
    assert demo.busy_s - demo.took_s < 120
