"""Salvage: what a line with mistakes still says, so that the rest of it is checked all the same.

Wrong values are left out, or replaced where the shape needs one; the line knows which they are.
Tells no problem itself.
"""

from typing import TypeVar

from vrijplek.building.sheet import Line
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Value, faults

E = TypeVar("E", bound=BuildingShape)

_STAND_INS: dict[str, Value] = {"in": "x", "level": 0, "z": [0, 0], "at": [0, 0, 0]}
"""Any value of the right shape; no check looks at it."""


def salvaged(
    document: Document, place: Place, model: type[E], kind: str | None = None
) -> Line[E] | None:
    """What is right in a line; None if that is nothing.

    Args:
        document: The file.
        place: Where the line stands in it.
        model: The shape of its kind, or one that has all that lines of no known kind may have.
        kind: The kind to take it for, where its own is not known.
    """
    value = document.at(place)
    if not isinstance(value, dict):
        return None
    wrong: set[Place] = set()
    right = dict(value)
    if kind is not None:
        right["kind"] = kind
        wrong.add(("kind",))
    # A key left out may be one that must be there, which the second look finds.
    for _ in range(2):
        for fault in faults(right, model):
            wrong.add(_without(right, fault, document, place))
    entry = model.model_validate(right, strict=False)
    return Line(entry, document, place, frozenset(wrong))


def _without(right: dict[str, Value], fault: Place, document: Document, place: Place) -> Place:
    """Takes a fault out of a line; gives the place that is wrong by it."""
    key = str(fault[0])
    items = right.get(key)
    if key == "sees" and isinstance(items, list) and len(fault) > 1 and isinstance(fault[1], int):
        return _unseen(right, items, fault)
    right.pop(key, None)
    if key == "id":
        # Lines without an id are still told apart.
        right[key] = _nameless(document, place)
    return (key,)


def _unseen(right: dict[str, Value], items: list[Value], fault: Place) -> Place:
    return fault
