"""The outlook: what would change the answer about a space, and when.

What may come is tried out on copies, so nothing changes by asking. Levels and badges are taken to
stay as they are, unless they are what is tried; a badge is a chance, never which.
"""

from contextlib import AbstractContextManager, nullcontext

from occupancy.estimator import Estimator
from occupancy.prospect import Prospect
from occupancy.trials import Trials

MOST_READINGS = 5
"""So many readings are told of."""


def outlook(
    estimator: Estimator, space_id: str, still: AbstractContextManager[object] | None = None
) -> tuple[Prospect, ...]:
    """What comes next if nothing is heard, then what else would change it.

    Args:
        estimator: Whose; not changed.
        space_id: Of which space.
        still: Within it the estimator stands still; held for the copy alone.

    Raises:
        KeyError: If there is no such space.
    """
    with still or nullcontext():
        trials = Trials(estimator, space_id)
    readings = trials.readings()[:MOST_READINGS]
    others = (*trials.badges(), *trials.next_door(), *trials.boards(), *trials.levels())
    return (*trials.quiet(), *readings, *others)
