"""Readings: what one sensor said at one event time.

Owns the nouns of sensing. Knows no topic, no space and no clock.
"""

from collections.abc import Mapping

import msgspec

from sensors.tag import Tag


class Reading(msgspec.Struct, frozen=True, tag_field="kind", gc=False, forbid_unknown_fields=True):
    """What all readings have."""

    sensor: str
    """`<board>/<channel>`; of a heartbeat and a goodbye, the board alone."""
    event_ms: int
    """When it happened, ms UTC."""


class Motion(Reading, frozen=True, tag="motion", gc=False):
    """An edge of a passive infrared sensor. Off means no more motion, not nobody."""

    on: bool


class Presence(Reading, frozen=True, tag="presence", gc=False):
    """Somebody, as a device says that holds by itself: mmWave, seat or desk sensor."""

    present: bool


class Sighting(Reading, frozen=True, tag="sighting", gc=False):
    """A scanner heard a tag."""

    tag: Tag
    rssi_dbm: float
    """Received signal strength."""
    reference_dbm: float | None = None
    """What the scanner expects at 1 m, where it says so."""


class Count(Reading, frozen=True, tag="count", gc=False):
    """How many people a device sees at once."""

    count: int


class Level(Reading, frozen=True, tag="level", gc=False):
    """A measured quantity: CO2, light, sound, power."""

    quantity: str
    value: float
    unit: str


class Contact(Reading, frozen=True, tag="contact", gc=False):
    """A door or a window."""

    open: bool


class Heartbeat(Reading, frozen=True, tag="heartbeat", gc=False):
    """A board lives."""

    every_s: float
    """The next beat comes within this time."""


class Offline(Reading, frozen=True, tag="offline", gc=False):
    """A board said goodbye, or the broker did in its name."""


AnyReading = Motion | Presence | Sighting | Count | Level | Contact | Heartbeat | Offline
LEVELS: Mapping[str, type[Motion] | type[Presence] | type[Contact]] = {
    "motion": Motion,
    "presence": Presence,
    "contact": Contact,
}
"""What is on or off, by the kind in the building file."""
