"""Keys of discovery configs: abbreviated ones spelt out, topics with `~` made whole."""

from collections.abc import Mapping

from sensors.spelling import text_of

ABBREVIATIONS: Mapping[str, str] = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmd_t": "command_topic",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "ids": "identifiers",
    "json_attr_t": "json_attributes_topic",
    "mdl": "model",
    "migr_discvry": "migrate_discovery",
    "o": "origin",
    "obj_id": "object_id",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_t": "state_topic",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
"""Those that matter here. Source: home-assistant.io, MQTT discovery, supported abbreviations."""


def spelt_out(told: dict[str, object], base: str = "") -> dict[str, object]:
    """A config with whole keys and whole topics.

    Args:
        told: As it came.
        base: What `~` stands for where the config does not say so itself.

    >>> spelt_out({"~": "lab/1", "stat_t": "~/state", "name": "~"})
    {'~': 'lab/1', 'state_topic': 'lab/1/state', 'name': '~'}
    """
    base = text_of(told.get("~")) or base
    found: dict[str, object] = {}
    for key, value in told.items():
        name = ABBREVIATIONS.get(key, key)
        if base and name.endswith("topic") and isinstance(value, str):
            found[name] = _whole(value, base)
        elif name in ("device", "origin") and isinstance(value, dict):
            found[name] = spelt_out(value)
        else:
            found[name] = value
    return found


def _whole(topic: str, base: str) -> str:
    topic = base + topic[1:] if topic[:1] == "~" else topic
    return topic[:-1] + base if topic[-1:] == "~" else topic
