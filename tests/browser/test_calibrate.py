"""Walking with the page in a real browser: with and without script, by keyboard, on a phone."""

import time

import pytest
from playwright.sync_api import expect

from api.access.role import Role
from occupancy.calibration import Heard, Visit, Walk
from occupancy.placement import SensorKind
from sensors.entry import Entry
from sensors.reading import Sighting
from sensors.tag import Tag

pytestmark = pytest.mark.browser

WITHIN_MS = 5_000
MINE = Tag("a" * 32)
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def now_ms():
    return time.time_ns() // 1_000_000


def hear(site, scanners):
    """So many scanners hear the tag now."""
    at_ms = now_ms()
    entries = [
        Entry(s.partition("/")[0], at_ms, (Sighting(s, at_ms, MINE, -60.0),))
        for s in scanners_of(site)[:scanners]
    ]
    site.recorder.take(entries, site.walks)


def scanners_of(site):
    return [s.id for s in site.building.sensors if s.kind is SensorKind.SCANNER]


def record(site):
    """Two rooms that sound alike are recorded."""
    at_ms = now_ms() - 3_600_000
    visits, heard = [], []
    for place in ("room-0-1", "room-0-2"):
        visits.append(Visit(place, at_ms, at_ms + 90_000))
        heard += [Heard(scanners_of(site)[0], at_ms, at_ms + s * 1000, -20.0) for s in range(90)]
        at_ms += 100_000
    site.walks.add(Walk("a1", visits[0].begin_ms, at_ms, tuple(visits), tuple(heard)))


@pytest.fixture
def site(site):
    """The demo building; signed in is somebody of facilities, who has a tag."""
    site.me = site.people.register.add("Fedor Sleutel", Role.FACILITIES)
    site.people.register.enrol(site.me.id, MINE)
    return site


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_walk_without_leaving_the_page(open_page, site):
    """Begin, be in rooms, be on the way, finish; seconds and scanners run by themselves."""
    page = open_page("/calibrate")
    page.evaluate("window.stayed = true")
    button(page, "Begin").click()
    heading = page.locator("[data-heading]")
    expect(heading).to_have_text("On the way")
    page.locator('button[value="room-0-1"]').click()
    expect(heading).to_contain_text("Ground floor")
    expect(page.locator("[data-silent]")).to_be_visible()
    hear(site, 3)
    expect(page.locator("[data-scanners]")).to_have_text("3", timeout=WITHIN_MS)
    expect(page.locator("[data-silent]")).to_be_hidden()
    expect(page.locator("[data-seconds]")).not_to_have_text("0:00", timeout=WITHIN_MS)
    page.locator('button[value="room-0-2"]').click()
    expect(page.locator('[aria-pressed="true"]')).to_have_attribute("value", "room-0-2")
    button(page, "On my way").click()
    expect(heading).to_have_text("On the way")
    button(page, "Finish").click()
    expect(heading).to_have_text("Begin a walk")
    expect(page.locator("[data-walks] li")).to_have_count(1)
    assert page.evaluate("window.stayed")
    assert [v.place for v in site.walks.walks()[0].visits] == ["room-0-1", "room-0-2"]


def test_a_walk_by_keyboard(open_page, site):
    """The focus stays on the room that was pressed, and what happened is announced."""
    page = open_page("/calibrate")
    button(page, "Begin").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-heading]")).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("On the way")
    room = page.locator('button[value="room-0-2"]')
    room.focus()
    page.keyboard.press("Space")
    expect(room).to_have_attribute("aria-pressed", "true")
    expect(room).to_be_focused()
    expect(page.locator("[data-said]")).to_contain_text("Ground floor")
    assert list(site.recorder.going().values()) == [MINE]


def test_a_walk_without_script(open_page, site):
    """Plain forms lead through it."""
    page = open_page("/calibrate", java_script_enabled=False)
    button(page, "Begin").click()
    page.locator('button[value="room-0-1"]').click()
    expect(page.locator("[data-heading]")).to_contain_text("Ground floor")
    button(page, "Finish").click()
    expect(page.locator("[data-heading]")).to_have_text("Begin a walk")
    assert site.walks.outlines()[0].places == 1


