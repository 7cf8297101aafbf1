"""The radio map: what calibration learned about places, as a value that can be kept.

Strengths are in dB relative to what the scanner expects at 1 m. Owns the numbers; how they came
about is `occupancy.learning`, what they are worth is the tracker.
"""

import msgspec


class JointMap(msgspec.Struct, frozen=True):
    """What scanners say of a place together: one normal distribution a place."""

    mean_db: list[list[float]]
    """Shape ``(places, scanners)``."""
    covariance_db2: list[list[float]]
    """Shared by all places, shape ``(scanners, scanners)``."""
    floor_db: list[float]
    """What a scanner that heard nothing counts as, shape ``(scanners,)``."""


class MotionMap(msgspec.Struct, frozen=True):
    """How often each motion channel starts while a tag is in each place."""

    channels: list[str]
    starts_per_s: list[list[float]]
    """Shape ``(channels, places)``."""


class RadioMap(msgspec.Struct, frozen=True):
    """Where a tag sounds how, and how people go from place to place."""

    places: list[str]
    scanners: list[str]
    owner: list[int]
    """Place of each point, shape ``(points,)``; the points of a place lie together."""
    share: list[float]
    """Part of its place that each point stands for, shape ``(points,)``."""
    strength_db: list[list[float]]
    """Shape ``(scanners, points)``."""
    heard: list[list[float]]
    """Chance to hear a tag within a second, shape ``(scanners, points)``."""
    leave_per_s: list[float]
    """Shape ``(places,)``."""
    goes: list[list[float]]
    """Where those who leave go, rows summing to 1, shape ``(places, places)``."""
    joint: JointMap
    motion: MotionMap | None = None
    tags: list[str] = msgspec.field(default_factory=list)
    """Tags that the map was made with: how strongly they send is known."""
    sureness: float = 1.0
    """The part of what is told by the map that is right, of stays that it did not learn."""
