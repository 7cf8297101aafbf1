"""A big building, invented, as its building file: floors of benches of six desks, a sensor each."""

from collections.abc import Iterator
from pathlib import Path

BENCH, BENCHES = 6, 50
"""Desks with one board, and such benches in a zone."""
ACROSS, ZONES = 10, 4
"""Benches beside each other in a zone, and zones side by side on a floor."""
BENCH_M = (3.0, 5.0)
ZONE_M = (ACROSS * BENCH_M[0], BENCHES // ACROSS * BENCH_M[1])


def write_block(folder: Path, desks: int) -> Path:
    """The main file of a building with so many desks, one more file for each floor."""
    folder.mkdir(parents=True, exist_ok=True)
    on_floor = BENCH * BENCHES * ZONES
    floors = range(-(-desks // on_floor))
    for floor in floors:
        here = range(floor * on_floor, min((floor + 1) * on_floor, desks))
        (folder / f"floor-{floor}.yaml").write_text("\n".join(_floor(floor, here)) + "\n")
    names = "".join(f"  - floor-{floor}.yaml\n" for floor in floors)
    main = folder / "block.yaml"
    main.write_text(
        "site: block\nname: Block\ntime_zone: Europe/Amsterdam\n"
        f"include:\n{names}"
        "spaces:\n  - {id: house, kind: building, name: House}\n"
    )
    return main


def _floor(floor: int, desks: range) -> Iterator[str]:
    """Lines of the file of a floor."""
    zones = range(-(-len(desks) // (BENCH * BENCHES)))
    yield "spaces:"
    yield (
        f"  - {{id: floor-{floor}, kind: floor, in: house, name: Floor {floor}, level: {floor}, "
        f"z: [{3 * floor}, {3 * floor + 3}], box: [0, 0, {ZONES * ZONE_M[0]}, {ZONE_M[1]}]}}"
    )
    for zone in zones:
        yield (
            f"  - {{id: zone-{floor}-{zone}, kind: zone, in: floor-{floor}, name: Zone {zone}, "
            f"box: [{zone * ZONE_M[0]}, 0, {ZONE_M[0]}, {ZONE_M[1]}], activities: [focus]}}"
        )
    for desk in desks:
        zone, x, y = _place(desk - desks.start)
        yield (
            f"  - {{id: desk-{desk}, kind: desk, in: zone-{floor}-{zone}, "
            f"box: [{x:.1f}, {y:.1f}, 0.8, 1.6], features: [screen]}}"
        )
    boards = range(desks.start // BENCH, -(-desks.stop // BENCH))
    yield "boards:"
    yield from (f"  - {{id: b{board}}}" for board in boards)
    yield "sensors:"
    yield from (
        f"  - {{id: b{desk // BENCH}/pir-{desk % BENCH}, kind: motion, sees: [desk-{desk}]}}"
        for desk in desks
    )


def _place(number: int) -> tuple[int, float, float]:
    """Zone on the floor, and the south-west corner in metres, of the so manieth desk of a floor."""
    bench, seat = divmod(number, BENCH)
    zone, bench = divmod(bench, BENCHES)
    column, row = bench % ACROSS, bench // ACROSS
    x = zone * ZONE_M[0] + column * BENCH_M[0] + 0.7 + 0.8 * (seat // 3)
    y = row * BENCH_M[1] + 0.1 + 1.6 * (seat % 3)
    return zone, x, y
