"""The page and the route of devices: what is heard without a place, its lines, and the boards."""

import html
import re

import pytest
from support.tags import Tags

from api.access.role import Role
from api.pages.devices_page import MOST
from api.pages.texts import texts
from api.services import Channel, Device, Roster
from occupancy.label import LANGUAGES
from sensors.statement import Kind

ENGLISH = {"Accept-Language": "en", "Accept": "text/html"}
LINES = 'boards:\n  - {id: desk-9, family: zigbee2mqtt, device: "Desk <9>"}\n'
MORE = "sensors:\n  - {id: pir/contact, kind: contact, sees: [SPACE]}\n"


def devices(now_ms):
    """A stranger, a lamp, a board that lacks a channel, one that is silent, one of our own."""
    motion = Channel("occupancy", "motion", placed=True)
    contact = Channel("contact", "contact", placed=False)
    strange = Channel("occupancy", "motion", placed=False)
    return (
        Device(
            family="zigbee2mqtt",
            name="Desk <9>",
            model="IKEA E1525",
            channels=(strange,),
            messages=7,
            last_heard_ms=now_ms,
            lines=LINES,
        ),
        Device(family="zigbee2mqtt", name="lamp"),
        Device(
            family="zigbee2mqtt",
            name="Desk 1/PIR",
            board="pir",
            channels=(motion, contact),
            spaces=("desk-1", "desk-2", "desk-3", "room-a"),
            last_heard_ms=now_ms,
            online=True,
            lines=MORE,
        ),
        Device(family="zigbee2mqtt", name="quiet", board="quiet"),
        Device(
            family="vrijplek",
            name="f0-d1",
            board="f0-d1",
            online=True,
            last_heard_ms=now_ms,
            distrusted=("f0-d1/pir-1",),
        ),
    )


def knowing(house, roster):
    """The house, which knows some devices."""
    house.roster = roster
    return house


@pytest.fixture
def busy(house):
    """The small house with five devices, and two more that no page names."""
    return knowing(house, Roster(devices(house.now_ms), LINES + MORE, 2))


def shown(house, language="en", role=Role.FACILITIES):
    headers = ENGLISH | {"Accept-Language": language}
    return house.ask("/devices", role, headers=headers).text


def lines_shown(page):
    return [html.unescape(one) for one in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]


def test_what_has_no_place_comes_with_its_lines(busy):
    """A stranger, a channel of a board, and the lines of both together, as they are."""
    page = shown(busy)
    assert lines_shown(page) == [LINES, MORE, LINES + MORE]
    assert '<dd data-count="unplaced">2</dd>' in page
    assert "pir is in the building file; what stands here is not." in page
    stranger = re.search(r'<ul class="strangers">.*?</li>\s*<li>', page, re.DOTALL)[0]
    for words in ("Desk &lt;9&gt;", "IKEA E1525", "motion", "11:17", "<dd>7</dd>"):
        assert words in stranger


def test_what_tells_nothing_of_presence_is_named_aside(busy):
    """Without lines."""
    others = shown(busy).partition("data-others>")[2].partition("</details>")[0]
    assert "1 device more that tells nothing of presence" in others
    assert "<bdi>lamp</bdi>" in others


def test_what_a_page_may_not_name_is_counted(busy):
    """And the command that shows it is named."""
    assert "2 devices more bear a hardware address" in shown(busy)


