"""A small site that somebody walked: three rooms in a row, with all that learning needs, invented.

Each room has a scanner and a PIR on a board of its own; the den has a light meter too. One tag is
carried from room to room.
"""

import random
from collections.abc import Callable, Iterator

from support.office import START_MS

from occupancy.building import Building
from occupancy.label import Label
from occupancy.learned import Learned
from occupancy.learning.recording import Recording, Stay, Use
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import Kind, Space
from sensors.entry import Entry
from sensors.reading import AnyReading, Level, Motion, Sighting
from sensors.tag import Tag

ROOMS = ("den", "hall", "heath")
BOARDS = {"den": "b1", "hall": "b2", "heath": "b3"}
WALKER = Tag("walker")
STAY_S = 60
LOUD_DBM, PER_ROOM_DB, NOISE_DB = -60.0, 12.0, 3.0
MOVES_PER_S, FALSE_PER_S = 0.08, 0.0005
Rename = Callable[[str], str]


def same(board: str) -> str:
    """No other name."""
    return board


def walk(seed: int = 0, stays: int = 18, rename: Rename = same) -> Recording:
    """A recording: the tag stays a minute in each room, back and forth."""
    order = (ROOMS + ROOMS[-2:0:-1]) * stays
    rooms = order[:stays]
    spans = [(room, START_MS + 1000 * STAY_S * i) for i, room in enumerate(rooms)]
    end_ms = START_MS + 1000 * STAY_S * stays
    return Recording(
        START_MS,
        end_ms,
        tuple(entries(rooms, seed, rename)),
        tuple(Stay(WALKER, room, at_ms, at_ms + 1000 * STAY_S) for room, at_ms in spans),
        tuple(
            Use(space, at_ms, at_ms + 1000 * STAY_S, float(room == space))
            for room, at_ms in spans
            for space in ROOMS
        ),
    )


def entries(
    rooms: tuple[str, ...], seed: int, rename: Rename = same, tag: Tag = WALKER
) -> Iterator[Entry]:
    """What is heard second by second while a tag stays a minute in each of some rooms."""
    noise = random.Random(seed)
    was_on: set[str] = set()
    for second in range(STAY_S * len(rooms)):
        room, now_ms = rooms[second // STAY_S], START_MS + 1000 * second
        for other in ROOMS:
            board = rename(BOARDS[other])
            said = list(_heard(board, other, room, now_ms, noise, tag))
            said += _moved(board, other, room, now_ms, noise, was_on)
            if other == "den" and second % 10 == 0:
                lux = 300.0 if room == "den" else 20.0
                said.append(Level(f"{board}/lux", now_ms, "light", lux + noise.random(), "lx"))
            if said:
                yield Entry(board, now_ms, tuple(said))


def _heard(
    board: str, other: str, room: str, now_ms: int, noise: random.Random, tag: Tag
) -> Iterator[AnyReading]:
    away = abs(ROOMS.index(other) - ROOMS.index(room))
    if noise.random() < 0.9 - 0.3 * away:
        rssi_dbm = LOUD_DBM - PER_ROOM_DB * away + noise.gauss(0.0, NOISE_DB)
        yield Sighting(f"{board}/ble", now_ms, tag, rssi_dbm)


def _moved(
    board: str, other: str, room: str, now_ms: int, noise: random.Random, was_on: set[str]
) -> Iterator[AnyReading]:
    channel = f"{board}/pir"
    if channel in was_on:
        if noise.random() < 0.2:
            was_on.remove(channel)
            yield Motion(channel, now_ms, False)
    elif noise.random() < (MOVES_PER_S if other == room else FALSE_PER_S):
        was_on.add(channel)
        yield Motion(channel, now_ms, True)


def building(learned: Learned, rename: Rename = same) -> Building:
    """The site as a building: rooms without a plan, sensors as learned."""
    sensors = []
    for room, name in BOARDS.items():
        board = rename(name)
        seen = tuple(
            Placement(key.partition(" ")[2]) for key in learned.rates if key.startswith(board)
        )
        sensors.append(Sensor(f"{board}/pir", SensorKind.MOTION, sees=seen))
        sensors.append(Sensor(f"{board}/ble", SensorKind.SCANNER))
        if room == "den":
            sensors.append(Sensor(f"{board}/lux", SensorKind.LEVEL))
    rooms = (Space(room, Kind.ROOM, Label.of(room), "site") for room in ROOMS)
    return Building(
        "site",
        Label.of("Site"),
        "UTC",
        (Space("site", Kind.BUILDING, Label.of("Site")), *rooms),
        tuple(Board(rename(board), heartbeat_s=3600.0) for board in BOARDS.values()),
        tuple(sensors),
        digest="site",
    )
