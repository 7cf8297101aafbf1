"""What came of a fault, and the table of all that a run injected."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

HEAD = (
    "| fault | seeds | times | messages | lost | lost in silence | invented | twice"
    " | right again, s |\n|---|---|---|---|---|---|---|---|---|"
)
PROPERTY = "fault"
"""The name under which a test hands its outcome to whoever reports."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault with one seed."""

    fault: str
    seed: int
    times: int
    """How often it was injected."""
    messages: int
    """How many the boards composed."""
    zeros: tuple[int, int, int, int]
    """Lost, lost in silence, invented, twice."""
    right_s: float
    """From the end of the fault until all was durable and all states were right."""

    def plain(self) -> dict[str, object]:
        """As it passes between processes."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict) -> "Outcome":
        """What `plain` gave."""
        return cls(**plain | {"zeros": tuple(plain["zeros"])})


def words(test: str) -> str:
    """The fault that a test is about, from its name.

    >>> words("test_a_broker_that_is_frozen[seed7]"), words("test_a_crash[seed1-heard]")
    ('a broker that is frozen', 'a crash: heard')
    """
    name, _, parameters = test.removeprefix("test_").partition("[")
    told = re.sub(r"seed\d+-?", "", parameters.rstrip("]"))
    return name.replace("_", " ") + (f": {told}" if told else "")


def table(outcomes: Iterable[Outcome]) -> str:
    """A line for each fault, over all its seeds: sums, and the worst time."""
    by_fault: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_fault.setdefault(outcome.fault, []).append(outcome)
    return "\n".join((HEAD, *(_line(fault, found) for fault, found in sorted(by_fault.items()))))


def _line(fault: str, found: Sequence[Outcome]) -> str:
    zeros = (str(sum(column)) for column in zip(*(o.zeros for o in found), strict=True))
    cells = (
        fault,
        str(len({outcome.seed for outcome in found})),
        f"{sum(outcome.times for outcome in found):,}",
        f"{sum(outcome.messages for outcome in found):,}",
        *zeros,
        f"{max(outcome.right_s for outcome in found):.1f}",
    )
    return f"| {' | '.join(cells)} |"