def test_boards_are_told_by_family_the_silent_first(busy):
    """Each with a word and a sign for its state, the spaces it sees, and what is not believed."""
    page = shown(busy).partition("data-boards>")[2]
    told = re.findall(r'<li data-board="([\w-]+)" data-alive="(\w+)">', page)
    assert told == [("quiet", "silent"), ("pir", "online"), ("f0-d1", "online")]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "zigbee2mqtt 2 boards, 1 silent" in words
    assert "Silent Last heard: not since the start" in words
    assert "Sees Desk 1, Desk 2, Desk 3 and 1 more" in words
    assert "Not believed, stuck or never quiet: f0-d1/pir-1" in words
    assert "Boards of our own format 1 board" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_a_service_hears(busy, language):
    """Its families alone; the command listens to everything. No key of a text is left in sight."""
    page = shown(busy, language)
    assert texts(language).said("devices.hears") in re.sub(r"<[^>]*>", "", page)
    assert "<code>vrijplek devices</code>" in page
    visible = re.sub(r"<[^>]*>", " ", page)
    assert not set(texts(language).catalogue) & set(visible.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_everything_has_a_place_it_teaches(house, language):
    """The command that finds devices of other families is there to be copied."""
    page = shown(knowing(house, Roster()), language)
    assert texts(language).said("devices.unplaced.none") in page
    assert texts(language).said("devices.boards.none") in page
    assert lines_shown(page) == ["vrijplek devices --config hq.yaml --for 60\n"]


def test_the_page_is_whole_and_needs_no_script(busy):
    """Nothing inline, all tags closed, each button that needs script hidden until there is one."""
    tags = Tags(shown(busy))
    assert (tags.wrong, tags.open) == ([], [])
    for tag, attrs in tags.found:
        assert not {name for name in attrs if name == "style" or name.startswith("on")}
        assert tag != "style"
        assert tag != "script" or attrs == {"type": "module", "src": "/static/devices.js"}
    copies = [attrs for tag, attrs in tags.found if "data-copy" in attrs]
    assert len(copies) == 3
    assert all("hidden" in one for one in copies)
    assert len([a for _, a in tags.found if "id" in a]) == len(
        {a["id"] for _, a in tags.found if "id" in a}
    )


@pytest.mark.parametrize("kind", Kind.__args__)
def test_every_kind_of_channel_has_a_word(kind):
    """In the catalogue of both languages."""
    assert f"devices.kind.{kind}" in texts("nl").catalogue


@pytest.mark.parametrize("role", [Role.STAFF, Role.FACILITIES, Role.ADMIN])
def test_the_menu_has_it_for_those_who_may(busy, role):
    """Others do not see it, and get a page that says no."""
    may = role is not Role.STAFF
    assert ('href="/devices"' in busy.ask("/", role).text) == may
    assert busy.ask("/devices", role, headers=ENGLISH).status_code == (200 if may else 403)


@pytest.mark.parametrize("role", [Role.SCREEN, Role.ANALYST, None])
def test_nobody_else_gets_the_page(busy, role):
    """No screen, no analyst, nobody without a key."""
    answer = busy.ask("/devices", role, headers=ENGLISH)
    assert answer.status_code in {303, 403}
    assert "Desk &lt;9&gt;" not in answer.text


def test_long_lists_are_cut_and_say_so(house):
    """What is left out is counted, and can be had from the API."""
    many = [Device(family="esphome", name=f"d{n}", lines="x") for n in range(MOST + 2)]
    boards = [Device(family="esphome", name=f"b{n}", board=f"b{n}") for n in range(MOST + 3)]
    page = shown(knowing(house, Roster((*many, *boards))))
    assert "There are 2 more; /v1/devices has all of them." in page
    assert "There are 3 more; /v1/devices has all of them." in page
    assert page.count("data-board=") == MOST


def test_the_api_tells_the_same(busy):
    """In camel case; times to the minute, and null where there is nothing to say."""
    answer = busy.ask("/v1/devices", Role.ADMIN).json()
    assert (answer["lines"], answer["withheld"]) == (LINES + MORE, 2)
    stranger, _, pir, quiet, _ = answer["devices"]
    assert stranger == {
        "family": "zigbee2mqtt",
        "device": "Desk <9>",
        "model": "IKEA E1525",
        "board": None,
        "online": None,
        "lastHeard": "2026-11-23T10:17:00Z",
        "channels": [{"channel": "occupancy", "kind": "motion", "placed": False}],
        "spaces": [],
        "distrusted": [],
        "lines": LINES,
    }
    assert (pir["board"], pir["online"], pir["lines"]) == ("pir", True, MORE)
    assert (quiet["online"], quiet["lastHeard"]) == (False, None)


def test_the_api_says_the_same_again_with_304(busy):
    """Until a minute has passed; how often a device spoke changes nothing."""
    first = busy.ask("/v1/devices", Role.ADMIN)
    again = {"If-None-Match": first.headers["etag"]}
    later = [
        Device(family="zigbee2mqtt", name="Desk <9>", last_heard_ms=ms, messages=n)
        for n, ms in enumerate((busy.now_ms, busy.now_ms + 20_000, busy.now_ms + 60_000))
    ]
    assert busy.ask("/v1/devices", Role.ADMIN, headers=again).status_code == 304
    tags = [
        knowing(busy, Roster((one,))).ask("/v1/devices", Role.ADMIN).headers["etag"]
        for one in later
    ]
    assert tags[0] == tags[1]
    assert tags[1] != tags[2]


def test_an_unknown_key_is_refused(busy):
    """A misspelt filter never shows everything."""
    assert busy.ask("/v1/devices?family=esphome", Role.ADMIN).status_code == 400
