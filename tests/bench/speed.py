"""How fast it is: prints what was measured beside the goals, ends with 1 if one is missed.

Times are of the processor, on one core; other work on the machine counts less that way.

    python tests/bench/speed.py                   all of it, some minutes
    python tests/bench/speed.py decoding folding  these alone
    python tests/bench/speed.py --tags 1000 following
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does: helpers are named from tests/
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench.block import write_block
from bench.draining import draining
from bench.figure import Figure, table
from bench.following import following
from bench.messages import decoding, folding
from bench.starting import starting

from vrijplek.building import load_building

PARTS = {
    "decoding": "messages of boards into readings",
    "folding": "readings into belief, in a building of many desks",
    "draining": "an hour of messages that waited, until it is on disk",
    "starting": "a service with that building, from nothing to its first answer; its memory",
    "following": "tags in a building of 500 places",
}


def asked(words: list[str]) -> argparse.Namespace:
    """The options."""
    parts = "\n".join(f"  {name:<10} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"parts:\n{parts}",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to measure (all of it)")
    parser.add_argument("--desks", type=int, default=10_000, help="of the building (10000)")
    parser.add_argument("--tags", type=int, default=10_000, help="that are followed (10000)")
    found = parser.parse_args(words)
    unknown = set(found.parts) - PARTS.keys()
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return found


def main(words: list[str]) -> int:
    """Measures what is asked for, prints a table; 1 if a goal is missed."""
    options = asked(words)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        block = write_block(folder / "block", options.desks)
        measures: dict[str, Callable[[], list[Figure]]] = {
            "decoding": decoding,
            "folding": lambda: folding(load_building(block)),
            "draining": lambda: draining(load_building(block), folder),
            "starting": lambda: starting(block, folder, options.desks),
            "following": lambda: following(options.tags),
        }
        figures = [f for part in options.parts or PARTS for f in measures[part]()]
    print(table(figures))
    return int(not all(figure.is_met for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
