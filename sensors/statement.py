"""What a device of somebody else's making said, before it is known where that device stands.

Families *hear*: they turn topic and bytes into statements, by the documents of their makers alone.
`sensors.placing` then *places* them: by the building file, as readings (decision 0022).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from sensors.rejected import Reason

Kind = Literal["motion", "presence", "sighting", "count", "level", "contact", "button", "binary"]
"""`binary` is a yes or no whose meaning only a mapping can tell: a switch, an input."""
Flag = Literal["retained", "repeated", "history", "late", "shared", "anonymous", "clock_off"]


class Statement(msgspec.Struct, frozen=True, gc=False):
    """One thing that was said."""

    channel: str
    """Below the device, in its own spelling: `occupancy`, `presencezone:200`, `LD2410/presence`."""
    kind: Kind
    value: bool | float | str | None
    """A level's or count's number, a button's name, dBm of a sighting; None: the device tells that
    it does not know."""
    quantity: str = ""
    """Of a level: `co2`, `light`, `temperature`, `humidity`, `distance`, ..."""
    unit: str = ""
    event_ms: int | None = None
    """When it happened, ms UTC, where the device tells it believably; None: when received."""
    device: str = ""
    """Who said it where that is not the hearing's device: a sensor behind a gateway."""
    address: str = ""
    """Of a sighting: the identity that was heard, in one spelling."""
    reference_dbm: float | None = None
    """Of a sighting: what is expected at 1 m, where it is told."""
    distance_m: float | None = None
    """Of a sighting: what the scanner reckons. It is shown, and places nobody: scanners differ."""
    held_s: float | None = None
    """The hold that the device has applied already, where known."""
    flags: tuple[Flag, ...] = ()


Facts = Mapping[str, str]
"""What was learned of devices so far, by key: all that a family needs to know besides a message."""


class Learned(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A fact that later messages need in order to be understood; never a key or a person's address.

    It goes into the journal with the entry, so that a restart knows it too.
    """

    key: str
    """Begins with the family's name: `shelly/hall-gw/bthomesensor:201`."""
    value: str
    """Empty: forget it."""


class Announced(msgspec.Struct, frozen=True):
    """A device that somebody's inventory or discovery tells of."""

    family: str
    device: str
    """Its wire name, as a mapping would spell it."""
    channels: tuple[tuple[str, str], ...] = ()
    """Channel and kind."""
    model: str = ""
    board: str = ""
    """That it is in the building file, where these channels have no place there; empty if none."""
    heard: bool = False
    """Whether it has just spoken; not where an inventory tells of it, or the broker had kept it."""


class Hearing(msgspec.Struct, frozen=True, gc=False):
    """What one message came to."""

    device: str = ""
    """The wire name of who spoke: what a building file's `device:` names."""
    statements: tuple[Statement, ...] = ()
    alive: bool = True
    """Whether the message shows that the device lives now (a retained one never does)."""
    every_s: float | None = None
    """It speaks again within this time, where its family promises that."""
    gone: bool = False
    """The device said goodbye, or the broker or a bridge did in its name."""
    gone_below: str = ""
    """All devices whose wire name begins so are gone: a bridge that fell silent; `*` is all."""
    also_gone: tuple[str, ...] = ()
    """Others that are gone with the device: those that announced the same availability."""
    noted: str = ""
    """Why it is neither a reading nor an error: an inventory, a setting, a command."""
    repeated: bool = False
    """The same message came before, perhaps by another gateway."""
    refused: Reason | None = None
    detail: str = ""
    """With a refusal: what was found and what was expected, without anybody's address or key."""
    learned: tuple[Learned, ...] = ()
    announced: tuple[Announced, ...] = ()


def refusal(reason: Reason, detail: str, device: str = "") -> Hearing:
    """A message that does not count."""
    return Hearing(device=device, refused=reason, detail=detail)


def note(why: str, device: str = "", *, alive: bool = False) -> Hearing:
    """A message that is neither a reading nor an error."""
    return Hearing(device=device, noted=why, alive=alive)
