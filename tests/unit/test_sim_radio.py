"""The physics of simulated Bluetooth."""

from pathlib import Path

import numpy as np
import pytest

from firmware_sim.physics import Physics, UnknownFigureError
from firmware_sim.plan import Channel, read_plan
from firmware_sim.radio import MOST_HEARD, Air, WallMap

PLAN = read_plan(Path(__file__).parent.parent / "data" / "sim-office.yaml")
CALM = Physics(ble_shadow_db=0.0, ble_body_db=0.0)


def scanner(x, y, z=1.1):
    return Channel(f"b/{x}", "scanner", (x, y, z), (), 0.0)


def heard(physics, scanners, spot, seconds=400, tags=1):
    """Mean RSSI by scanner, and entries a tag and batch, of tags that stay at one spot."""
    air = Air(PLAN, scanners, physics, tags, np.random.default_rng(1))
    rows = np.arange(tags)
    x, y, floor = spot
    air.place(rows, np.full((tags, 2), (x, y)), np.full(tags, floor))
    found = {one.id: [] for one in scanners}
    addresses = [str(i) for i in rows]
    for second in range(seconds):
        air.hear(second * 1000, second * 1000 + 1000, np.ones(tags, dtype=bool))
        for batch in air.report(second, second * 1000 + 999, addresses):
            found[batch.sensor].append(batch)
    return found


def mean_dbm(batches):
    return np.mean([dbm for batch in batches for _, dbm, _ in batch.heard])


def test_the_level_falls_with_the_logarithm_of_the_distance():
    """Ten times as far is 27 dB weaker with the usual exponent, without walls between."""
    found = heard(CALM, [scanner(3, 8), scanner(12, 8)], (2, 8, 0))
    assert mean_dbm(found["b/3"]) - mean_dbm(found["b/12"]) == pytest.approx(27, abs=1.5)
    assert mean_dbm(found["b/3"]) == pytest.approx(-60, abs=2)


def test_walls_and_floors_take_their_share():
    """A wall of the plan takes 4 dB, a floor 15 dB."""
    walls = WallMap(PLAN, [scanner(18, 8), scanner(10, 8), scanner(10, 8, 5.0)], CALM)
    loss_db = walls.loss_db(np.array([[10.1, 8.1]]), np.array([0]))[0]
    assert loss_db.tolist() == [4.0, 0.0, 15.0]


def test_shadowing_keeps_its_spread_and_changes_slowly():
    """Shadowing has the spread asked for over many tags, and is alike from batch to batch."""
    air = Air(PLAN, [scanner(3, 8)], Physics(), 3000, np.random.default_rng(1))
    before = air._shadow_db.copy()
    for second in range(5):
        list(air.report(second, second * 1000, []))
    after = air._shadow_db
    assert after.std() == pytest.approx(4.0, rel=0.05)
    assert 0.9 < np.corrcoef(before.ravel(), after.ravel())[0, 1] < 0.995


def test_walking_changes_shadowing_sooner():
    """A tag that moved several metres has shadowing of its own again."""
    air = Air(PLAN, [scanner(3, 8)], Physics(), 3000, np.random.default_rng(1))
    before = air._shadow_db.copy()
    rows = np.arange(3000)
    for x in (2.0, 14.0):
        air.place(rows, np.full((3000, 2), (x, 8.0)), np.zeros(3000, dtype=int))
    for second in range(5):
        list(air.report(second, second * 1000, []))
    assert abs(np.corrcoef(before.ravel(), air._shadow_db.ravel())[0, 1]) < 0.1


def test_a_scanner_hears_part_of_the_adverts():
    """Between 30 and 60 percent of the adverts of a tag next to it are heard."""
    air = Air(PLAN, [scanner(3, 8)], CALM, 1, np.random.default_rng(5))
    air.place(np.array([0]), np.array([[2.0, 8.0]]), np.array([0]))
    adverts = 0
    for second in range(2000):
        air.hear(second * 1000, second * 1000 + 1000, np.ones(1, dtype=bool))
    adverts = int(air._count.sum())
    assert 0.28 * 1990 < adverts < 0.62 * 1990


def test_a_batch_names_each_tag_once_and_at_most_64():
    """However many tags there are, a message can hold the batch."""
    found = heard(CALM, [scanner(3, 8)], (2, 8, 0), seconds=20, tags=90)["b/3"]
    assert found
    for batch in found:
        addresses = [address for address, _, _ in batch.heard]
        assert len(addresses) == len(set(addresses)) <= MOST_HEARD


def test_nothing_weaker_than_the_sensitivity_is_heard():
    """Far tags are heard seldom, and never below what a scanner can receive."""
    near, far = scanner(3, 8), scanner(20, 8, 5.0)
    found = heard(Physics(), [near, far], (2, 8, 0))
    levels = [dbm for batches in found.values() for b in batches for _, dbm, _ in b.heard]
    assert min(levels) >= -95
    assert len(found[near.id]) > 4 * len(found[far.id])


def test_figures_are_set_by_name():
    """A figure that does not exist, or is no number, is refused with the names that do."""
    assert Physics().changed(["ble_wall_db=7"]).ble_wall_db == 7
    for wrong in ("walls=7", "ble_wall_db=thick", "ble_wall_db"):
        with pytest.raises(UnknownFigureError, match="ble_wall_db"):
            Physics().changed([wrong])
