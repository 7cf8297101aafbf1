"""What became of one recorded message, ready to be printed."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One reading, in the words of the output."""

    kind: str
    sensor: str
    value: object
    space: str | None = None
    quantity: str = ""
    unit: str = ""
    event_ms: int | None = None
    flags: tuple[str, ...] = ()
    tag: str = ""
    held_s: float | None = None
    reference_dbm: float | None = None
    distance_m: float | None = None
    is_placed: bool = True
    """False where a building file was given that has no sensor for what needs one."""

    def as_json(self) -> dict[str, object]:
        """The keys that always stand, then those that say something here."""
        when = None if self.event_ms is None else rfc3339(self.event_ms)
        told: dict[str, object] = {
            "kind": self.kind,
            "sensor": self.sensor,
            "space": self.space,
            "value": self.value,
            "unit": self.unit or None,
            "event_time": when,
            "event_ms": self.event_ms,
            "flags": [*self.flags, *(() if self.is_placed else ("unplaced",))],
        }
        more = {
            "quantity": self.quantity,
            "tag": self.tag,
            "held_s": self.held_s,
            "reference_dbm": self.reference_dbm,
            "distance_m": self.distance_m,
        }
        return told | {key: value for key, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one line came to: readings, or a refusal, or a note; of our own format perhaps two."""

    line: int
    family: str = ""
    is_guess: bool = False
    readings: tuple[Told, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    """Reason and detail."""
    noted: str = ""
    announced: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    """Devices that an inventory tells of: family, wire name, channels and their kinds."""
    device: str = ""
    """Wire name of who spoke, where it is known."""
    at_ms: int | None = None
    """When it was recorded."""

    def as_json(self) -> dict[str, object]:
        """One object: `line`, then what there is of `readings`, `rejected`, `noted`."""
        told: dict[str, object] = {"line": self.line}
        if self.family:
            told["family"] = self.family
        if self.is_guess:
            told["guessed"] = True
        if self.readings:
            told["readings"] = [reading.as_json() for reading in self.readings]
        if self.rejected:
            reason, detail = self.rejected[0]
            told["rejected"] = {"reason": reason, "detail": detail}
        if len(self.rejected) > 1:
            told["also_rejected"] = [{"reason": r, "detail": d} for r, d in self.rejected[1:]]
        if self.noted and not self.readings and not self.rejected:
            told["noted"] = self.noted
        if self.announced:
            told["devices"] = [device for _, device, _ in self.announced]
        if len(told) == 1 + bool(self.family) + self.is_guess:
            told["noted"] = "a sign of life"
        return told


def rfc3339(at_ms: int) -> str:
    """A time for people and machines.

    >>> rfc3339(1_725_724_481_147)
    '2024-09-07T15:54:41.147Z'
    """
    when = datetime.fromtimestamp(at_ms / 1000, UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
