"""The live view: what is known of each space and each tag now.

The pipeline tells it what changed; the API reads it. Each entry is immutable and replaced as a
whole, so a reader on another thread sees the old one or the new one, never half of each. Evidence
and outlook are worked out when somebody asks; who gives them sees to it that belief stands still.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from occupancy.evidence import Evidence
from occupancy.prospect import Prospect
from occupancy.state import State
from occupancy.whereabouts import TIME_TO_LIVE_MS, Whereabouts
from sensors.tag import Tag


class Status(msgspec.Struct, frozen=True):
    """What is known of one space now."""

    space: str
    state: State
    since_ms: int | None
    """Since when this is the state, ms UTC; None where it was never known."""
    probability: float
    """That it is occupied, 0 to 1, in steps of 0.1 that do not flicker."""
    last_evidence_ms: int | None = None
    """When a sensor that sees it last spoke, ms UTC, rounded down to the minute."""


class LiveView:
    """The newest `Status` of each space and `Whereabouts` of each tag.

    Args:
        explain: Gives the evidence of a space as it weighs now, strongest first.
        outlook: Gives what would change its state.
    """

    def __init__(
        self,
        explain: Callable[[str], tuple[Evidence, ...]],
        outlook: Callable[[str], tuple[Prospect, ...]] = lambda _space: (),
    ) -> None:
        self._explain, self._outlook = explain, outlook
        self._spaces: dict[str, Status] = {}
        self._tags: Mapping[Tag, Whereabouts] = {}
        self._watchers: list[Callable[[tuple[Status, ...]], None]] = []
        self._doubted: dict[str, Status] | None = None
        self.revision = 0
        """Counts the changes of any space; the same revision means the same answers."""
        self.as_of_ms = 0
        """Event time up to which everything heard has been weighed, ms UTC."""

    @property
    def spaces(self) -> Mapping[str, Status]:
        """Status of each space by id; a window on the live data, not a copy."""
        return MappingProxyType(self._spaces if self._doubted is None else self._doubted)

    def explain(self, space: str) -> tuple[Evidence, ...]:
        """What speaks for and against the space being occupied now, strongest first."""
        return self._explain(space)

    def outlook(self, space: str) -> tuple[Prospect, ...]:
        """What would change the state of the space, and when; nothing while all is doubted."""
        return self._outlook(space) if self._doubted is None else ()

    def whereabouts(self, tag: Tag) -> Whereabouts | None:
        """Where a tag is, None when it was not heard within the time to live."""
        found = self._tags.get(tag)
        if found is None or self.as_of_ms - found.last_heard_ms > TIME_TO_LIVE_MS:
            return None
        return found

    def watch(self, watcher: Callable[[tuple[Status, ...]], None]) -> None:
        """Have ``watcher`` called with each set of changes, on the pipeline's thread."""
        self._watchers.append(watcher)

    def doubt(self, at_ms: int) -> None:
        """Show every space as unknown, because nothing is known to be weighed any more.

        A pipeline that hangs must not leave "free" on the screens. What it tells next ends the
        doubt.
        """
        if self._doubted is None:
            self._doubted = {
                key: msgspec.structs.replace(status, state=State.UNKNOWN, since_ms=at_ms)
                for key, status in self._spaces.items()
            }
            self._announce(tuple(self._doubted.values()))

    def tell(
        self,
        as_of_ms: int,
        changed: tuple[Status, ...],
        tags: Mapping[Tag, Whereabouts] | None = None,
    ) -> None:
        """Take over what the pipeline found out; called on its thread alone."""
        self.as_of_ms = as_of_ms
        if tags is not None:
            self._tags = dict(tags)
        self._spaces.update({status.space: status for status in changed})
        if self._doubted is not None:
            self._doubted = None
            changed = tuple(self._spaces.values())
        if changed:
            self._announce(changed)

    def _announce(self, changed: tuple[Status, ...]) -> None:
        self.revision += 1
        for watcher in self._watchers:
            watcher(changed)
