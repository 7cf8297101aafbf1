"""Strangers: boards and channels that speak our own format and are not in the building file."""

import msgspec

from sensors.families.own import wire
from sensors.identity import has_address
from sensors.statement import Announced

FAMILY = "vrijplek"
KINDS = {
    wire.SaidMotion: "motion",
    wire.SaidPresence: "presence",
    wire.SaidSightings: "sighting",
    wire.SaidCount: "count",
    wire.SaidLevel: "level",
    wire.SaidContact: "contact",
}
"""What a channel is that says such a thing."""
_readings = msgspec.json.Decoder(wire.Readings)


def channels_in(payload: bytes) -> dict[str, str]:
    """The channels that a message speaks of and their kinds; a heartbeat's levels may be any.

    One that is called by an address is left out: it may be that of a tag.

    >>> sent = b'{"boot":"b","seq":0,"oldest":0,"up":1,"readings":[%s]}'
    >>> channels_in(sent % b'{"kind":"motion","sensor":"pir-1","on":true}')
    {'pir-1': 'motion'}
    >>> channels_in(sent % b'{"kind":"heartbeat","every_s":30,"on":{"radar":true}}')
    {'radar': 'binary'}
    """
    try:
        said = _readings.decode(payload) if len(payload) <= wire.MAX_BYTES else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = None
    found: dict[str, str] = {}
    for part in said.readings if said else ():
        if isinstance(part, wire.SaidHeartbeat):
            found = dict.fromkeys(part.on, "binary") | found
        else:
            found[part.sensor] = KINDS[type(part)]
    return {channel: kind for channel, kind in found.items() if not has_address(channel)}


def stranger(board: str, payload: bytes, *, retained: bool) -> Announced:
    """A board of which the building file knows nothing."""
    return Announced(FAMILY, board, tuple(channels_in(payload).items()), heard=not retained)
