"""Bluetooth in the building: which scanner hears which tag how loudly.

Owns path loss, walls, floors, shadowing, bodies, fading and what scanners miss. Knows tags as rows
and addresses, not as persons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firmware_sim.geometry import Floats, crossings, edges
from firmware_sim.physics import Physics
from firmware_sim.plan import Channel, Plan

CELL_M = 0.5
TAG_HEIGHT_M = 1.1
MOST_HEARD = 64
"""Entries in one message of the wire format."""
OUT_OF_REACH_DB = 9.0
"""Fading never lifts a signal by more than this above its mean."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one scanner heard since it last reported: address, RSSI in dBm, time of the last."""

    at_ms: int
    sensor: str
    heard: tuple[tuple[str, int, int], ...]


class WallMap:
    """What walls and floors take away, for each scanner and each cell of each floor."""

    def __init__(self, plan: Plan, scanners: Sequence[Channel], physics: Physics) -> None:
        """Count once which walls lie between every cell and every scanner."""
        corners = np.array([c for place in plan.places for c in place.outline] or [(0.0, 0.0)])
        self._origin = corners.min(axis=0)
        self._shape = np.maximum(1, np.ceil(np.ptp(corners, axis=0) / CELL_M)).astype(int)
        columns, rows = np.meshgrid(*(np.arange(n) for n in self._shape), indexing="ij")
        cells = np.stack([columns.ravel(), rows.ravel()], axis=1)
        points = self._origin + (cells + 0.5) * CELL_M
        self._loss_db = np.zeros((len(plan.floors), len(points), len(scanners)))
        for floor in range(len(plan.floors)):
            walls = _walls(plan, floor)
            for i, scanner in enumerate(scanners):
                x, y, z = scanner.at or (0.0, 0.0, 0.0)
                apart = abs(plan.floor_at(z) - floor)
                between = crossings(points, (x, y), walls) if apart == 0 else 0.0
                loss_db = physics.ble_wall_db * between + physics.ble_floor_db * apart
                self._loss_db[floor, :, i] = loss_db

    def loss_db(self, xy: Floats, floor: NDArray[np.int64]) -> Floats:
        """Loss from points to all scanners, shape ``(points, scanners)``."""
        cells = ((xy - self._origin) / CELL_M).astype(int).clip(0, self._shape - 1)
        found = self._loss_db[floor, cells[:, 0] * self._shape[1] + cells[:, 1]]
        return np.asarray(found, dtype=np.float64)


def _walls(plan: Plan, floor: int) -> Floats:
    """The sides of all rooms on a floor, each once, shape ``(walls, 4)``."""
    rooms = [room for room in plan.of_kind("room") if plan.floor_index[room.id] == floor]
    sides = {tuple(sorted(side)) for room in rooms for side in edges(room.outline)}
    return np.array([(*one, *two) for one, two in sorted(sides)]).reshape(-1, 4)


