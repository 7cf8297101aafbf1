"""The events of one session in columns, and leaving some of them out.

Knows nothing of files or of truth.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RSSI, PIR_ON, PIR_OFF, BLE_COUNT, ENV = "rssi", "pir_on", "pir_off", "ble_count", "env:"
TYPES_OF = {"pir": (PIR_ON, PIR_OFF)}
"""Names that stand for several types at once; `env` stands for all that begin with `env:`."""

Texts = NDArray[np.str_]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Event(NamedTuple):
    """One row."""

    t_s: float
    type: str
    source: str
    subject: str
    value: float


@dataclass(frozen=True, slots=True)
class Events:
    """What the sensors of a session said, sorted by time; all columns are equally long."""

    t_s: Numbers
    """Seconds from the start of the session."""
    type: Texts
    """`rssi`, `pir_on`, `pir_off`, `ble_count`, or `env:` with a name."""
    source: Texts
    """The scanner or sensor."""
    subject: Texts
    """The tag of an `rssi`, else empty."""
    value: Numbers
    """dBm, a count, or the level in the unit of the source."""

    @classmethod
    def of(cls, rows: Sequence[Event]) -> "Events":
        """Columns from rows.

        >>> Events.of([Event(1.0, "rssi", "scanner", "tag", -70.0)]).value
        array([-70.])
        """
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(Event._fields)
        t_s, kinds, sources, subjects, values = columns
        return cls(
            np.array(t_s, dtype=np.float64),
            np.array(kinds, dtype=np.str_),
            np.array(sources, dtype=np.str_),
            np.array(subjects, dtype=np.str_),
            np.array(values, dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.t_s)

    def rows(self) -> Iterator[Event]:
        """The events one by one."""
        columns = (self.t_s, self.type, self.source, self.subject, self.value)
        return map(Event._make, zip(*(column.tolist() for column in columns), strict=True))

    def where(self, mask: Mask) -> "Events":
        """Those that a mask keeps."""
        columns = (self.t_s, self.type, self.source, self.subject, self.value)
        return Events(*(column[mask] for column in columns))  # type: ignore[arg-type]

    def of_type(self, *types: str) -> "Events":
        """Those of some types."""
        return self.where(np.isin(self.type, types))

    def named(self, name: str) -> Mask:
        """Which rows a name means: of a source, of a type, of `pir` or of `env`.

        >>> events = Events.of([Event(0.0, "env:co2", "desk", "", 400.0)])
        >>> [bool(events.named(name)[0]) for name in ("env", "env:co2", "desk", "pir")]
        [True, True, True, False]
        """
        of_type = np.isin(self.type, TYPES_OF.get(name, (name,)))
        if name == ENV.rstrip(":"):
            of_type |= np.char.startswith(self.type, ENV)
        named: Mask = of_type | (self.source == name)
        return named

    def without(self, names: Sequence[str]) -> "Events":
        """Those that none of the names means."""
        dropped = np.zeros(len(self), dtype=bool)
        for name in names:
            dropped |= self.named(name)
        return self.where(~dropped) if dropped.any() else self

    def unknown_types(self) -> Counter[str]:
        """How many events there are of types that nobody here understands."""
        return Counter(kind for kind in self.type.tolist() if not is_known(kind))


def is_known(kind: str) -> bool:
    """Whether a type of event has a meaning.

    >>> is_known("env:sound"), is_known("env:"), is_known("door")
    (True, False, False)
    """
    known = {RSSI, PIR_ON, PIR_OFF, BLE_COUNT}
    return kind in known or (kind.startswith(ENV) and kind != ENV)
