"""What a Zigbee2MQTT bridge says of itself and of its network: all below `bridge/`.

Source: zigbee2mqtt.io, MQTT topics and messages, 2.x; `bridge/log` is that of 1.x.
"""

from collections.abc import Iterator

from sensors.families.zigbee2mqtt_attributes import COUNTS, LEVELS, is_radar
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, parsed, text, text_of, yes_or_no
from sensors.statement import Announced, Facts, Hearing, Learned, note, refusal

PREFIX = "zigbee2mqtt"
DEVICES_LIMIT = 2_000
_UNREAD = {
    "request": "a command to the bridge",
    "logging": "a line of the bridge's log",
    "definitions": "the bridge's definitions of clusters",
    "extensions": "the bridge's extensions",
    "converters": "the bridge's converters",
    "networkmap": "a map of the bridge's network",
}
_NOTED = {
    "groups": "the bridge's groups",
    "health": "the bridge's own health",
}
_EVENTS = {
    "device_joined": "a device has joined the network",
    "device_announce": "a device has announced itself to the network",
    "device_interview": "the bridge asks a device what it is",
}


def bridge_heard(message: Message, topic: str, remembered: Facts) -> Hearing:
    """What the bridge says; `topic` is that below the prefix."""
    leaf, _, more = topic.partition("/")[2].partition("/")
    if leaf in _UNREAD:
        return note(_UNREAD[leaf])
    if leaf == "state" and not more:
        return _state(message)
    try:
        return _read(message, leaf, remembered)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))


def _read(message: Message, leaf: str, remembered: Facts) -> Hearing:
    """What stands in JSON.

    Raises:
        ValueError: If it does not.
    """
    if leaf == "devices":
        return _inventory(parsed(message.payload))
    if leaf == "info":
        return _info(json_object(message.payload), remembered)
    if leaf in ("event", "response", "log"):
        return _told(json_object(message.payload), leaf)
    if leaf in _NOTED:
        parsed(message.payload)
    return note(_NOTED.get(leaf, "of the bridge: a setting or an answer"))


def online(message: Message) -> bool | None:
    """Online or offline, as text or as JSON; None for anything else."""
    try:
        return yes_or_no(json_object(message.payload).get("state"))
    except ValueError:
        return yes_or_no(text(message).strip('"'))


def _state(message: Message) -> Hearing:
    if not message.payload.strip():
        return note("the bridge's state is kept no longer")
    state = online(message)
    if state is None:
        return refusal(Reason.MALFORMED, "bridge/state: expected online or offline")
    if state:
        return note("the bridge is online")
    return Hearing(alive=False, gone_below="*", noted="the bridge is offline")


def _told(told: dict[str, object], leaf: str) -> Hearing:
    """An event, an answer or a line of the log of 1.x, and whom it says to be gone."""
    kind, data = text_of(told.get("type")), inner(told, "data")
    if leaf == "event":
        gone = _name(data) if kind == "device_leave" else ""
    elif leaf == "response":
        if told.get("status") == "error":
            return refusal(Reason.DEVICE_ERROR, "the bridge could not do what it was asked")
        gone = _left(data)
    else:
        gone = _left_before(told, kind)
    if gone:
        return Hearing(gone, alive=False, gone=True, noted="left, removed or renamed")
    return note(_EVENTS.get(kind, "of the bridge: an event, an answer or a log"))


def _name(data: dict[str, object]) -> str:
    return text_of(data.get("friendly_name")) or text_of(data.get("ieee_address"))


def _left(data: dict[str, object]) -> str:
    """Who is gone by an answer: removed, or under its old name.

    Of devices and groups alike; only an answer to a removal has `force`.
    """
    return text_of(data.get("id")) if "force" in data else text_of(data.get("from"))


def _left_before(told: dict[str, object], kind: str) -> str:
    """Who is gone by a line of the log of 1.x."""
    if kind == "device_renamed":
        return text_of(inner(told, "message").get("from"))
    if kind in ("device_removed", "device_force_removed", "device_banned"):
        return _name(inner(told, "meta")) or text_of(told.get("message"))
    return ""


def _inventory(told: object) -> Hearing:
    """What `bridge/devices` tells: names, models, and which of them see presence."""
    if not isinstance(told, list):
        return refusal(Reason.MALFORMED, "bridge/devices: expected a list")
    listed = [one for one in told[:DEVICES_LIMIT] if isinstance(one, dict) and _is_device(one)]
    known = tuple(_announced(one) for one in listed)
    facts = tuple(fact for one in listed for fact in _facts(one))
    return Hearing(alive=False, noted="the bridge's devices", announced=known, learned=facts)


def _is_device(told: dict[str, object]) -> bool:
    return bool(text_of(told.get("friendly_name"))) and told.get("type") != "Coordinator"


def _listed(definition: dict[str, object], key: str) -> set[str]:
    """Names of what a device exposes, or of its options."""
    listed = definition.get(key)
    return {
        text_of(one.get("property")) or text_of(one.get("name"))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    }


def _announced(told: dict[str, object]) -> Announced:
    definition = inner(told, "definition")
    names = _listed(definition, "exposes")
    radar = is_radar(names)
    channels = tuple(
        (name, "presence" if radar and name == "occupancy" else kind)
        for name, kind in LEVELS.items()
        if name in names
    )
    counts = tuple((name, "count") for name in COUNTS if name in names)
    model = f"{text_of(definition.get('vendor'))} {text_of(definition.get('model'))}".strip()
    return Announced(PREFIX, text_of(told.get("friendly_name")), channels + counts, model)


def _facts(told: dict[str, object]) -> Iterator[Learned]:
    """Which devices see presence, and of which the bridge itself does not hold the motion."""
    device, definition = text_of(told.get("friendly_name")), inner(told, "definition")
    names, options = _listed(definition, "exposes"), _listed(definition, "options")
    if is_radar(names):
        yield Learned(f"{PREFIX}/{device}/sees", "presence")
    elif "occupancy" in names and options and "occupancy_timeout" not in options:
        yield Learned(f"{PREFIX}/{device}/sees", "unheld motion")


def _info(told: dict[str, object], remembered: Facts) -> Hearing:
    """How long the bridge holds the motion of each device, where its settings say another time."""
    config = inner(told, "config")
    default = number(inner(config, "device_options").get("occupancy_timeout"))
    found: list[Learned] = []
    for one in list(inner(config, "devices").values())[:DEVICES_LIMIT]:
        name = text_of(one.get("friendly_name")) if isinstance(one, dict) else ""
        if isinstance(one, dict) and name:
            held_s = number(one.get("occupancy_timeout", default))
            fact = Learned(f"{PREFIX}/{name}/held", "" if held_s is None else str(held_s))
            if remembered.get(fact.key, "") != fact.value:
                found.append(fact)
    return Hearing(alive=False, noted="the bridge's settings", learned=tuple(found))
