"""Physics drawn by lot: what makes the sensors of one world better or worse than those of another.

Owns the ranges. A service that is judged on such worlds never learns what was drawn for them.
"""

from dataclasses import replace

from firmware_sim.people import seeded
from firmware_sim.physics import Physics

PURPOSE = "physics"
MINUTE_S = 60.0


def drawn(world: int) -> Physics:
    """The physics of a world, the same for the same number.

    A seated person is the harder to see the longer the gaps are, an empty desk the more false
    triggers there are. All other figures are the usual ones. All ranges are our choice.

    >>> drawn(3) == drawn(3), drawn(3) == drawn(4)
    (True, False)
    """
    chance = seeded(world, PURPOSE)
    p95_s = MINUTE_S * float(chance.uniform(3.0, 15.0))
    physics = Physics(
        pir_gap_p95_s=p95_s,
        pir_gap_mean_s=p95_s / float(chance.uniform(3.4, 4.6)),
        pir_false_per_h=float(chance.uniform(0.0, 2.0)),
        ble_shadow_db=float(chance.uniform(3.0, 8.0)),
        ble_tag_db=float(chance.uniform(2.0, 6.0)),
        ble_tag_share=float(chance.uniform(0.75, 1.0)),
    )
    power_dbm = physics.ble_dbm_at_1m + float(chance.uniform(-6.0, 4.0))
    return replace(physics, ble_dbm_at_1m=power_dbm)
