"""Components of Shelly devices: what each tells, and what a gateway's list says of its sensors."""

from collections.abc import Mapping

from sensors.families.measures import level
from sensors.memory import Memory
from sensors.spelling import inner, number, text_of, yes_or_no
from sensors.statement import Announced, Hearing, Kind, Learned, Statement

OBJECTS: Mapping[int, tuple[str, Kind]] = {
    1: ("battery", "level"),
    5: ("illuminance", "level"),
    9: ("count", "count"),
    15: ("generic", "binary"),
    17: ("opening", "contact"),
    26: ("door", "contact"),
    33: ("motion", "motion"),
    34: ("moving", "binary"),
    35: ("occupancy", "presence"),
    37: ("presence", "presence"),
    45: ("window", "contact"),
    46: ("humidity", "level"),
    69: ("temperature", "level"),
}
"""BTHome object ids and what they measure. Source: bthome.io, format v2."""
_VALUES = {"temperature": "tC", "humidity": "rh", "illuminance": "lux"}
COMPONENTS_LIMIT = 2_000


def component(
    name: str, status: dict[str, object], device: str, memory: Memory
) -> tuple[list[Statement], bool]:
    """What one component says, and whether it says something that cannot be understood yet."""
    kind = name.partition(":")[0]
    if kind == "presencezone":
        return _zone(name, status), False
    if kind == "bthomesensor":
        return _behind(name, status, device, memory)
    if kind in ("motion", "occupancy", "presence"):
        told = status.get("value", status.get(kind))
        return _yes(name, told, "motion" if kind == "motion" else "presence"), False
    if kind in _VALUES:
        key = _VALUES[kind]
        said = level(kind, status[key]) if key in status else None
        return [] if said is None else [_named(said, name)], False
    if kind == "input" and isinstance(status.get("state"), bool):
        return _yes(name, status["state"], "binary"), False
    return [], False


def _zone(name: str, status: dict[str, object]) -> list[Statement]:
    """A zone of a radar; zones overlap, so their objects are never added up."""
    found = _yes(name, status.get("value"), "presence")
    objects = number(status.get("num_objects"))
    if objects is not None:
        found.append(Statement(f"{name}/count", "count", objects))
    return found


def _yes(name: str, told: object, kind: Kind) -> list[Statement]:
    yes = yes_or_no(told)
    return [] if yes is None else [Statement(name, kind, yes)]


def _behind(
    name: str, status: dict[str, object], device: str, memory: Memory
) -> tuple[list[Statement], bool]:
    """A sensor behind a gateway, by what the gateway's list has told of it."""
    told = memory.learned.get(f"shelly/{device}/{name}", "")
    known = OBJECTS.get(int(told)) if told.isdecimal() else None
    if known is None or "value" not in status:
        return [], known is None
    at_s = number(status.get("last_updated_ts"))
    event_ms = None if at_s is None else int(at_s * 1000)
    quantity, kind = known
    if kind == "level":
        said = level(quantity, status["value"])
        return [] if said is None else [_named(said, name, event_ms)], False
    value = number(status["value"]) if kind == "count" else yes_or_no(status["value"])
    return [Statement(name, kind, value, event_ms=event_ms)], False


def _named(said: Statement, name: str, event_ms: int | None = None) -> Statement:
    return Statement(name, said.kind, said.value, said.quantity, said.unit, event_ms)


def inventory(components: object, device: str) -> Hearing:
    """A gateway's list of components: the meaning of each sensor behind it."""
    listed = components if isinstance(components, list) else []
    facts, channels = [], []
    for one in listed[:COMPONENTS_LIMIT]:
        key = text_of(one.get("key")) if isinstance(one, dict) else ""
        object_id = number(inner(one, "config").get("obj_id")) if key else None
        if key.startswith("bthomesensor:") and object_id is not None:
            facts.append(Learned(f"shelly/{device}/{key}", str(int(object_id))))
            known = OBJECTS.get(int(object_id))
            channels += [(key, known[1])] if known else []
    announced = (Announced("shelly", device, tuple(channels)),) if channels else ()
    noted = "the components behind the gateway" if facts else "no sensors behind the gateway"
    return Hearing(device, noted=noted, learned=tuple(facts), announced=announced)
