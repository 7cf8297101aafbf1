"""LD2410 and LD2410S under Tasmota: distances in cm, energies from 0 to 100, and no yes or no."""

from sensors.spelling import number
from sensors.statement import Statement

PRESENT_ENERGY = 50
"""Energy of a gate from which somebody is there; the gates' own thresholds as delivered are 15 to
50, the nearest being the highest. Our choice, decision 0022: what the module itself decides is its
output pin, which goes before this where it is told."""


def radar(name: str, told: dict[str, object]) -> list[Statement]:
    """What a radar's part of a message says."""
    found: list[Statement] = []
    present = _present(told)
    if present is not None:
        found.append(Statement(f"{name}/presence", "presence", present))
    away_cm = _first(told.get("Distance"))
    if away_cm is not None:
        found.append(Statement(f"{name}/distance", "level", away_cm / 100, "distance", "m"))
    light = number(told.get("Light"))
    if light is not None:
        found.append(Statement(f"{name}/light", "level", light, "light", ""))
    return found


def _present(told: dict[str, object]) -> bool | None:
    """By the output pin, the code of the LD2410S (0, 1 nobody; 2, 3 somebody), or energies."""
    pin = number(told.get("Out_pin"))
    if pin is not None:
        return pin == 1
    code = number(told.get("People"))
    if code is not None:
        return {0: False, 1: False, 2: True, 3: True}.get(int(code))
    energies = told.get("Energy")
    known = (
        [e for e in map(number, energies) if e is not None] if isinstance(energies, list) else []
    )
    return max(known) >= PRESENT_ENERGY if known else None


def _first(told: object) -> float | None:
    return number(told[0]) if isinstance(told, list) and told else number(told)
