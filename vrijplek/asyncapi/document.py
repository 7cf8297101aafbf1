"""The document: channels, operations, messages and schemas of wire format v1, put together.

It is told from the side of a board: what a board sends, the service receives. Owns what the structs
can't tell, such as topics, QoS and retaining. `docs/wire-format.md` tells the rest in words.

Source: AsyncAPI 3.0.0; MQTT bindings 0.2.0.
"""

from collections.abc import Sequence

import yaml

from sensors.families.own.family import PREFIX
from sensors.families.own.wire import MAX_BYTES
from vrijplek.asyncapi.messages import ACKNOWLEDGEMENT, COMMANDS, MESSAGES, READINGS, STATUS, Told
from vrijplek.asyncapi.schemas import Json, schemas

VERSION = "1.0.0"
"""Of the wire format, not of the software."""
BINDING = "0.2.0"
HEADER = "# Made by `python -m vrijplek.asyncapi`; a test holds it against the code.\n"
ABOUT = f"""\
What a board says to the service over MQTT, and what it hears back. A board is anything that speaks
this. Payloads are UTF-8 JSON objects of at most {MAX_BYTES} bytes; unknown fields are refused. The
schemas are JSON Schema 2020-12. wire-format.md tells in words what they can't: time, resending,
gaps and refusals.
"""
ACCOUNT = """\
An account at the broker for each board. User name and client id are both the id of the board, and
the broker lets it publish and read below its own id alone.
"""


def document() -> Json:
    """The whole document as plain values, in the order in which it is written."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "vrijplek wire format",
            "version": VERSION,
            "description": ABOUT,
        },
        "defaultContentType": "application/json",
        "servers": {"site": _server()},
        "channels": {
            "readings": _channel("readings", "Readings in batches.", [READINGS]),
            "status": _channel("status", "Whether a board is there.", [STATUS]),
            "ack": _channel("ack", "What is safe.", [ACKNOWLEDGEMENT]),
            "command": _channel("command", "What a board is asked to do.", COMMANDS),
        },
        "operations": {
            "sendReadings": _operation("send", "readings", [READINGS], qos=1, retain=False),
            "sendStatus": _operation("send", "status", [STATUS], qos=1, retain=True),
            "receiveAck": _operation("receive", "ack", [ACKNOWLEDGEMENT], qos=0, retain=False),
            "receiveCommand": _operation("receive", "command", COMMANDS, qos=1, retain=False),
        },
        "components": {
            "parameters": _parameters(),
            "messages": {told.name: told.described() for told in MESSAGES},
            "schemas": schemas(),
            "securitySchemes": {"account": {"type": "userPassword", "description": ACCOUNT}},
        },
    }


def document_text() -> str:
    """The document as it stands in `docs/asyncapi.yaml`."""
    body = yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return HEADER + body


def address(leaf: str) -> str:
    """The topic of a channel, with its parameters in braces.

    >>> address("ack")
    'vrijplek/v1/{site}/{board}/ack'
    """
    return f"{PREFIX}/{{site}}/{{board}}/{leaf}"


def _server() -> Json:
    return {
        "host": "{host}:{port}",
        "protocol": "mqtt",
        "protocolVersion": "5.0",
        "description": "The broker of a site. MQTT 3.1.1 will do for a board too.",
        "variables": {
            "host": {"default": "127.0.0.1", "description": "Name or address of the broker."},
            "port": {"default": "1883", "description": "`vrijplek demo` prints its own."},
        },
        "security": [{"$ref": "#/components/securitySchemes/account"}],
        "bindings": {
            "mqtt": {
                "clientId": "{board}",
                "lastWill": {
                    "topic": address("status"),
                    "qos": 1,
                    "retain": True,
                    "message": "The example `goodbye` of the message `status`.",
                },
                "bindingVersion": BINDING,
            }
        },
    }


def _channel(leaf: str, summary: str, messages: Sequence[Told]) -> Json:
    return {
        "address": address(leaf),
        "summary": summary,
        "parameters": {name: {"$ref": f"#/components/parameters/{name}"} for name in _parameters()},
        "messages": {
            told.name: {"$ref": f"#/components/messages/{told.name}"} for told in messages
        },
    }


def _operation(action: str, leaf: str, messages: Sequence[Told], *, qos: int, retain: bool) -> Json:
    channel = f"#/channels/{leaf}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{told.name}"} for told in messages],
        "bindings": {"mqtt": {"qos": qos, "retain": retain, "bindingVersion": BINDING}},
    }


def _parameters() -> dict[str, Json]:
    rule = "`a-z 0-9 - _`, at most 64, a letter or digit first."
    return {
        "site": {"description": f"Id of the site in the building file: {rule}", "examples": ["hq"]},
        "board": {
            "description": f"Id of the board in the building file: {rule}",
            "examples": ["f0-d1"],
        },
    }


class _Dumper(yaml.SafeDumper):
    """YAML for people: lists set in, long texts as blocks, nothing said by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's signature
        """Set lists in below their key."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write the same value twice rather than refer to it."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