def test_a_press_that_fails_is_said(open_page, site):
    """The page keeps what it shows, and says so where it is seen and read out."""
    page = open_page("/calibrate")
    button(page, "Begin").click()
    expect(page.locator("[data-heading]")).to_have_text("On the way")
    page.context.set_offline(offline=True)
    page.locator('button[value="room-0-1"]').click()
    expect(page.locator("[data-said]")).to_have_text("That did not reach the service. Press again.")
    page.context.set_offline(offline=False)
    page.locator('button[value="room-0-1"]').click()
    expect(page.locator("[data-heading]")).to_contain_text("Ground floor")


def test_a_walk_that_ended_elsewhere_is_over_here_too(open_page, site):
    """The page notices by itself."""
    page = open_page("/calibrate")
    button(page, "Begin").click()
    expect(page.locator("[data-heading]")).to_have_text("On the way")
    site.recorder.finish(site.me.id, now_ms())
    expect(page.locator("[data-heading]")).to_have_text("Begin a walk", timeout=WITHIN_MS)


def test_the_report_comes_by_itself(open_page, site):
    """It is worked out after the page was answered, and shown as a table with words."""
    record(site)
    page = open_page("/calibrate")
    report = page.locator("[data-report]")
    expect(report).to_have_attribute("data-fresh", "yes", timeout=WITHIN_MS)
    expect(report.locator('[data-verdict="poor"]')).to_have_count(2)
    expect(report.locator('[data-verdict="poor"]').first).to_have_text("Poor")
    expect(report).to_contain_text("Most confused:")
    report.locator("summary").click()
    expect(report.locator(".matrix")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "sentence", "walk_again"),
    [
        ("en-GB", "f0-d1/ble, 4.5\N{NO-BREAK SPACE}dB fainter", "Walk again"),
        ("nl-NL", "f0-d1/ble, 4,5\N{NO-BREAK SPACE}dB zachter", "Loop opnieuw"),
    ],
)
def test_the_drift_of_scanners_is_told(open_page, site, locale, sentence, walk_again):
    """The scanner that changed most in a sentence, all of them in a table behind a summary."""
    record(site)
    site.services.calibrator.drifts = lambda: {"f0-d2/ble": 1.0, "f0-d1/ble": -4.5, "f0-d3/ble": 0}
    site.services.calibrator.report()
    page = open_page("/calibrate", width=360, height=740, locale=locale)
    drift = page.locator("[data-drift]")
    expect(drift).to_contain_text(sentence)
    expect(drift.locator(".notice")).to_contain_text(walk_again)
    expect(drift.locator("table")).to_be_hidden()
    drift.locator("summary").click()
    expect(drift.locator("tbody th")).to_have_text(["f0-d1/ble", "f0-d2/ble", "f0-d3/ble"])
    assert not page.evaluate(SIDEWAYS)


def test_a_walk_is_removed_with_one_press(open_page, site):
    """It is gone from the list."""
    record(site)
    page = open_page("/calibrate")
    page.locator("[data-walks] button").click()
    expect(page.locator("[data-walks] li")).to_have_count(0)
    assert site.walks.outlines() == ()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_it_fits_a_narrow_phone(open_page, site, scheme, locale):
    """At 360 px nothing sticks out, and every room is big enough for a thumb."""
    record(site)
    site.recorder.begin(site.me.id, MINE, now_ms())
    page = open_page("/calibrate", width=360, height=740, color_scheme=scheme, locale=locale)
    assert not page.evaluate(SIDEWAYS)
    rooms = page.locator(".here-grid button").all()
    assert len(rooms) == len(site.services.calibrator.places)
    sizes = [room.bounding_box() for room in rooms]
    assert min(size["height"] for size in sizes) >= 64
    assert min(size["width"] for size in sizes) >= 130


def test_nothing_is_blocked_or_broken(open_page, site):
    """No script error and no breach of the content policy."""
    record(site)
    page = open_page("/calibrate")
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.reload()
    button(page, "Begin").click()
    page.locator('button[value="room-0-1"]').click()
    expect(page.locator("[data-heading]")).to_contain_text("Ground floor")
    assert troubles == []
