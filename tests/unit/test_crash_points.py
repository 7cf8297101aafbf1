"""A process ends where it was armed to, and nowhere else."""

import subprocess
import sys

import pytest

from ingest.crash_points import EXIT_CRASHED, Point, arm, reach

THREE_ROUNDS = """
from ingest.crash_points import Point, arm, reach
arm("committed:2")
for turn in range(3):
    reach(Point.FOLDED)
    print(turn, flush=True)
    reach(Point.COMMITTED)
"""


def test_an_armed_process_ends_at_the_counted_passage() -> None:
    """Armed for the second passage, it passes once and ends at the second, without a word."""
    ended = subprocess.run(
        [sys.executable, "-c", THREE_ROUNDS], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (EXIT_CRASHED, "0\n1\n", "")


def test_an_unarmed_process_passes_every_point() -> None:
    """Without arming, all points can be passed."""
    arm("")
    for point in Point:
        reach(point)
    assert len(Point) > 10


@pytest.mark.parametrize("wrong", ["nowhere:1", "committed:0", "committed:x"])
def test_arming_a_point_that_does_not_exist_is_an_error(wrong: str) -> None:
    """A name or count that means nothing is refused, or a test would prove nothing."""
    with pytest.raises(ValueError, match=r".+"):
        arm(wrong)
    arm("")
