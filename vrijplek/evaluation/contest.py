"""Methods side by side: all learn the same sessions and replay the same events."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vrijplek.evaluation.change_log import thinned
from vrijplek.evaluation.method import Learned, Method, Said
from vrijplek.evaluation.replayed import Replay
from vrijplek.evaluation.session import Session

Tell = Callable[[str], None]
"""Called with what has just been done, once for each step."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one method said of each session; the rows as they are written and scored."""

    method: str
    said: dict[str, Said]
    """By the name of the session."""

    @property
    def tells_rooms(self) -> bool:
        """Whether it said of any tag where it is."""
        return any(row.room for said in self.said.values() for row in said.rooms)

    @property
    def tells_use(self) -> bool:
        """Whether it said of any room if it is in use."""
        return any(said.uses for said in self.said.values())


def steps(methods: Sequence[Method], replays: Sequence[Replay]) -> int:
    """How many steps a contest takes: for each method learning and each session."""
    return len(methods) * (1 + len(replays))


def contest(
    methods: Sequence[Method],
    calibration: Sequence[Session],
    replays: Sequence[Replay],
    tell: Tell = lambda _done: None,
) -> tuple[Trial, ...]:
    """The trial of each method, in order."""
    return tuple(trial(method, calibration, replays, tell) for method in methods)


def trial(
    method: Method, calibration: Sequence[Session], replays: Sequence[Replay], tell: Tell
) -> Trial:
    """One method learns the site once, then replays each session with empty beliefs."""
    learned = method.learn(calibration)
    tell(f"{method.name}: learned")
    return answers(method.name, learned, replays, tell)


def answers(method: str, learned: Learned, replays: Sequence[Replay], tell: Tell) -> Trial:
    """What a method that has learned a site says of some sessions."""
    said = {}
    for replay in replays:
        said[replay.name] = thinned(learned.replay(replay.events))
        tell(f"{method}: {replay.name}")
    return Trial(method, said)


def notes_of(trial: Trial) -> tuple[str, ...]:
    """What a method has to say to the user; the same note of several sessions once."""
    counts = Counter(note for said in trial.said.values() for note in dict.fromkeys(said.notes))
    return tuple(
        f"{note} ({count} sessions)" if count > 1 else note for note, count in counts.items()
    )


def unknown_types(calibration: Sequence[Session], replays: Sequence[Replay]) -> tuple[str, ...]:
    """A note for each type of event that nobody understands."""
    counts: Counter[str] = Counter()
    for events in [one.events for one in calibration] + [one.events for one in replays]:
        counts += events.unknown_types()
    return tuple(
        f"{count} events of the unknown type {kind!r} were left out"
        for kind, count in sorted(counts.items())
    )
