"""A session to replay: its events alone, and which of them are left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vrijplek.errors import UsageError
from vrijplek.evaluation.events import ENV, TYPES_OF, Events
from vrijplek.evaluation.session import read_events, session_name


@dataclass(frozen=True, slots=True)
class Replay:
    """What a method gets to see of a session, and where the rest of it lies."""

    name: str
    folder: Path
    events: Events
    last_event_s: float
    """Of all events, those that were left out too: until then a session is scored."""


def read_replay(folder: Path) -> Replay:
    """A session without its truth.

    Raises:
        FileProblemsError: If its events are no table of events.
    """
    events = read_events(folder)
    last_s = float(events.t_s[-1]) if len(events) else 0.0
    return Replay(session_name(folder), folder, events, last_s)


def left_out(replays: Sequence[Replay], names: Sequence[str]) -> tuple[Replay, ...]:
    """The same sessions without some sources or types.

    Raises:
        UsageError: If a name means no event of any session.
    """
    for name in names:
        if not any(replay.events.named(name).any() for replay in replays):
            raise UsageError(f"--without: found {name!r}, expected one of {_names(replays)}")
    return tuple(replace(replay, events=replay.events.without(names)) for replay in replays)


def _names(replays: Sequence[Replay]) -> str:
    """All that can be left out: groups of types, types, sources."""
    types = {str(kind) for replay in replays for kind in np.unique(replay.events.type)}
    groups = {name for name, members in TYPES_OF.items() if types.intersection(members)}
    if any(kind.startswith(ENV) for kind in types):
        groups.add(ENV.rstrip(":"))
    sources = {str(source) for replay in replays for source in np.unique(replay.events.source)}
    return ", ".join([*sorted(groups), *sorted(types), *sorted(sources)])
