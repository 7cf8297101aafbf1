"""The AsyncAPI document and docs/wire-format.md say what the code does."""

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from ingest.teller import Teller
from sensors.decoder import decode
from sensors.entry import Entry, Stamp
from sensors.families.own import wire
from sensors.families.own.family import VrijplekFamily
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason
from sensors.tag import Tag
from vrijplek.asyncapi import document_text

DOCS = Path(__file__).parents[2] / "docs"
WORDS = (DOCS / "wire-format.md").read_text(encoding="utf-8")
TOLD = yaml.safe_load((DOCS / "asyncapi.yaml").read_text(encoding="utf-8"))
PLACE = "#/components/schemas/"
STRUCTS = {
    "Readings": wire.Readings,
    "BoardStatus": wire.BoardStatus,
    "Acknowledgement": wire.Acknowledgement,
    "Report": wire.Report,
    "Resend": wire.Resend,
    "Restart": wire.Restart,
    "Halt": wire.Halt,
}
NOW_MS = 1_764_000_000_500


def struct_name_of(payload: dict) -> str:
    """The struct that a payload in the docs is meant for, told by the key that only it has."""
    if "command" in payload:
        return payload["command"].capitalize()
    keys = {"readings": "Readings", "state": "BoardStatus", "durable": "Acknowledgement"}
    return next(name for key, name in keys.items() if key in payload)


def payloads_in_words() -> list[dict]:
    """Every payload in docs/wire-format.md: in blocks, in tables and in the line to try."""
    blocks = re.findall(r"```json\n(.*?)```", WORDS, flags=re.DOTALL)
    inline = re.findall(r"`(\{\".*?\})`", WORDS)
    tried = re.findall(r"-m '(\{.*\})'$", WORDS, flags=re.MULTILINE)
    lines = [line.replace("'$(date +%s)'", "1764000000") for line in tried]
    return [json.loads(text) for text in (*blocks, *inline, *lines)]


def examples() -> list[tuple[str, dict]]:
    """Every example of the document with the name of its schema."""
    return [
        (message["payload"]["$ref"].removeprefix(PLACE), example["payload"])
        for message in TOLD["components"]["messages"].values()
        for example in message["examples"]
    ]


def bare(part):
    """A schema without `discriminator`, which AsyncAPI understands in another way."""
    if isinstance(part, dict):
        return {key: bare(value) for key, value in part.items() if key != "discriminator"}
    return [bare(item) for item in part] if isinstance(part, list | tuple) else part


def is_valid(name: str, payload: dict) -> bool:
    """Whether the document's schema takes a payload."""
    schema = {"$ref": PLACE + name, "components": TOLD["components"]}
    return jsonschema.Draft202012Validator(schema).is_valid(payload)


def is_decoded(name: str, payload: dict) -> bool:
    """Whether the code's struct takes a payload."""
    try:
        msgspec.json.decode(json.dumps(payload), type=STRUCTS[name])
    except msgspec.DecodeError:
        return False
    return True


def test_the_file_is_what_the_generator_prints():
    """docs/asyncapi.yaml is the output of `python -m vrijplek.asyncapi`, to the byte."""
    assert (DOCS / "asyncapi.yaml").read_text(encoding="utf-8") == document_text()


def test_schemas_are_those_of_the_structs():
    """Each schema in the document is the one that msgspec derives from the struct that decodes."""
    _, expected = msgspec.json.schema_components(STRUCTS.values(), ref_template=PLACE + "{name}")

    assert TOLD["components"]["schemas"] == bare(expected)


def test_every_reference_leads_somewhere():
    """No `$ref` of the document points at nothing."""
    refs = re.findall(r"\$ref: '(#/[^']+)'", document_text())

    assert refs
    for ref in refs:
        here = TOLD
        for step in ref.removeprefix("#/").split("/"):
            here = here[step]


@pytest.mark.parametrize(("name", "payload"), examples())
def test_examples_of_the_document_decode(name, payload):
    """What the document shows as an example, its schema and the code both take."""
    assert is_valid(name, payload)
    assert is_decoded(name, payload)


def test_every_kind_of_reading_has_an_example():
    """The document shows each kind of reading at least once."""
    shown = {
        reading["kind"]
        for name, payload in examples()
        if name == "Readings"
        for reading in payload["readings"]
    }

    assert shown == {struct.__struct_config__.tag for struct in wire.Said.__args__}


