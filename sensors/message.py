"""A message as it came from the broker."""

import msgspec


class Message(msgspec.Struct, frozen=True, gc=False):
    """Topic and bytes, and when they came."""

    topic: str
    payload: bytes
    received_ms: int
    """When the service received it, ms UTC, by its own clock."""
    retained: bool = False
    """Whether the broker had kept it: its true time is not known then."""
    fport: int | None = None
    """LoRaWAN port of bare application bytes, where a recording tells it."""
