"""docs/inference.md gives the numbers of the code."""

import re
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import msgspec
import pytest

import occupancy
import occupancy.learning
from occupancy.hearing import Errors
from occupancy.rates import Habits, Rates
from occupancy.thresholds import Thresholds

WORDS = (Path(__file__).parents[2] / "docs" / "inference.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([\w.]+\.\w+)` \| ([^|]+) \|", WORDS, re.MULTILINE)
SILENT_MODULES = {
    "aggregate", "calibration", "closing", "history", "rollup", "suppression", "view",
    "working_hours", "learning.advice", "learning.report", "learning.told_apart",
    "learning.windows",
}  # fmt: skip
"""Modules that infer nothing; the document tells some of their numbers all the same."""
CODES = {
    "answers.NOWHERE", "belief.NOBODY", "belief.MOVING", "belief.STILL", "decision.AWAY",
    "decision.FREE", "decision.OCCUPIED", "decision.UNKNOWN", "estimator.MINUTE_MS",
    "excerpt.ONLY",
    "learning.bins.BUSY", "learning.bins.UNKNOWN", "learning.bins.VACANT",
    "learning.recording.NOWHERE", "rows.GROWTH", "rows.WIDE", "geometry.CHUNK",
    "tracker.CHUNK", "watch.OFF", "watch.ON", "watch.SILENT",
}  # fmt: skip
"""Names for values rather than numbers of the model, and sizes of arrays."""


def modules():
    """All modules that may hold a number of the model, by name below `occupancy`."""
    for package, prefix in ((occupancy, ""), (occupancy.learning, "learning.")):
        for found in iter_modules(package.__path__):
            if not found.ispkg and prefix + found.name not in SILENT_MODULES:
                yield prefix + found.name


def assigned(module):
    """Names that a module itself gives to something, those it imports left out."""
    source = Path(import_module(f"occupancy.{module}").__file__).read_text(encoding="utf-8")
    for line in re.findall(r"^([A-Z][A-Z0-9_, ]*) = ", source, re.MULTILINE):
        yield from line.split(", ")


def fields(name, value):
    """The numbers in a value, by name."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield name
    elif isinstance(value, Rates | Habits):
        known = msgspec.structs.asdict(value)
        yield from (f"{name}.{field}" for field, told in known.items() if told)
    elif isinstance(value, Errors):
        yield from (f"{name}.{field}" for field in Errors.__slots__ if getattr(value, field))


def numbers():
    """Every number of the model that the document must tell."""
    found = {f"Thresholds.{name}" for name in Thresholds.__slots__}
    for module in modules():
        home = import_module(f"occupancy.{module}")
        for name in assigned(module):
            found.update(fields(f"{module}.{name}", getattr(home, name)))
    return sorted(name for name in found - CODES)


def value_of(name):
    """The number, or the three, that the code uses under a name of the document."""
    owner, _, rest = name.partition(".")
    if owner == "learning":
        module, _, rest = rest.partition(".")
        owner = f"learning.{module}"
    value = Thresholds() if owner == "Thresholds" else import_module(f"occupancy.{owner}")
    for part in rest.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize(("name", "told"), ROWS)
def test_numbers_are_those_of_the_code(name, told):
    """A number in a table is the one that the code uses."""
    numbers_told = [float(Fraction(part)) for part in told.split(", ")]
    value = value_of(name)

    assert list(value if isinstance(value, tuple) else [value]) == pytest.approx(numbers_told)


@pytest.mark.parametrize("name", numbers())
def test_every_number_of_the_model_is_told(name):
    """No rate, no threshold, no prior and no limit is left out of the tables."""
    assert name in {told for told, _ in ROWS}


def test_the_rule_looks_at_something():
    """Numbers of several parts are found, and no code is a number that is gone."""
    found = set(numbers())
    assert {"radio.EXPONENT", "rates.MOTION.start_per_s", "ground.MAP_ERRORS.spread_db"} <= found
    assert {"Thresholds.free", "rates.DESK.enter_per_s", "learning.walks.NEAR_DB"} <= found
    assert all(isinstance(value_of(name), int) for name in CODES)