@pytest.mark.parametrize("payload", payloads_in_words(), ids=struct_name_of)
def test_payloads_in_words_decode(payload):
    """What docs/wire-format.md shows, its schema and the code both take."""
    name = struct_name_of(payload)

    assert is_valid(name, payload)
    assert is_decoded(name, payload)


def test_words_show_every_payload():
    """docs/wire-format.md has an example of each payload and each command."""
    assert {struct_name_of(payload) for payload in payloads_in_words()} == set(STRUCTS)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("BoardStatus", {"state": "online", "boot": "UPPER"}),
        ("BoardStatus", {"state": "asleep", "boot": "a1"}),
        ("BoardStatus", {"state": "online", "boot": "a1", "uptime": 3}),
        ("Acknowledgement", {"boot": "a1", "durable": -1}),
        ("Readings", {"boot": "a1", "seq": 0, "oldest": 0, "up": 1, "readings": []}),
        ("Readings", {"boot": "a1", "seq": 0, "oldest": 0, "up": 1}),
        ("Halt", {"command": "halt", "for_s": 0}),
    ],
)
def test_schema_and_code_refuse_the_same(name, payload):
    """What the schema refuses, the code refuses too."""
    assert not is_valid(name, payload)
    assert not is_decoded(name, payload)


def test_boards_speak_where_the_service_listens():
    """The addresses of what boards send are the filters that the family subscribes to."""
    sent = [
        TOLD["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"]
        for operation in TOLD["operations"].values()
        if operation["action"] == "send"
    ]

    filters = tuple(address.replace("{site}", "hq").replace("{board}", "+") for address in sent)

    assert VrijplekFamily().filters("hq") == filters


def test_boards_listen_where_the_service_speaks():
    """The addresses and QoS of what boards receive are those that the teller publishes with."""
    told: dict[str, int] = {}

    class Notebook:
        def publish(self, topic: str, payload: bytes, qos: int) -> bool:
            told[topic] = qos
            return True

    memory = Memory()
    for seq in (0, 2):
        memory.take(Entry("f0-d1", NOW_MS, (), Stamp("a1", seq, 0, 1000)))
    teller = Teller("hq", Notebook())
    teller.note({"f0-d1"})
    teller.flush(memory)

    assert told == {
        TOLD["channels"][leaf]["address"].format(site="hq", board="f0-d1"): TOLD["operations"][
            operation
        ]["bindings"]["mqtt"]["qos"]
        for leaf, operation in (("ack", "receiveAck"), ("command", "receiveCommand"))
    }


def test_words_and_document_agree_on_topics():
    """Topic, QoS and retaining in the table of docs/wire-format.md are those of the document."""
    rows = re.findall(
        r"^\| `(vrijplek/v1/\S+)` \| (board|service) \| (\d) \| (never|yes) \|", WORDS, re.MULTILINE
    )
    expected = set()
    for operation in TOLD["operations"].values():
        channel = TOLD["channels"][operation["channel"]["$ref"].rpartition("/")[2]]
        mqtt = operation["bindings"]["mqtt"]
        expected.add(
            (
                channel["address"].replace("{", "<").replace("}", ">"),
                "board" if operation["action"] == "send" else "service",
                str(mqtt["qos"]),
                "yes" if mqtt["retain"] else "never",
            )
        )

    assert set(rows) == expected


def test_every_refusal_is_explained():
    """The table of refusals in docs/wire-format.md names each reason of the code and no other."""
    table = WORDS.partition("## Refused")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {r.value for r in Reason}


def test_the_first_example_in_words_counts_in_full():
    """The service takes the example of a readings message without refusing any part of it."""
    said = next(p for p in payloads_in_words() if len(p.get("readings", ())) > 1)
    kinds = {
        "pir-1": "motion",
        "pir-2": "motion",
        "radar-1": "presence",
        "ble": "scanner",
        "gate": "count",
        "co2": "level",
        "door-1": "contact",
    }
    around = Surroundings(
        "hq",
        {"f0-d1": "vrijplek"},
        {f"f0-d1/{channel}": kind for channel, kind in kinds.items()},
        lambda address, _event_ms: Tag(address),
    )
    topic = TOLD["channels"]["readings"]["address"].format(site="hq", board="f0-d1")

    decoded = decode(Message(topic, json.dumps(said).encode(), NOW_MS), Memory(), around)

    assert decoded.rejected == ()
    assert decoded.entry is not None
    assert {type(reading).__name__ for reading in decoded.entry.readings} == {
        "Motion",
        "Presence",
        "Sighting",
        "Count",
        "Level",
        "Contact",
        "Heartbeat",
    }