def _loudest(entries: list[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """As many as a message takes, the loudest ones."""
    if len(entries) > MOST_HEARD:
        entries = sorted(entries, key=lambda entry: -entry[1])[:MOST_HEARD]
    return tuple(entries)


def _powers_db(spread_db: float, tags: int, chance: np.random.Generator) -> Floats:
    """How much louder than usual each tag is; nothing is drawn where all are alike."""
    return chance.normal(0, spread_db, tags) if spread_db > 0 else np.zeros(tags)


class Air:
    """All tags and scanners of a building, step by step."""

    def __init__(
        self,
        plan: Plan,
        scanners: Sequence[Channel],
        physics: Physics,
        tags: int,
        chance: np.random.Generator,
    ) -> None:
        """Silence: all tags are away.

        Args:
            plan: The building.
            scanners: The scanners; columns of all arrays.
            physics: The figures.
            tags: How many tags; rows of all arrays.
            chance: For all that is random.
        """
        self._physics, self._chance = physics, chance
        self._scanners = [scanner.id for scanner in scanners]
        self._at = np.array([scanner.at or (0.0, 0.0, 0.0) for scanner in scanners]).reshape(-1, 3)
        self._duty = chance.uniform(0.3, 0.6, len(scanners))
        self._floor_z = np.array([floor.z_m[0] for floor in plan.floors])
        self._walls = WallMap(plan, scanners, physics)
        shape = (tags, len(scanners))
        self.present = np.zeros(tags, dtype=bool)
        self._mean_dbm = np.full(shape, -200.0)
        self._power_db = _powers_db(physics.ble_tag_db, tags, chance)
        self._shadow_db = chance.normal(0, physics.ble_shadow_db, shape)
        self._shadow_way_m = np.zeros((tags, max(1, round(physics.ble_batch_s))))
        self._way_m = np.zeros(tags)
        self._xy = np.zeros((tags, 2))
        self._heading = chance.uniform(-np.pi, np.pi, tags)
        self._next_ms = np.zeros(tags)
        self._sum_dbm, self._count = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        self._last_ms = np.zeros(shape, dtype=np.int64)
        turns = max(1, round(physics.ble_batch_s))
        self._turns = [np.arange(turn, len(scanners), turns) for turn in range(turns)]

    def place(self, rows: NDArray[np.int64], xy: Floats, floor: NDArray[np.int64]) -> None:
        """Put tags somewhere, as worn by somebody who faces the way they go.

        Args:
            rows: Which tags, shape ``(n,)``.
            xy: Where, in metres, shape ``(n, 2)``.
            floor: Index of the floor, shape ``(n,)``.
        """
        step = xy - self._xy[rows]
        way_m = np.hypot(step[:, 0], step[:, 1])
        ahead = np.arctan2(step[:, 1], step[:, 0])
        turned = self._heading[rows] + self._chance.normal(0, 0.5, len(rows))
        self._heading[rows] = np.where(way_m > 0.05, ahead, turned)
        self._way_m[rows] += way_m
        self._xy[rows] = xy
        self.present[rows] = True
        self._mean_dbm[rows] = self._mean(rows, xy, floor)

    def remove(self, rows: NDArray[np.int64]) -> None:
        """Take tags out of the building."""
        self.present[rows] = False

    def hear(self, start_ms: int, end_ms: int, lively: NDArray[np.bool_]) -> None:
        """Play the adverts of one step of at most one advertising interval.

        Args:
            start_ms: Beginning of the step.
            end_ms: Its end.
            lively: Which tags advertise at all in this step, shape ``(tags,)``.
        """
        figures = self._physics
        late = self._next_ms < start_ms
        self._next_ms[late] = start_ms + self._chance.uniform(
            0, figures.ble_interval_ms, int(late.sum())
        )
        due = np.flatnonzero(self._next_ms < end_ms)
        sent_ms = self._next_ms[due].astype(np.int64)
        jitter_ms = self._chance.uniform(0, figures.ble_jitter_ms, len(due))
        self._next_ms[due] += figures.ble_interval_ms + jitter_ms
        on_air = (self.present & lively)[due]
        if not on_air.any():
            return
        due, sent_ms = due[on_air], sent_ms[on_air]
        level_dbm = self._mean_dbm[due] + self._shadow_db[due]
        within = level_dbm > figures.ble_floor_dbm - OUT_OF_REACH_DB
        within &= self._chance.random(within.shape) < self._duty
        row, column = np.nonzero(within)
        heard_dbm = level_dbm[row, column] + self._fading_db(len(row))
        loud = heard_dbm >= figures.ble_floor_dbm
        row, column, heard_dbm = row[loud], column[loud], heard_dbm[loud]
        self._sum_dbm[due[row], column] += heard_dbm
        self._count[due[row], column] += 1
        self._last_ms[due[row], column] = sent_ms[row]

    def report(self, turn: int, at_ms: int, addresses: Sequence[str]) -> Iterator[Batch]:
        """What the scanners whose turn it is have heard since their last turn.

        Args:
            turn: Counts steps of a second; each scanner has one in `ble_batch_s` of them.
            at_ms: The end of the batch.
            addresses: Of each row.
        """
        group = turn % len(self._turns)
        columns = self._turns[group]
        yield from self._batches(columns, at_ms, addresses)
        self._drift(group, columns)

    def _batches(
        self, columns: NDArray[np.int64], at_ms: int, addresses: Sequence[str]
    ) -> Iterator[Batch]:
        """What some scanners have heard, which is forgotten here."""
        which, rows = np.nonzero(self._count[:, columns].T)
        if not len(which):
            return
        heard = (rows, columns[which])
        means = self._sum_dbm[heard] / self._count[heard]
        entries = list(
            zip(
                [addresses[row] for row in rows.tolist()],
                np.rint(means).astype(int).tolist(),
                self._last_ms[heard].tolist(),
                strict=True,
            )
        )
        ends = np.cumsum(np.bincount(which, minlength=len(columns))).tolist()
        for i, (start, end) in enumerate(pairwise([0, *ends])):
            if end > start:
                yield Batch(at_ms, self._scanners[columns[i]], _loudest(entries[start:end]))
        self._sum_dbm[:, columns], self._count[:, columns] = 0.0, 0

    def _mean(self, rows: NDArray[np.int64], xy: Floats, floor: NDArray[np.int64]) -> Floats:
        """Level without shadowing and fading, shape ``(rows, scanners)``."""
        figures = self._physics
        across = self._at[:, 0] - xy[:, :1]
        along = self._at[:, 1] - xy[:, 1:]
        height = self._at[:, 2] - (self._floor_z[floor] + TAG_HEIGHT_M)[:, None]
        level_m = np.maximum(np.hypot(across, along), 0.01)
        far_m = np.maximum(np.hypot(level_m, height), 0.5)
        heading = self._heading[rows][:, None]
        facing = (np.cos(heading) * across + np.sin(heading) * along) / level_m
        loss_db = 10 * figures.ble_exponent * np.log10(far_m)
        loss_db += figures.ble_body_db * (1 - facing) / 2 + self._walls.loss_db(xy, floor)
        return np.asarray(figures.ble_dbm_at_1m + self._power_db[rows, None] - loss_db)

    def _fading_db(self, count: int) -> Floats:
        """Fast fading with the power of two independent paths, capped upward.

        Source: Nakagami with m = 2, a usual model for indoor links with and without sight.
        """
        power = self._chance.standard_gamma(2.0, count) / 2
        return np.asarray(np.minimum(10 * np.log10(np.maximum(power, 1e-4)), OUT_OF_REACH_DB))

    def _drift(self, group: int, columns: NDArray[np.int64]) -> None:
        """Let shadowing change with time and way, keeping its spread."""
        figures = self._physics
        way_m = self._way_m - self._shadow_way_m[:, group]
        self._shadow_way_m[:, group] = self._way_m
        fade = figures.ble_batch_s / figures.ble_shadow_s + way_m / figures.ble_shadow_m
        keep = np.exp(-fade)[:, None]
        news = self._chance.normal(0, figures.ble_shadow_db, (len(keep), len(columns)))
        mixed = keep * self._shadow_db[:, columns] + np.sqrt(1 - keep**2) * news
        self._shadow_db[:, columns] = mixed
