"""The main job on real input: a capture of a real house, through a real broker, to the API."""

import subprocess
import sys
import time

import pytest
from support.demo import ROOT, Demo
from support.machine import beside

SHARED = ROOT.parent / "shared"
WATCH = "watch:darrell"
SPEED = 4
pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


@pytest.fixture
def capture():
    """The recorded file, which lies beside the project."""
    return beside(SHARED / "captures" / "espresense-house.jsonl", SHARED)


def test_the_watch_is_found_and_stays(capture, tmp_path):
    """From 20 s on, the watch that lies still is in the den or the office, without a change."""
    state = tmp_path / "state"
    with Demo(
        state, "--building", "espresense-house", "--tag", WATCH, "--speed", str(SPEED)
    ) as demo:
        demo.wait_ready()
        began_s = time.monotonic()
        replay = subprocess.Popen(
            [sys.executable, "-m", "vrijplek", "replay", str(capture), "--state", str(state)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        person = next(p["id"] for p in demo.get("/v1/people")["people"] if p["name"] == "Wim Watch")
        told = []
        while replay.poll() is None:
            elapsed_s = SPEED * (time.monotonic() - began_s)
            told.append((elapsed_s, demo.get(f"/v1/people/{person}/whereabouts")))
            time.sleep(0.05)

    assert replay.returncode == 0
    places = [found["place"] and found["place"]["id"] for at_s, found in told if at_s >= 20]
    assert len(places) > 100
    assert set(places) in ({"office"}, {"den"})


def ended_replay(file, state):
    """A replay that ends by itself, with what it said."""
    return subprocess.run(
        [sys.executable, "-m", "vrijplek", "replay", str(file), "--state", str(state)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_capture_with_a_broken_line_is_told(tmp_path):
    """A line that is no message ends the replay with file, line, what was found and expected."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"topic": "a/b", "payload": "x"}\nnot json\n')
    ended = ended_replay(bad, tmp_path)

    assert ended.returncode == 1
    assert f"{bad}:2: found no JSON" in ended.stderr
    assert "expected one JSON object a line" in ended.stderr


def test_replay_without_a_service_is_told(tmp_path):
    """With no service in the folder, replay ends with exit code 4 and says what to start."""
    file = tmp_path / "one.jsonl"
    file.write_text('{"topic": "a/b", "payload": "x"}\n')
    ended = ended_replay(file, tmp_path)

    assert ended.returncode == 4
    assert "start one with `vrijplek demo`" in ended.stderr
