"""Strengths on a clock of one second: what each scanner heard of a tag in a window of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vrijplek.evaluation.events import RSSI, Events, Numbers
from vrijplek.evaluation.grid import NOWHERE, SLACK_S, Codes, RoomCodes
from vrijplek.evaluation.method import RoomChange
from vrijplek.evaluation.runs import changes
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.truth import Truth

STEP_S = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One tag on the clock; every matrix has a row for each second, a column for each scanner."""

    subject: str
    t_s: Numbers
    """Times of the clock; what is in row `n` was heard at or before `t_s[n]`."""
    mean_dbm: Numbers
    """Mean strength in the window, NaN where nothing was heard."""
    last_dbm: Numbers
    """The newest strength ever, NaN before the first."""
    age_s: Numbers
    """How long ago that was; infinite before the first."""

    def labels(self, truth: Truth, codes: RoomCodes) -> Codes:
        """Where the tag was at each time, 0 where that is not known."""
        found = np.full(len(self.t_s), NOWHERE, dtype=np.int64)
        for stay in truth.stays:
            if stay.subject == self.subject:
                inside = self.t_s >= stay.t0_s - SLACK_S
                found[inside & (self.t_s < stay.t1_s - SLACK_S)] = codes[stay.room]
        return found

    def told(self, rooms: Sequence[str], p: Numbers | None = None) -> Iterator[RoomChange]:
        """A row for each change of the room, given one at each time."""
        codes = RoomCodes()
        numbers = np.array([codes[room] for room in rooms], dtype=np.int64)
        for step in [0, *changes(numbers).tolist()]:
            sure = 1.0 if p is None else float(p[step])
            yield RoomChange(float(self.t_s[step]), self.subject, rooms[step], sure)


def scanners_of(sessions: Sequence[Session]) -> tuple[str, ...]:
    """The scanners that heard anything in some sessions, sorted."""
    heard_by = [one.events.source[one.events.type == RSSI] for one in sessions]
    return tuple(sorted({str(name) for sources in heard_by for name in np.unique(sources)}))


def heard(events: Events, scanners: Sequence[str], window_s: float) -> Iterator[Heard]:
    """Each tag on the clock, from the second in which it was first heard to the last event.

    Scanners that are not named are left out.
    """
    strengths = events.of_type(RSSI)
    strengths = strengths.where(np.isin(strengths.source, scanners))
    for subject in np.unique(strengths.subject):
        own = strengths.where(strengths.subject == subject)
        start_s, end_s = np.ceil(own.t_s[0]), np.ceil(events.t_s[-1])
        t_s = np.arange(start_s, end_s + STEP_S / 2, STEP_S)
        columns = [_column(own.where(own.source == name), t_s, window_s) for name in scanners]
        mean, last, age = np.array(columns).transpose(1, 2, 0)
        yield Heard(str(subject), t_s, mean, last, age)


def _column(own: Events, t_s: Numbers, window_s: float) -> tuple[Numbers, Numbers, Numbers]:
    """Mean in the window, newest and its age, of one scanner."""
    until = np.searchsorted(own.t_s, t_s, side="right")
    since = np.searchsorted(own.t_s, t_s - window_s, side="right")
    sums, count = np.r_[0.0, np.cumsum(own.value)], until - since
    mean = np.where(count > 0, (sums[until] - sums[since]) / np.maximum(count, 1), np.nan)
    values, times = np.r_[np.nan, own.value], np.r_[-np.inf, own.t_s]
    return mean, values[until], t_s - times[until]
