"""docs/inference.md gives the numbers of the code."""

import re
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest

from occupancy.likelihood import Likelihood, Thresholds

WORDS = (Path(__file__).parents[2] / "docs" / "inference.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)\.(\w+)` \| (\S+) \|", WORDS, re.MULTILINE)
MODELS = {"Likelihood": Likelihood, "Thresholds": Thresholds}


@pytest.mark.parametrize(("owner", "name", "told"), ROWS)
def test_numbers_are_those_of_the_code(owner, name, told):
    """A number in a table is the one that the code uses."""
    home = MODELS[owner]() if owner in MODELS else import_module(f"occupancy.{owner}")

    assert getattr(home, name) == pytest.approx(float(Fraction(told)))


@pytest.mark.parametrize("model", MODELS)
def test_every_number_of_the_model_is_told(model):
    """No likelihood and no threshold is left out of the tables."""
    told = {name for owner, name, _ in ROWS if owner == model}

    assert told == set(MODELS[model].__slots__)
