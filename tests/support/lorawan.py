"""LoRaWAN sensors that were never built, behind both servers."""

import json

from sensors.families.lorawan import ChirpStackFamily, ThingsStackFamily
from sensors.keys import NO_KEYS
from sensors.memory import Memory
from sensors.message import Message

NOW_MS = 1_700_000_000_000
NOW = "2023-11-14T22:13:20.000000123+00:00"
EUI = "0101010101010101"
UP = {"deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d", "time": NOW}


def published(event, body, retained=False, now_ms=NOW_MS, fport=None, device=EUI):
    """An event of ChirpStack; what is no text is written as JSON."""
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    topic = f"application/app/device/{device}/event/{event}"
    return Message(topic, payload, now_ms, retained, fport)


def chirped(body, event="up", memory=None, **how):
    """What an event of ChirpStack says."""
    return ChirpStackFamily().hear(
        published(event, body, **how), (memory or Memory()).learned, NO_KEYS
    )


def enveloped(told=None, profile="", **more):
    """An uplink in its envelope, with or without a codec's output."""
    info = {"devEui": EUI.upper(), "deviceProfileName": profile}
    coded = {} if told is None else {"object": told}
    return UP | {"deviceInfo": info, "fPort": 85} | coded | more


def stacked(body, leaf="up", memory=None, retained=False, now_ms=NOW_MS):
    """What a message of The Things Stack says."""
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    message = Message(f"v3/app1@ttn/devices/dev1/{leaf}", payload, now_ms, retained)
    return ThingsStackFamily().hear(message, (memory or Memory()).learned, NO_KEYS)


def uplinked(told=None, **more):
    """An uplink of The Things Stack."""
    coded = {} if told is None else {"decoded_payload": told}
    return {
        "end_device_ids": {"device_id": "dev1", "dev_eui": "0004A30B001C0530"},
        "received_at": "2023-11-14T22:13:20.9Z",
        "uplink_message": {"received_at": "2023-11-14T22:13:19.5Z"} | coded | more,
    }


def told(hearing):
    """Channel and value of each statement."""
    return {said.channel: said.value for said in hearing.statements}


def kinds(hearing):
    """Channel and kind of each statement."""
    return {said.channel: said.kind for said in hearing.statements}
