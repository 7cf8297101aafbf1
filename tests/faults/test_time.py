"""Clocks jump: the server's, the boards'; nothing falls silent at once, nothing goes back."""

import subprocess

import pytest
from faults.promises import assert_kept
from support.house import until
from support.machine import program

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
HOUR_S, DAY_S = 3_600, 86_400
FEW = 3
JUMPS_S = [HOUR_S, -HOUR_S, DAY_S, -DAY_S]
NONSENSE_MS = [0, 2_085_978_496_000, 1, 4_102_444_800_000]
"""1970, 2036, 1970 again, 2100."""


class FakeClock:
    """The wall clock of a service, to be set while it runs; its monotonic clock is left alone."""

    def __init__(self, file):
        faketime = [program("faketime"), "+1 hour", "printenv", "LD_PRELOAD"]
        told = subprocess.run(faketime, check=True, capture_output=True, text=True)
        self.file = file
        self.variables = {
            "LD_PRELOAD": told.stdout.strip(),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }
        self.jump(0)

    def jump(self, seconds):
        """Differ so much from the true time from now on."""
        self.file.write_text(f"{seconds:+d}\n")


@pytest.fixture
def clock(tmp_path):
    """The wall clock of the service."""
    return FakeClock(tmp_path / "faketime.txt")


def known(stand):
    """Desks that boards of the stand see and of which something is known now."""
    return {space for space, final in stand.told().items() if final.state != "unknown"}


@pytest.mark.thorough
@pytest.mark.parametrize("seconds", JUMPS_S)
def test_the_clock_of_the_server_jumps_while_it_runs(stand, clock, seconds):
    """It is noticed and followed slowly: no desk becomes unknown by it, no time goes back."""
    stand.start_ready(**clock.variables)
    stand.talk(2)
    stand.talk_until(lambda: len(known(stand)) >= FEW, "some desks are known", 20, 0.0)
    clock.jump(seconds)
    before = known(stand)
    for _ in range(8):
        stand.talk(0.5, 0.0)
        assert before <= known(stand)
    until(lambda: stand.metric("vrijplek_clock_steps_total") >= 1, "the step is noticed")
    assert_kept(stand)


@pytest.mark.thorough
@pytest.mark.parametrize("seconds", JUMPS_S)
def test_the_clock_of_the_server_has_jumped_while_it_was_down(stand, clock, seconds):
    """Service time never goes back; what boards say counts at once."""
    stand.start_ready(**clock.variables)
    stand.talk(2)
    stand.kill()
    clock.jump(seconds)
    stand.start_ready(**clock.variables)
    stand.talk(1)
    stand.quiesce()
    verdict = stand.verdict()
    assert verdict.zeros == (0, 0, 0, 0)
    stand.beat(on=True)
    took_s = stand.talk_until(lambda: len(known(stand)) >= FEW, "desks are known", 20, 0.0)
    stand.report(verdict, took_s)
    assert stand.is_deterministic()


@pytest.mark.thorough
def test_boards_whose_clocks_are_nonsense(stand):
    """It is counted; every state is as right as with clocks, and no event time suffers."""
    stand.start_ready()
    for turn in range(3):
        for talker in stand.talkers:
            talker.clock_ms = NONSENSE_MS[(turn + stand.talkers.index(talker)) % len(NONSENSE_MS)]
        stand.talk(1)
    assert_kept(stand)
    until(lambda: stand.metric("vrijplek_messages_clock_off_total") > 0, "it is counted")
