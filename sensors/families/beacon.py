"""Raw adverts and addresses as hex, as in logs of scanners: they have no topic and no RSSI."""

from sensors.families.advert import CUT_OFF, advert_in, bytes_written
from sensors.identity import is_changing
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason
from sensors.statement import Facts, Flag, Hearing, Statement, note, refusal

MAX_BYTES = 512


class BeaconFamily:
    """Whoever logged an advertisement."""

    name = "beacon"
    patterns: tuple[str, ...] = ()

    def hear(self, message: Message, _remembered: Facts, keys: Keys) -> Hearing:
        """What an advert says; never raises, changes nothing."""
        data = _bytes(message.payload)
        if data is None:
            return refusal(Reason.MALFORMED, "expected an advertisement as hex")
        if len(data) == 6:
            return _address(data.hex(), keys)
        found = advert_in(data)
        if found is CUT_OFF:
            return refusal(Reason.MALFORMED, found.what)
        if found is None:
            return note("an advert without an identity that can be told for sure")
        if not found.address:
            return note(f"{found.what}: it identifies nobody")
        return Hearing(statements=(_heard(found.address, found.reference_dbm, found.flags),))


def _bytes(payload: bytes) -> bytes | None:
    data = bytes_written(payload[: 4 * MAX_BYTES])
    if data is None:
        return payload if 6 <= len(payload) <= MAX_BYTES and not payload.isascii() else None
    return data if 3 <= len(data) <= MAX_BYTES else None


def _address(address: str, keys: Keys) -> Hearing:
    """An address alone: of a key that is known, one that changes, or one that stays a while."""
    name = keys.name_of(address)
    if name:
        return Hearing(statements=(_heard(name, None, ()),))
    flags: tuple[Flag, ...] = ("anonymous",) if is_changing(address) else ()
    return Hearing(statements=(_heard("" if flags else address, None, flags),))


def _heard(address: str, reference_dbm: float | None, flags: tuple[Flag, ...]) -> Statement:
    return Statement(
        "ble",
        "sighting",
        None,
        unit="dBm",
        address=address,
        reference_dbm=reference_dbm,
        flags=flags,
    )
