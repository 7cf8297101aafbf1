"""What would change the state of a space, in words for a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from occupancy.prospect import when

CAUSES = {
    "quiet": "nothing more happens",
    "motion": "motion at {source}",
    "stillness": "no motion at {source}",
    "presence": "somebody seen by {source}",
    "absence": "nobody seen by {source}",
    "people": "people counted by {source}",
    "nobody": "nobody counted by {source}",
    "open": "{source} opens",
    "closed": "{source} closes",
    "badge-comes": "a badge comes",
    "badge-leaves": "the badges leave",
    "next-door": "somebody comes next door",
    "silence": "{source} falls silent",
    "back": "{source} is heard again",
    "stale": "{source} measures no more",
}
"""What may come, by its cause."""
THEN = {
    "hour": "stays {state} for the next hour",
    "stays": "stays {state}",
    "at-once": "{state} at once",
    "seconds": "{state} after {n} s",
    "minutes": "{state} after {n} min",
}
"""What follows, by how its time is told."""


def prospect_table(outlook: Iterable[dict[str, Any]]) -> Table:
    """What may come and what follows, one row each, in the order given."""
    table = Table("if", "then", "probability", title="What would change it")
    for told in outlook:
        table.add_row(cause_said(told), then_said(told), f"{told['probability']:.2f}")
    return table


def cause_said(told: dict[str, Any]) -> str:
    """What may come.

    >>> cause_said({"cause": "motion", "source": "d1/pir-1"})
    'motion at d1/pir-1'
    """
    pattern: str = CAUSES.get(told["cause"], told["cause"])
    return pattern.format(source=told["source"] or "a sensor")


def then_said(told: dict[str, Any]) -> str:
    """What follows of it, and when.

    >>> then_said({"cause": "quiet", "afterS": 140, "state": "away"})
    'away after 2 min'
    """
    how, n = when(told["cause"], told["afterS"])
    return THEN[how].format(state=told["state"], n=n)
