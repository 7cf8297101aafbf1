"""docs/publishing.md shows what the code publishes."""

import json
import re
from pathlib import Path

import yaml
from support.office import OFFICE, START_MS

from occupancy.state import State
from occupancy.view import Status
from vrijplek.broker.accounts import PUBLISHER, May, allows, service_rules
from vrijplek.publishing.discovery import ON_A_PAGE, Discovery, paged
from vrijplek.publishing.sheet import Sheet
from vrijplek.publishing.topics import Topics

WORDS = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
TOPICS = Topics("<site>")
STATES = (State.OCCUPIED, State.AWAY, State.FREE, State.UNKNOWN)


def blocks(language: str) -> list[str]:
    """The blocks of code in one language."""
    return re.findall(rf"```{language}\n(.*?)```", WORDS, flags=re.DOTALL)


def test_the_table_has_the_topics_of_the_code():
    """All four, and no other."""
    told = set(re.findall(r"^\| `([^`]+/[^`]+)` \|", WORDS, re.MULTILINE))

    assert told == {
        TOPICS.state("<space>"),
        TOPICS.free("<floor>"),
        TOPICS.service,
        TOPICS.device("<floor>", 1),
    }


def test_the_publisher_may_say_all_that_the_table_names():
    """And nothing else is asked of the broker than to hear of Home Assistant."""
    rules = service_rules("hq")[PUBLISHER]
    topics = Topics("hq")
    wanted = (topics.state("a"), topics.free("f"), topics.service, topics.device("f", 2))

    assert all(allows(rules, PUBLISHER, May.WRITE, topic) for topic in wanted)
    assert allows(rules, PUBLISHER, May.READ, topics.birth)


def test_the_payloads_are_those_of_the_code():
    """A state, a count and a component of the small office of the tests."""
    sheet = Sheet(OFFICE, Topics("hq"))
    known = {f"desk-{n}": Status(f"desk-{n}", s, START_MS, 0.5) for n, s in enumerate(STATES, 1)}
    said = {t: json.loads(p) for t, p in sheet.payloads(known, known).items()}
    [page] = Discovery(OFFICE, sheet, "en").payloads(paged(sheet, {}), {}).values()

    assert [json.loads(block) for block in blocks("json")] == [
        said[sheet.topics.state("desk-1")],
        said[sheet.topics.free("floor-0")],
        json.loads(page)["cmps"]["desk-1"],
    ]


def test_the_line_to_try_reads_what_is_published():
    """Every filter matches a topic of the table."""
    [line] = [block for block in blocks("sh") if "mosquitto_sub" in block]

    assert re.findall(r"-t '([^']+)'", line) == [
        topic.replace("<site>", "+")
        for topic in (TOPICS.state("+"), TOPICS.free("+"), TOPICS.service)
    ]


def test_the_settings_switch_it_on():
    """With the account that the rules are for."""
    [settings] = map(yaml.safe_load, blocks("yaml"))

    assert settings["publish"] == {}
    assert settings["broker"]["publisher_username"] == PUBLISHER


def test_a_floor_has_as_many_on_a_page_as_told():
    """The count of the floor is one of them."""
    assert f"more than {ON_A_PAGE - 1} desks and rooms" in WORDS
