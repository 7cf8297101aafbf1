"""LD2410 and LD2410S under Tasmota: distances in cm, energies from 0 to 100, and no yes or no.

Source: tasmota.github.io, HLK-LD2410 and HLK-LD2410S; of an LD2410 that has no target the driver
tells zeros alone.
"""

from collections.abc import Iterator, Mapping

from sensors.spelling import number, yes_or_no
from sensors.statement import Statement

HOLD_S = 5.0
"""An LD2410 itself goes on seeing somebody so long, as delivered (`LD2410Duration`)."""
PEOPLE: Mapping[float, bool] = {0: False, 1: False, 2: True, 3: True}
"""A code of the LD2410S, and not a number of heads."""
ENERGIES = ("moving_energy", "static_energy")


def is_radar(name: str) -> bool:
    """Whether a part of a message is a radar's."""
    return name.upper().startswith("LD2410")


def told_hold_s(told: dict[str, object]) -> float | None:
    """How long the radar holds somebody, in seconds, where an answer tells it."""
    return number(told.get("Duration", told.get("Hold Time")))


def radar(name: str, told: dict[str, object], held_s: float | None = None) -> Iterator[Statement]:
    """What a radar's part of a message says."""
    away_cm, energies = _numbers(told.get("Distance")), _numbers(told.get("Energy"))
    present = _present(told, (*away_cm, *energies))
    if present is not None:
        known_s = HOLD_S if name.upper() == "LD2410" else None
        held_s = known_s if held_s is None else held_s
        yield Statement(f"{name}/presence", "presence", present, held_s=held_s)
    if away_cm and away_cm[0] > 0:
        yield Statement(f"{name}/distance", "level", away_cm[0] / 100, "distance", "m")
    if len(energies) == len(ENERGIES):
        for channel, energy in zip(ENERGIES, energies, strict=True):
            yield Statement(f"{name}/{channel}", "level", energy, "energy", "%")
    light = number(told.get("Light"))
    if light is not None:
        yield Statement(f"{name}/light", "level", light, "light", "")


def _present(told: dict[str, object], measured: tuple[float, ...]) -> bool | None:
    """By the output pin, by the code of the LD2410S, or by whether there is a target at all."""
    if "Out_pin" in told:
        return yes_or_no(told["Out_pin"])
    if "People" in told:
        code = number(told["People"])
        return None if code is None else PEOPLE.get(code)
    return max(measured) > 0 if measured else None


def _numbers(told: object) -> list[float]:
    if told is None:
        return []
    listed = told if isinstance(told, list) else [told]
    return [one for one in map(number, listed) if one is not None]
