"""Keys that make messages readable: they come from the people store or a file, and go nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sensors.resolving import Resolver


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What is needed to read encrypted adverts and changing addresses; never shown, never kept."""

    bind_keys: Mapping[str, bytes] = field(default_factory=dict)
    """BTHome: 16 bytes by address, 12 lower-case hex digits without colons."""
    resolving_keys: tuple[bytes, ...] = ()
    """Identity resolving keys (IRK), 16 bytes each, in either order."""
    _resolver: Resolver = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_resolver", Resolver(self.resolving_keys))

    def name_of(self, address: str) -> str:
        """The identity of the key that a changing address comes of; empty if none."""
        return self._resolver.name_of(address)

    def __repr__(self) -> str:
        """Counts alone, so that no log can tell a key.

        >>> Keys({"5448e68f80a5": b"0123456789abcdef"})
        Keys(1 bind keys, 0 resolving keys)
        """
        return f"Keys({len(self.bind_keys)} bind keys, {len(self.resolving_keys)} resolving keys)"


NO_KEYS = Keys()
