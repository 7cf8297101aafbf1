"""Which building a demo shows: one of the two that come along, or a file of one's own."""

from pathlib import Path

from vrijplek.errors import UsageError

FOLDER = Path(__file__).parent.parent / "buildings"
SIMULATED = "demo-office"
"""The building whose boards the simulator plays; others wait for `vrijplek replay`."""


def building_file(name: str) -> Path:
    """The building file of a name or a path.

    Raises:
        UsageError: If there is none.

    >>> building_file("demo-office").name
    'demo-office.yaml'
    """
    for file in (FOLDER / f"{name}.yaml", Path(name)):
        if file.is_file():
            return file
    known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
    raise UsageError(f"found no building {name!r}, expected a file or one of {known}")
