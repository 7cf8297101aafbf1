"""Queries: which spaces a caller asks for, checked against what there is to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from api.access.caller import Caller
from api.catalogue import Catalogue, Entry
from api.problem import FieldError, Forbidden, WrongInput
from occupancy.space import ACTIVITIES, FEATURES
from occupancy.state import State

KEYS = ("floor", "zone", "state", "feature", "activity", "near")
MOST_QUOTED = 40
"""Characters of what the caller sent that an error repeats."""


@dataclass(frozen=True)
class SpaceQuery:
    """What must hold of a space to be in the list.

    Of several floors, zones or states one is enough; of features and activities all must be there.
    """

    floors: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()
    near: str | None = None

    @classmethod
    def read(cls, params: QueryParams, catalogue: Catalogue) -> "SpaceQuery":
        """The query of an address.

        Raises:
            WrongInput: If a key or a value is not known, with all that are not.
        """
        allowed: dict[str, Iterable[str]] = {
            "floor": catalogue.floors,
            "zone": catalogue.zones,
            "state": tuple(State),
            "feature": FEATURES,
            "activity": ACTIVITIES,
            "near": catalogue.ids,
        }
        errors = unknown_keys(params, allowed) + _wrong_values(params, allowed)
        if errors:
            raise WrongInput(errors)
        near = params.get("near")
        asked = {key: frozenset(params.getlist(key)) for key in KEYS}
        return cls(
            asked["floor"],
            asked["zone"],
            asked["state"],
            asked["feature"],
            asked["activity"],
            near,
        )

    def fits(self, entry: Entry, state: State) -> bool:
        """Whether a space in this state is asked for."""
        return (
            (not self.floors or entry.floor in self.floors)
            and (not self.zones or entry.zone in self.zones)
            and (not self.states or state in self.states)
            and self.features <= entry.space.features
            and self.activities <= entry.activities
        )


def _wrong_values(params: QueryParams, allowed: Mapping[str, Iterable[str]]) -> list[FieldError]:
    errors = [
        FieldError(key, repr(value[:MOST_QUOTED]), _expected(key, allowed[key]))
        for key, value in params.multi_items()
        if key in allowed and value not in allowed[key]
    ]
    if len(params.getlist("near")) > 1:
        errors.append(FieldError("near", "several values", "one space"))
    return errors


def _expected(key: str, values: Iterable[str]) -> str:
    if key == "near":
        return f"the id of a space, such as {next(iter(values))}"
    return "one of " + some(values)


def refuse_keys(params: QueryParams, allowed: Iterable[str]) -> None:
    """Refuses query keys that are not known.

    Raises:
        WrongInput: If there are any, with all of them.
    """
    errors = unknown_keys(params, allowed)
    if errors:
        raise WrongInput(errors)


def unknown_keys(params: QueryParams, allowed: Iterable[str]) -> list[FieldError]:
    """What is wrong with the keys of a query: each that is not known."""
    known = tuple(allowed)
    expected = f"one of {', '.join(known)}" if known else "no key"
    unknown = [key for key in params if key not in known]
    return [FieldError(key[:MOST_QUOTED], "an unknown key", expected) for key in unknown]


def some(values: Iterable[str], most: int = 40) -> str:
    """The values as words; of very many only the first.

    >>> some(["b", "a"], most=1)
    'a and 1 more'
    """
    known = sorted(values)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more


def check_scope(caller: Caller, catalogue: Catalogue, space_ids: Iterable[str]) -> None:
    """Refuses spaces outside the floor of a caller who has one.

    Raises:
        Forbidden: If any is outside.
    """
    if caller.floor is None:
        return
    if any(catalogue.entry[space].floor != caller.floor for space in space_ids):
        raise Forbidden(f"this key sees {caller.floor} only")
