"""The page of devices in a real browser: lines are copied, and nothing sticks out of a phone."""

import time

import pytest
from playwright.sync_api import expect

from api.access.role import Role
from api.services import Channel, Device, Roster

pytestmark = pytest.mark.browser

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
INSIDE = """[...document.querySelectorAll(".main-nav a")].every((a) => {
  const box = a.getBoundingClientRect();
  const fits = box.left >= 0 && box.right <= innerWidth && a.scrollWidth <= a.clientWidth;
  return fits && box.width >= 24;
})"""
NAME = "Werkplek 12/PIR onder het blad"
LINES = f'boards:\n  - {{id: pir-12, family: zigbee2mqtt, device: "{NAME}"}}\n'
MORE = "sensors:\n  - {id: f0-d02/door, kind: contact, sees: [SPACE]}\n"


def device(**more):
    at_ms = time.time_ns() // 1_000_000
    return Device(**{"family": "zigbee2mqtt", "last_heard_ms": at_ms, "online": True} | more)


@pytest.fixture
def site(site):
    """The demo building, where one device has no place, and one board lacks a channel."""
    site.me = site.people.register.add("Fedor Sleutel", Role.FACILITIES)
    channel = Channel("occupancy", "motion", placed=False)
    door = Channel("door", "contact", placed=False)
    boards = [board.id for board in site.building.boards[:6]]
    site.roster = Roster(
        (
            device(name=NAME, model="IKEA of Sweden E1525/E1745", channels=(channel,), lines=LINES),
            device(name="lamp"),
            device(name="x" * 80, board=boards[1], channels=(door,), lines=MORE),
            *(device(name=one, board=one, online=one != boards[3]) for one in boards[2:]),
            device(name=boards[0], board=boards[0], distrusted=(f"{boards[0]}/pir-1",)),
        ),
        LINES + MORE,
        withheld=2,
    )
    return site


def test_lines_are_copied_with_a_press(open_page, site):
    """As they are in the page, and it is said where it is read out."""
    page = open_page("/devices", permissions=["clipboard-read", "clipboard-write"])
    button = page.locator(".strangers [data-copy]").first
    button.click()
    expect(page.locator("[data-said]")).to_have_text("Copied")
    expect(button).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == LINES
    expect(button).to_contain_text("Copy", timeout=5_000)
    page.get_by_text("The lines of all together").first.click()
    page.locator("details [data-copy]").first.press("Enter")
    page.wait_for_function(
        "async (lines) => await navigator.clipboard.readText() === lines", arg=LINES + MORE
    )


def test_without_a_clipboard_the_lines_are_marked(open_page, site):
    """As over plain http, where scripts have none: they can be copied by keyboard."""
    page = open_page("/devices")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-said]")).to_have_text("Selected: copy with the keyboard")
    assert page.evaluate("getSelection().toString().trim()") == LINES.strip()


def test_without_script_the_lines_are_there(open_page, site):
    """And no button that does nothing."""
    page = open_page("/devices", java_script_enabled=False)
    expect(page.locator(".strangers pre").first).to_have_text(LINES)
    assert page.locator("[data-copy]:visible").count() == 0
    expect(page.locator("[data-board]").first).to_contain_text("Silent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_it_fits_320_px(open_page, site, scheme, locale):
    """Nothing sticks out, opened or closed, and each entry of the menu can be hit."""
    page = open_page("/devices", width=320, height=700, color_scheme=scheme, locale=locale)
    for summary in page.locator("summary").all():
        summary.click()
    assert not page.evaluate(SIDEWAYS)
    assert page.evaluate(INSIDE)


@pytest.mark.parametrize("width", [768, 900, 1024, 1150])
def test_the_menu_fits_beside_or_below_the_name(open_page, site, width):
    """With all six entries, in the longer language."""
    page = open_page("/devices", width=width, locale="nl-NL")
    assert page.locator(".main-nav a").count() == 6
    assert not page.evaluate(SIDEWAYS)


def test_nothing_is_blocked_or_broken(open_page, site):
    """No script error and no breach of the content policy."""
    page = open_page("/devices")
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.reload()
    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-said]")).not_to_be_empty()
    assert troubles == []
