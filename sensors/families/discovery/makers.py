"""Announcements of devices whose makers have a family of their own here.

Such a device is understood by its maker's documents, announced or not, so its topics stay with its
family. For ESPHome, whose ids are free, the announcement tells what the id does not.

Source: the patterns of those families; esphome.io, MQTT client component, for what it announces.
"""

ESPHOME, ZIGBEE2MQTT = "esphome", "zigbee2mqtt"
ENTITY = f"{ESPHOME}/entity/"
"""Of a state topic of ESPHome: what was announced of it."""
_FIRST = ("tele", "stat", "shellies", "espresense")
OTHER = "other"


def maker_of(topic: str, component: str, *, is_bare: bool) -> tuple[str, str, str]:
    """Family, device and channel of a state or command topic; the family is empty if it has none.

    Args:
        topic: As announced.
        component: Of the config: `binary_sensor`.
        is_bare: Whether the state is text with the usual payloads, as ESPHome's is.

    >>> maker_of("zigbee2mqtt/Desk 1/PIR", "binary_sensor", is_bare=False)
    ('zigbee2mqtt', 'Desk 1/PIR', '')
    >>> maker_of("hall/esp/sensor/co2/state", "sensor", is_bare=True)
    ('esphome', 'hall/esp', 'co2')
    >>> maker_of("home/gw/BTtoMQTT/AA", "sensor", is_bare=False), maker_of("a/b", "", is_bare=True)
    (('other', '', ''), ('', '', ''))
    """
    levels = topic.split("/")
    if levels[0] == ZIGBEE2MQTT:
        return ZIGBEE2MQTT, topic.partition("/")[2], ""
    if is_bare and _is_esphomes(levels, component):
        return ESPHOME, "/".join(levels[:-3]), levels[-2]
    is_gateways = any(level.endswith("toMQTT") for level in levels)
    is_tasmotas = levels[0] in _FIRST or levels[-2:-1] in (["tele"], ["stat"])
    if is_gateways or is_tasmotas or (len(levels) > 2 and levels[-1] == "LWT"):
        return OTHER, "", ""
    return "", "", ""


def _is_esphomes(levels: list[str], component: str) -> bool:
    is_entity = len(levels) >= 4 and levels[-3] == component and levels[-1] in ("state", "command")
    return is_entity and levels[0] != "homeassistant"
