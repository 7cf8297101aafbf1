"""How a recording's goodbyes are printed."""

import pytest

from vrijplek.capture import recorded
from vrijplek.decoding.reader import Reader


@pytest.mark.parametrize(
    ("retain", "event_ms", "flags"),
    [("true", None, ["retained"]), ("false", 1_766_000_000_000, [])],
)
def test_a_goodbye_that_was_kept_has_no_time(retain, event_ms, flags):
    """It counts, and nobody knows since when."""
    line = (
        f'{{"topic": "tele/x/LWT", "payload": "Offline", "retain": {retain},'
        ' "tst": "2025-12-17T19:33:20Z"}'
    )
    [one] = recorded([line], "goodbyes.jsonl")
    [told] = Reader().read(one).as_json()["readings"]
    assert (told["kind"], told["event_ms"], told["flags"]) == ("offline", event_ms, flags)
