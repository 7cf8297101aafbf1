"""What a refusal keeps of a payload."""

import pytest

from sensors.rejected import EXCERPT_LENGTH, masked_excerpt, without_addresses, without_values


@pytest.mark.parametrize(
    ("payload", "excerpt"),
    [
        (b'{"rssi": -71, "on": true}', '{"rssi": -71, "on": true}'),
        (b'{"name": "Jan", "n": 2}', '{"name": "*", "n": 2}'),
        (b'{"name": "Jan \\"de\\" Vries", "n": 2}', '{"name": "*", "n": 2}'),
        (b'["Jan", "c3:00:00:00:00:2a"', '["*", "*"'),
        (b'{"name": "Jan de Vr', '{"name": "*"'),
        (b'{"c3:00:00:00:00:2a": -70}', '{"*": -70}'),
        (b"{c3-00-00-00-00-2a: -70}", "{*: -70}"),
        (b'{"n": c30000000031}', '{"n": *}'),
        (b"Jan heard c3:00:00:00:00:2a", "* * *"),
        (b"offline", "*"),
        (b"", ""),
        (b"\xff\xfe\x00", "*"),
        (b'{"a": 1,\n\x1b[31m "b": 2}', '{"a": 1,??[31m "b": 2}'),
    ],
)
def test_an_excerpt_keeps_shape_and_numbers(payload, excerpt):
    """Keys and numbers stay; texts, addresses and control characters go."""
    assert masked_excerpt(payload) == excerpt


def test_an_excerpt_is_short():
    """However long the payload, its excerpt is bounded."""
    assert len(masked_excerpt(b'{"a": 1' + b", 2" * 9_000)) == EXCERPT_LENGTH
    assert len(masked_excerpt(b"word " * 9_000)) == EXCERPT_LENGTH


@pytest.mark.parametrize(
    "address",
    ["c3:00:00:00:00:2a", "C3-00-00-00-00-2A", "c3000000002a", "0123456789abcdef0123456789abcdef"],
)
def test_every_spelling_of_an_address_is_masked(address):
    """Colons, dashes, none, capitals and longer keys."""
    assert without_addresses(f"found {address} here") == "found * here"


def test_ordinary_numbers_are_no_addresses():
    """What is too short for an address stays."""
    assert without_addresses("seq 1234567890 up 99999999999") == "seq 1234567890 up 99999999999"


def test_a_complaint_keeps_no_value():
    """What the parser quotes is masked, and long complaints are cut."""
    assert without_values(ValueError("Invalid value 'Jan'")) == "Invalid value '*'"
    assert len(without_values(ValueError("x" * 900))) == 200
