"""Entries: what one message came to. This is what the journal keeps, never the bytes."""

import msgspec

from sensors.reading import AnyReading
from sensors.rejected import Rejected
from sensors.statement import Announced, Learned


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Which message of which boot this was, by the board's own count."""

    boot: str
    seq: int
    oldest: int
    """The lowest `seq` that the board still keeps."""
    up_ms: int
    """Milliseconds since boot when it was composed."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The readings of one message, with event times that are fixed from here on."""

    board: str
    received_ms: int
    readings: tuple[AnyReading, ...] = ()
    stamp: Stamp | None = None
    """None for families that do not count their messages."""
    learned: tuple[Learned, ...] = ()
    """What later messages of this device need in order to be understood."""


class Decoded(msgspec.Struct, frozen=True, gc=False):
    """What a decoder made of one message; all fields may be empty at once."""

    entry: Entry | None = None
    rejected: tuple[Rejected, ...] = ()
    duplicate: bool = False
    """The board sent it again; it counted the first time."""
    clock_off_ms: int = 0
    """How far the board's own clock is from the event time, where that is too far."""
    born: str = ""
    """The board that has just connected, where the message tells of that."""
    announced: tuple[Announced, ...] = ()
    """Devices, or channels of known ones, that may have no place in the building file."""
    noted: str = ""
    """Neither a reading nor an error: an inventory, a setting, a repeated state."""
