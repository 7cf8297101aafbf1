"""A parcel: a batch on its way, and how it is cut up when the store won't have it whole.

Owns the search for the points that a store refuses. Pure: what the store said is an argument.
"""

from collections import deque
from collections.abc import Sequence

from ingest.outbox import Item

Part = tuple[Item, ...]
MOST_SUSPECTS = 8
"""So many points refused one by one, and none taken: then it is the store, not the points."""


class Parcel:
    """Parts that are still to be sent, in order until one is refused.

    >>> parcel = Parcel([Item(i, None) for i in range(4)])
    >>> parcel.refused("one of them is bad")
    >>> [item.id for item in parcel.part], len(parcel.parts)
    ([0, 1], 2)
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self.parts: deque[Part] = deque([tuple(items)] if items else [])
        self.suspects: list[tuple[Item, str]] = []
        """Values refused one by one, with what the store said."""
        self.any_taken = False

    @property
    def part(self) -> Part:
        """What to send next; empty when nothing is left."""
        return self.parts[0] if self.parts else ()

    @property
    def is_hopeless(self) -> bool:
        """Whether the store refuses whatever it is sent, so that no point is to blame."""
        return len(self.suspects) >= MOST_SUSPECTS and not self.any_taken

    def taken(self) -> Part:
        """The store has the part; what that was, empty where nothing was left."""
        self.any_taken = True
        return self.parts.popleft() if self.parts else ()

    def refused(self, why: str) -> None:
        """The store won't have something in the part: halve it, or suspect what stands alone.

        Halves go behind what waits, so that larger parts are tried before single points.
        """
        part = self.parts.popleft()
        if len(part) == 1:
            self.suspects.append((part[0], why))
        else:
            self.parts.extend(_halves(part))

    def too_large(self, why: str) -> None:
        """The store will have the part in halves, and a single point never."""
        if len(self.part) == 1:
            self.refused(why)
        else:
            self.parts.extendleft(reversed(_halves(self.parts.popleft())))

    def convicted(self) -> list[tuple[Item, str]]:
        """Suspects that are to be set aside, once: when another was taken, or all is tried."""
        if not self.any_taken and self.parts:
            return []
        found, self.suspects = self.suspects, []
        return found


def _halves(part: Part) -> tuple[Part, Part]:
    middle = len(part) // 2
    return part[:middle], part[middle:]
