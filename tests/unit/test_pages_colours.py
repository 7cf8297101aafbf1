"""The colours: enough contrast in the light and in the dark.

Source: WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (symbols and edges).
"""

import re
from pathlib import Path

import pytest

from api.pages.static_page import FILES
from occupancy.state import State

TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b")
LIGHT, _, DARK = Path(FILES["tokens.css"]).read_text().partition("@media (prefers-color-scheme")
SCHEMES = {"light": dict(TOKEN.findall(LIGHT))}
SCHEMES["dark"] = SCHEMES["light"] | dict(TOKEN.findall(DARK))

TEXT = [
    *[(ink, on) for ink in ("ink", "ink-soft") for on in ("paper", "card", "sunk", "zone")],
    *[("accent", on) for on in ("paper", "card", "accent-soft")],
    *[
        (f"{state}-text", on)
        for state in State
        for on in ("card", "paper", f"{state}-soft", "sunk")
    ],
    ("accent-ink", "accent"),
    ("warn-ink", "warn-soft"),
    ("warn-ink", "card"),
    ("card", "occupied-mark"),
]
SHAPES = [
    *[(f"{state}-mark", state) for state in State],
    *[(f"{state}-line", on) for state in State for on in ("zone", "card")],
    *[(edge, on) for edge in ("line-strong", "accent") for on in ("card", "zone")],
    ("accent", "ground"),
]


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(scheme, one, other):
    low, high = sorted(luminance(SCHEMES[scheme][name]) for name in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21():
    """The formula gives the known extremes."""
    SCHEMES["test"] = {"black": "#000", "white": "#ffffff"}
    assert contrast("test", "black", "white") == pytest.approx(21)
    assert contrast("test", "black", "black") == pytest.approx(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(scheme, ink, ground):
    """At least 4.5 to 1."""
    assert contrast(scheme, ink, ground) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_symbols_and_edges_can_be_seen(scheme, shape, ground):
    """At least 3 to 1."""
    assert contrast(scheme, shape, ground) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_free_stands_out_in_brightness_alone(scheme):
    """Its plate differs from every other state's by 3 to 1, so that no colour sense is needed."""
    for state in set(State) - {State.FREE}:
        assert contrast(scheme, State.FREE, state) >= 3
