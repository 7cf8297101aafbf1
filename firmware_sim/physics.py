"""The figures of the simulated world that a test or a study may want to change.

Owns names, units and defaults. All defaults are our choice unless a source is given.
"""

from dataclasses import dataclass, fields, replace


class UnknownFigureError(ValueError):
    """Somebody set a figure that does not exist, or to no number."""

    def __init__(self, text: str) -> None:
        """Keep what was set."""
        self.text = text
        known = ", ".join(field.name for field in fields(Physics))
        super().__init__(f"found {text!r}, expected NAME=NUMBER with a name of: {known}")


@dataclass(frozen=True, slots=True)
class Physics:
    """How sensors, radio and boards behave."""

    pir_gap_mean_s: float = 45.0
    """Mean time between movements of a seated person that a sensor sees."""
    pir_gap_p95_s: float = 180.0
    """95th percentile of that time."""
    pir_dead_s: float = 2.0
    """How long a motion sensor is deaf after its hold.

    Source: HC-SR501 data sheet gives 2.5 s, AM312 about 2 s.
    """
    pir_false_per_h: float = 0.2
    """Triggers without anybody, for each sensor."""
    pir_spill: float = 0.02
    """How likely a movement right beside another desk triggers that desk's sensor."""
    pir_spill_m: float = 1.5
    """Distance at which that has fallen to nothing."""
    pir_passing: float = 0.02
    """How likely a walker within a metre triggers a desk's sensor, each second."""
    ble_dbm_at_1m: float = -59.0
    """Source: the calibrated power usual for iBeacon tags."""
    ble_exponent: float = 2.7
    """Path-loss exponent.

    Source: 2 in free space, 2.5 to 3.5 in furnished offices (Rappaport, Wireless Communications,
    table 4.2).
    """
    ble_wall_db: float = 4.0
    ble_floor_db: float = 15.0
    """Source: ITU-R P.1238 gives 15 dB for one floor of an office at 1.9 GHz, 14 at 2.4 GHz."""
    ble_shadow_db: float = 4.0
    """Standard deviation of slow shadowing for a tag and a scanner."""
    ble_shadow_s: float = 180.0
    """Time after which the shadowing of somebody who sits has changed."""
    ble_shadow_m: float = 3.0
    """Way after which the shadowing of somebody who walks has changed."""
    ble_body_db: float = 8.0
    """What the wearer's body takes away from a scanner right behind it."""
    ble_floor_dbm: float = -95.0
    """Sensitivity of a scanner."""
    ble_tag_db: float = 0.0
    """Standard deviation of the power of the tags around `ble_dbm_at_1m`."""
    ble_tag_share: float = 1.0
    """Part of the people who carry a tag."""
    ble_interval_ms: float = 1000.0
    ble_jitter_ms: float = 10.0
    """Source: Bluetooth Core 5.4, Vol 6, Part B, 4.4.2.2.1: advDelay of 0 to 10 ms."""
    ble_batch_s: float = 5.0
    """How often a scanner reports."""
    reboots_per_week: float = 1.0
    """Unplanned reboots of each board."""
    clock_share: float = 0.5
    """Part of the boards that learn the time some while after boot and send it."""

    def changed(self, settings: list[str]) -> "Physics":
        """The same world with some figures set, each as ``NAME=NUMBER``.

        Raises:
            UnknownFigureError: If a name or a number is wrong.

        >>> Physics().changed(["pir_spill=0"]).pir_spill
        0.0
        """
        found: dict[str, float] = {}
        for text in settings:
            name, _, number = text.partition("=")
            if name not in {field.name for field in fields(self)}:
                raise UnknownFigureError(text)
            try:
                found[name] = float(number)
            except ValueError as error:
                raise UnknownFigureError(text) from error
        return replace(self, **found)
