"""Worlds drawn by lot."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app
from firmware_sim.lot import drawn
from firmware_sim.physics import Physics
from firmware_sim.pir import Stillness
from firmware_sim.plan import read_plan
from firmware_sim.radio import Air
from firmware_sim.world import Scenario, World

DATA = Path(__file__).parent.parent / "data"
OFFICE = DATA / "world-office.yaml"
LAB = DATA / "sim-office.yaml"
MANY = [drawn(world) for world in range(300)]
START_MS = 1_763_863_200_000
RANGES = {
    "pir_gap_p95_s": (180, 900),
    "pir_false_per_h": (0, 2),
    "ble_shadow_db": (3, 8),
    "ble_tag_db": (2, 6),
    "ble_tag_share": (0.75, 1),
    "ble_dbm_at_1m": (-65, -55),
}


def asked(*words):
    """What a command of the simulator prints."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_number_stands_for_one_world():
    """The same number draws the same physics, another one draws another."""
    assert [drawn(world) for world in range(300)] == MANY
    assert len(set(MANY)) == len(MANY)


@pytest.mark.parametrize(("name", "bounds"), RANGES.items())
def test_figures_are_drawn_from_their_whole_range(name, bounds):
    """None lies outside its range, and all parts of the range come up."""
    low, high = bounds
    found = np.array([getattr(physics, name) for physics in MANY])
    assert found.min() >= low
    assert found.max() <= high
    counts, _ = np.histogram(found, bins=5, range=bounds)
    assert counts.min() > 0.1 * len(MANY)


def test_gaps_that_are_drawn_are_possible_ones():
    """There are phases of stillness for the mean and the percentile of every world."""
    for physics in MANY:
        assert Stillness.of(physics.pir_gap_mean_s, physics.pir_gap_p95_s).still_s > 0


def test_all_other_figures_are_the_usual_ones():
    """What is not drawn is as it is without a number."""
    usual = Physics()
    others = {field.name for field in fields(Physics)} - RANGES.keys() - {"pir_gap_mean_s"}
    assert len(others) > 10
    assert all(getattr(drawn(7), name) == getattr(usual, name) for name in others)


def test_tags_differ_in_power_by_as_much_as_asked():
    """At one spot the levels of many tags have the spread of their powers."""
    plan = read_plan(LAB)
    scanner = next(channel for channel in plan.channels if channel.kind == "scanner")
    rows = np.arange(2000)
    spread_db = []
    for tag_db in (0.0, 5.0):
        calm = Physics(ble_body_db=0.0, ble_tag_db=tag_db)
        air = Air(plan, [scanner], calm, len(rows), np.random.default_rng(1))
        air.place(rows, np.full((len(rows), 2), (2.0, 8.0)), np.zeros(len(rows), dtype=int))
        spread_db.append(air._mean_dbm.std())
    assert spread_db == [pytest.approx(0, abs=1e-9), pytest.approx(5, rel=0.05)]


def test_who_carries_no_tag_is_not_heard():
    """With a share of tags, some have no address, and only those with one are on the air."""
    some = Scenario(people=40, schedule="always", physics=Physics(ble_tag_share=0.5))
    world = World(read_plan(LAB), some, START_MS)
    tags = {who.address for who in world.people if who.address is not None}
    batches = [r for _ in range(120) for r in world.step().readings if hasattr(r, "heard")]
    heard = {address for batch in batches for address, _, _ in batch.heard}
    assert 8 < len(tags) < 32
    assert len(heard & tags) > 4
    assert "" not in heard


def test_everybody_else_stays_the_same_one():
    """Whether people carry tags changes neither their names nor the tags of those who do."""
    plan = read_plan(LAB)
    full = Scenario(people=40).roster(plan)
    part = Scenario(people=40, physics=Physics(ble_tag_share=0.5)).roster(plan)
    assert [who.name for who in full] == [who.name for who in part]
    pairs = zip(full, part, strict=True)
    assert all(few.address in {None, all_.address} for all_, few in pairs)


def test_the_world_takes_the_place_of_the_seed():
    """`--world` gives the same people as the seed of that number; some of them without a tag."""
    words = ("--building", str(OFFICE), "--people", "60")
    of_world = json.loads(asked("roster", *words, "--world", "9"))
    of_seed = json.loads(asked("roster", *words, "--seed", "9"))
    assert [who["name"] for who in of_world] == [who["name"] for who in of_seed]
    assert all(who["address"] for who in of_seed)
    assert json.loads(asked("figures", "--world", "9"))["ble_tag_share"] < 1


def test_a_figure_that_is_set_counts_more_than_the_drawn_one():
    """`--set` changes a drawn world, and without it the world is as it is drawn."""
    end_ms = str(START_MS + 4 * 3_600_000)
    words = ("dump", "--building", str(LAB), "--people", "0", "--start-ms", str(START_MS))
    words = (*words, "--until-ms", end_ms, "--world", "1")

    def motions(*more):
        return asked(*words, *more).count('"on":true,"up"')

    sensors = sum(channel.kind == "motion" for channel in read_plan(LAB).channels)
    expected = drawn(1).pir_false_per_h * 4 * sensors
    assert motions("--set", "pir_false_per_h=0") == 0
    assert motions() == pytest.approx(expected, rel=0.5)
