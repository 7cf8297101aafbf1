"""A fixed timer: a room is in use from motion until some time after the last motion has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vrijplek.evaluation.events import PIR_OFF, PIR_ON, Events
from vrijplek.evaluation.method import Said, UseChange
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.motion_rooms import motion_rooms


@dataclass(frozen=True, slots=True)
class Timer:
    """One time for all rooms."""

    hold_s: float

    @property
    def name(self) -> str:
        """With the time that it holds."""
        return f"PIR, hold {self.hold_s:g} s"

    def learn(self, calibration: Sequence[Session]) -> "LearnedTimer":
        """Learns which room each sensor sees."""
        return LearnedTimer(self.hold_s, motion_rooms(calibration))


@dataclass(frozen=True, slots=True)
class LearnedTimer:
    """A time, and the room of each sensor."""

    hold_s: float
    rooms: dict[str, str]

    def replay(self, events: Events) -> Said:
        """Use of each room that has a sensor, from free at the first event on."""
        motion = events.of_type(PIR_ON, PIR_OFF)
        told: list[UseChange] = []
        for room in sorted(set(self.rooms.values())) if len(events) else ():
            sensors = [sensor for sensor, sees in self.rooms.items() if sees == room]
            told.append(UseChange(float(events.t_s[0]), room, occupied=False, p=0.0))
            for start_s, end_s in self.stretches(motion.where(np.isin(motion.source, sensors))):
                told.append(UseChange(start_s, room, occupied=True, p=1.0))
                if end_s < np.inf:
                    told.append(UseChange(end_s, room, occupied=False, p=0.0))
        return Said(uses=tuple(told))

    def stretches(self, motion: Events) -> list[tuple[float, float]]:
        """From when until when the room is in use; without end while motion is on.

        >>> from vrijplek.evaluation.events import Event
        >>> on, off = Event(5.0, "pir_on", "a", "", 1.0), Event(8.0, "pir_off", "a", "", 0.0)
        >>> LearnedTimer(30.0, {"a": "den"}).stretches(Events.of([on, off]))
        [(5.0, 38.0)]
        """
        found: list[tuple[float, float]] = []
        moving: set[str] = set()
        start_s, end_s = np.inf, -np.inf
        for row in motion.rows():
            if row.t_s > end_s and not moving and start_s < end_s:
                found.append((start_s, end_s))
                start_s = np.inf
            if row.type == PIR_ON:
                moving.add(row.source)
                start_s, end_s = min(start_s, row.t_s), row.t_s + self.hold_s
            elif row.source in moving:
                moving.remove(row.source)
                end_s = row.t_s + self.hold_s
        if start_s < np.inf:
            found.append((start_s, np.inf if moving else end_s))
        return found
