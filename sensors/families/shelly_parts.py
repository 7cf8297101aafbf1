"""Components of Shelly devices: what each tells, and what a gateway's list says of its sensors."""

from collections.abc import Iterator

from sensors.families.bthome_objects import MEANINGS, PRESSES, Meaning
from sensors.families.measures import level
from sensors.identity import plain_address
from sensors.spelling import inner, number, text_of, yes_or_no
from sensors.statement import Announced, Facts, Hearing, Kind, Learned, Statement

_LEVELS: dict[str, Kind] = {
    "motion": "motion",
    "occupancy": "presence",
    "presence": "presence",
    "boolean": "binary",
}
_VALUES = {
    "temperature": ("tC", "temperature"),
    "humidity": ("rh", "humidity"),
    "illuminance": ("lux", "illuminance"),
    "devicepower": ("percent", "battery"),
}
"""Component, and the key and quantity of its value."""
_BY_NAME = {meaning.name: meaning for meaning in reversed(MEANINGS.values()) if meaning.name}
COMPONENTS_LIMIT = 2_000


class Known:
    """What was learned of a device, under any of the names that it goes by.

    Args:
        remembered: Where it stands.
        names: Its topic prefix, and its own id where a message tells that.
    """

    __slots__ = ("_learned", "_names")

    def __init__(self, remembered: Facts, *names: str) -> None:
        self._learned, self._names = remembered, names

    def get(self, key: str) -> str:
        """A fact; empty where it is not known."""
        for name in self._names:
            fact = self._learned.get(f"shelly/{name}/{key}", "")
            if fact:
                return fact
        return ""

    def meaning(self, component: str) -> Meaning | None:
        """What a sensor behind the gateway measures, by the object id in the gateway's list."""
        told = self.get(component)
        meaning = MEANINGS.get(int(told)) if told.isdecimal() else None
        return meaning if meaning is not None and meaning.name else None


def component(name: str, status: dict[str, object], known: Known) -> Iterator[Statement]:
    """What one component says; a key that is missing says nothing, one that is null: not known."""
    kind = name.partition(":")[0]
    if kind == "presencezone":
        yield from _zone(name, status, known)
    elif kind == "bthomesensor":
        yield from _behind(name, status, known)
    elif kind in _LEVELS:
        key = "value" if "value" in status else kind
        yield from _yes(name, status, key, _LEVELS[kind])
    elif kind == "input" and status.get("state") is not None:
        yield from _yes(name, status, "state", "binary")
    elif kind == "bthomedevice" and "battery" in status:
        said = level("battery", status["battery"])
        yield from _named(f"{name}/battery", said, _updated_ms(status))
    else:
        part = inner(status, "battery") if kind == "devicepower" else status
        if kind in _VALUES and _VALUES[kind][0] in part:
            key, quantity = _VALUES[kind]
            yield from _named(name, level(quantity, part[key]))


def _zone(name: str, status: dict[str, object], known: Known) -> Iterator[Statement]:
    """A zone of a radar; zones overlap, so their objects are never added up."""
    told_s = known.get(f"{name}/absence_s")
    held_s = float(told_s) if told_s else None
    yield from _yes(name, status, "value" if "value" in status else "state", "presence", held_s)
    objects = number(status.get("num_objects"))
    if objects is not None:
        yield Statement(f"{name}/count", "count", objects)


def _yes(
    name: str, status: dict[str, object], key: str, kind: Kind, held_s: float | None = None
) -> list[Statement]:
    if key not in status:
        return []
    yes = yes_or_no(status[key])
    if yes is None and status[key] is not None:
        return []
    return [Statement(name, kind, yes, held_s=held_s)]


def _named(name: str, said: Statement | None, event_ms: int | None = None) -> list[Statement]:
    if said is None:
        return []
    return [Statement(name, said.kind, said.value, said.quantity, said.unit, event_ms)]


def _updated_ms(status: dict[str, object]) -> int | None:
    """When the advert came that a gateway tells of, ms UTC."""
    at_s = number(status.get("last_updated_ts"))
    return None if at_s is None else int(at_s * 1000)


def _behind(name: str, status: dict[str, object], known: Known) -> list[Statement]:
    """A sensor behind a gateway, by what the gateway's list has told of it."""
    meaning = known.meaning(name)
    if meaning is None or "value" not in status:
        return []
    said = _meant(name, status["value"], meaning)
    return [] if said is None else [_dated(said, _updated_ms(status))]


def _dated(said: Statement, event_ms: int | None, device: str = "") -> Statement:
    return Statement(
        said.channel, said.kind, said.value, said.quantity, said.unit, event_ms, device
    )


def _meant(channel: str, told: object, meaning: Meaning) -> Statement | None:
    """A value that the gateway has scaled already; a button's is told by an event instead."""
    if meaning.kind == "button":
        press = PRESSES.get(int(number(told) or 0)) if meaning.name == "button" else None
        return None if press is None else Statement(channel, "button", press)
    if meaning.is_flag:
        return Statement(channel, meaning.kind, yes_or_no(told))
    quantity = meaning.quantity or meaning.name if meaning.kind == "level" else ""
    return Statement(channel, meaning.kind, number(told), quantity, meaning.unit)


def advert(told: dict[str, object]) -> Iterator[Statement]:
    """An advert of a BLU device, as Shelly's own script hands it on: a device by its address."""
    device = plain_address(text_of(told.get("address")))
    for name, value in told.items() if device else ():
        meaning = _BY_NAME.get(name)
        if meaning is not None and not isinstance(value, list | dict):
            said = _meant(name, value, meaning)
            if said is not None:
                yield _dated(said, None, device)


def zone_of(told: dict[str, object]) -> str:
    """The component that an answer about one zone is about; empty where it does not tell."""
    at = number(told.get("id"))
    return "" if at is None else f"presencezone:{int(at)}"


def settings(told: dict[str, object], device: str) -> list[Learned]:
    """How long each zone of a radar goes on seeing somebody, in seconds, where it is told."""
    told = {zone_of(told): told} if "area" in told else told
    found = []
    for name in told:
        held_s = number(inner(told, name).get("absence_delay"))
        if name.startswith("presencezone:") and held_s is not None and held_s >= 0:
            found.append(Learned(f"shelly/{device}/{name}/absence_s", f"{held_s:g}"))
    return found


def inventory(components: list[object], device: str) -> Hearing:
    """A gateway's list of components: the meaning of each sensor behind it."""
    facts, channels = [], []
    for one in components[:COMPONENTS_LIMIT]:
        key = text_of(one.get("key")) if isinstance(one, dict) else ""
        config = inner(one, "config") if isinstance(one, dict) else {}
        facts += settings({key: config}, device)
        object_id = number(config.get("obj_id"))
        if key.startswith("bthomesensor:") and object_id is not None:
            facts.append(Learned(f"shelly/{device}/{key}", str(int(object_id))))
            meaning = MEANINGS.get(int(object_id))
            channels += [(key, meaning.kind)] if meaning is not None and meaning.name else []
    announced = (Announced("shelly", device, tuple(channels)),) if channels else ()
    noted = "the components behind the gateway" if facts else "no sensors behind the gateway"
    return Hearing(device, noted=noted, learned=tuple(facts), announced=announced)
