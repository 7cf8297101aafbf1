"""Decoders bear what a fuzzer thinks of: a short while always, a million messages at length."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.machine import extra

from vrijplek.decoding.guess import STANDING_IN

FUZZER = Path(__file__).with_name("decoders.py")
SHORT, LONG = 3_000, 1_000_000


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("family", sorted(STANDING_IN))
def test_no_message_is_found_that_a_decoder_cannot_bear(family, request, tmp_path):
    """It never raises, takes at most 50 ms, and refuses with a reason."""
    extra(sys.executable, "-c", "import atheris")  # there is none yet for the newest Python
    runs = LONG if request.config.getoption("--long") else SHORT
    words = (sys.executable, str(FUZZER), family, f"-runs={runs}", "-seed=1")
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-3000:]
    assert f"Done {runs} runs" in ended.stdout + ended.stderr
