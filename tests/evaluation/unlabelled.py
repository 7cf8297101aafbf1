"""What levels add that were learned from days without labels: one office, each day held out.

    python tests/evaluation/unlabelled.py RECORDINGS [ROUNDS]

The other days are lived through ROUNDS times, 3 unless told, without their truth; then the day that
was held out is told with and without levels.
"""

import sys
from pathlib import Path

from occupancy.building import Building
from occupancy.decision import OCCUPIED
from occupancy.estimator import Estimator
from occupancy.label import Label
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import Kind, Space
from sensors.entry import Entry
from sensors.reading import Level, Motion
from vrijplek.evaluation.contest import Trial
from vrijplek.evaluation.events import ENV, PIR_ON
from vrijplek.evaluation.judge import judged, use_score
from vrijplek.evaluation.method import Said, UseChange
from vrijplek.evaluation.replayed import read_replay

DAYS = ("2017-12-22", "2017-12-23", "2017-12-24")
START_MS, DAY_MS, TICK_MS = 1_767_225_600_000, 86_400_000, 10_000
ROUNDS = 3
ROOM = "room"


def site(events, *, with_levels):
    """One room, a board for each source of motion, and of levels where they are wanted."""
    kinds = {str(s): str(t) for s, t in zip(events.source, events.type, strict=True)}
    sensors = tuple(
        Sensor(
            f"{source}/it",
            SensorKind.LEVEL if kind.startswith(ENV) else SensorKind.MOTION,
            sees=(Placement(ROOM),),
        )
        for source, kind in sorted(kinds.items())
        if with_levels or not kind.startswith(ENV)
    )
    boards = tuple(Board(sensor.board, heartbeat_s=1e6) for sensor in sensors)
    spaces = (
        Space("site", Kind.BUILDING, Label.of("Site")),
        Space(ROOM, Kind.ROOM, Label.of("Room"), "site"),
    )
    return Building("replay", Label.of("Replay"), "UTC", spaces, boards, sensors)


def entries(events, begin_ms):
    """What was heard on a day that begins then."""
    for event in events.rows():
        at_ms, sensor = begin_ms + round(1000 * event.t_s), f"{event.source}/it"
        if event.type.startswith(ENV):
            reading = Level(sensor, at_ms, event.type.removeprefix(ENV), event.value, "")
        else:
            reading = Motion(sensor, at_ms, event.type == PIR_ON)
        yield Entry(event.source, at_ms, (reading,))


def live(estimator, events, begin_ms):
    """Have a day pass; what was told of the room."""
    told, waiting = [], sorted(entries(events, begin_ms), key=lambda entry: entry.received_ms)
    at, space = 0, estimator.building.index[ROOM]
    for now_ms in range(begin_ms + TICK_MS, begin_ms + DAY_MS + 1, TICK_MS):
        heard = []
        while at < len(waiting) and waiting[at].received_ms <= now_ms:
            heard.append(waiting[at])
            at += 1
        estimator.fold(heard)
        estimator.tick(now_ms)
        occupied = int(estimator.decision.state[space]) == OCCUPIED
        chance = estimator.opinion.occupied_of(space)
        told.append(UseChange((now_ms - begin_ms) / 1000, ROOM, occupied, chance))
    return told


def score(replays, held_out, rounds, *, with_levels):
    """How well a day is told after the others were lived through."""
    day = replays[held_out]
    others = [replay for i, replay in enumerate(replays) if i != held_out]
    estimator = Estimator(site(day.events, with_levels=with_levels))
    begin_ms = START_MS
    estimator.tick(begin_ms)
    for replay in others * rounds:
        live(estimator, replay.events, begin_ms)
        begin_ms += DAY_MS
    told = Said(uses=tuple(live(estimator, day.events, begin_ms)))
    return use_score(judged([day]), Trial("ours", {day.name: told}))


def main():
    """Print a row for each day, without levels and with them."""
    folder = Path(sys.argv[1]) / "uci_roomest"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    replays = [read_replay(folder / day) for day in DAYS]
    print("| held out | levels | F1 | vacate, median s | drops an hour | false on h | error |")
    print("|---|---|---|---|---|---|---|")
    for held_out, day in enumerate(DAYS):
        for with_levels in (False, True):
            found = score(replays, held_out, rounds, with_levels=with_levels)
            print(
                f"| {day} | {'with' if with_levels else 'without'} | {found.f1:.3f} |"
                f" {found.vacate_median_s:.0f} | {found.drops_per_occupied_hour:.2f} |"
                f" {found.false_on_h:.2f} | {found.calibration_error:.3f} |"
            )


if __name__ == "__main__":
    main()
