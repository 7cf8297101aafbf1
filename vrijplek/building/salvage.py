"""Salvage: what a line with mistakes still says, so that the rest of it is checked all the same.

Wrong values are left out, or replaced where the shape needs one; the line knows which they are.
Tells no problem itself.
"""

from copy import deepcopy
from typing import TypeVar

from vrijplek.building.sheet import Line
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Document, Place, Value, faults, modelled

E = TypeVar("E", bound=BuildingShape)

_STAND_INS: dict[str, Value] = {
    "in": "x", "level": 0, "z": [0, 0], "at": [0, 0, 0], "family": "esphome", "sees": "x",
    "kind": "motion",
}  # fmt: skip
"""Values of the right shape for keys that must be there; no check looks at them."""


def salvaged(
    document: Document, place: Place, model: type[E], kind: str | None = None
) -> Line[E] | None:
    """What is right in a line; None if it is no mapping.

    Args:
        document: The file.
        place: Where the line stands in it.
        model: The shape of its kind.
        kind: The kind to take it for, where its own is not known.
    """
    value = document.at(place)
    if not isinstance(value, dict):
        return None
    right, wrong = deepcopy(value), set[Place]()
    if kind is not None:
        right["kind"] = kind
        wrong.add(("kind",))
    nameless = f"nameless-{id(document)}-{place[-1]}"
    stand_ins = {**_STAND_INS, "id": f"{nameless}/x" if place[0] == "sensors" else nameless}
    # A wrong value that is left out may be one that must be there: the second look finds it.
    for _ in range(2):
        for fault in {_outermost(fault) for fault in faults(right, model)}:
            _take_out(right, fault, stand_ins)
            wrong.add(fault)
    return Line(modelled(right, model), document, place, frozenset(wrong))


def _outermost(fault: Place) -> Place:
    """The whole value that a fault spoils: a key, but of what a sensor sees one space alone."""
    if fault[0] != "sees" or len(fault) == 1:
        return fault[:1]
    return fault[:2] if fault[2:] in {(), ("space",)} else fault[:3]


def _take_out(right: dict[str, Value], fault: Place, stand_ins: dict[str, Value]) -> None:
    key, items = str(fault[0]), right.get(str(fault[0]))
    if len(fault) > 1 and isinstance(items, list) and isinstance(fault[1], int):
        item = items[fault[1]]
        if len(fault) > 2 and isinstance(item, dict):
            item.pop(str(fault[2]), None)
        else:
            items[fault[1]] = "x"
    elif key in right:
        del right[key]
    else:
        right[key] = stand_ins[key]
