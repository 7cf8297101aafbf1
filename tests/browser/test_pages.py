"""The pages in a real browser: live, reachable by keyboard, narrow, and without leaking a key."""

import pytest
from playwright.sync_api import expect

from occupancy.state import State

pytestmark = pytest.mark.browser

WITHIN_MS = 2_000
PAGES = ("/", "/?space=desk-1", "/desks", "/people", "/me", "/nowhere", "/sign-in")
LIVE = '[data-live="live"]'
TOO_SMALL = """() => [...document.querySelectorAll("a, button, select, input, summary")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
  .filter((e) => !e.closest(".segments, .hidden, .skip") && !e.matches("[type=radio]"))
  .map((e) => [e, (e.querySelector?.(".hit") ?? e).getBoundingClientRect()])
  .filter(([e, box]) => box.width > 1 && (box.width < 23.5 || box.height < 23.5))
  .map(([e, box]) => `${e.tagName} ${e.textContent.trim()} ${box.width}x${box.height}`)"""


def place(page, space):
    """The same place on the map and in the list."""
    return page.locator(f'a.spot[data-space="{space}"]'), page.locator(f'li[data-space="{space}"]')


def wait_until_live(page):
    page.locator(LIVE).wait_for()


def test_a_change_shows_within_two_seconds_without_a_reload(open_page, site):
    """Map, list, counts and the open details follow; the page itself stays."""
    page = open_page("/?space=desk-1")
    wait_until_live(page)
    page.evaluate("window.stayed = true")
    spot, row = place(page, "desk-1")
    site.tell(("desk-1", State.OCCUPIED), ("room-0-1", State.UNKNOWN))
    for shown in (spot, row):
        expect(shown).to_have_attribute("data-state", "occupied", timeout=WITHIN_MS)
    expect(row).to_contain_text("Occupied")
    expect(spot).to_have_attribute("aria-label", "Desk 1: Occupied")
    expect(spot.locator("use")).to_have_attribute("href", "#state-occupied")
    expect(page.locator("#details")).to_contain_text("Someone is here now.")
    expect(page.locator(".legend [data-count=occupied]")).to_have_text("1")
    expect(page.locator(".floors [aria-current] b")).to_have_text("60")
    expect(place(page, "room-0-1")[0]).to_have_attribute("data-state", "unknown")
    assert page.evaluate("window.stayed")


def test_a_change_on_another_floor_counts_in_its_tab(open_page, site):
    """The number of free desks of every floor is kept right."""
    page = open_page("/")
    wait_until_live(page)
    upstairs = next(s.id for s in site.building.inside("floor-1") if s.kind == "desk")
    tab = page.locator('.floors a[href="/?floor=floor-1"] b')
    before = int(tab.inner_text())
    site.tell((upstairs, State.AWAY))
    expect(tab).to_have_text(str(before - 1), timeout=WITHIN_MS)


def test_pausing_holds_the_page_still(open_page, site):
    """Nothing moves while paused, and everything is caught up with afterwards."""
    page = open_page("/")
    wait_until_live(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "paused")
    site.tell(("desk-1", State.OCCUPIED))
    page.wait_for_timeout(WITHIN_MS)
    spot, _ = place(page, "desk-1")
    expect(spot).to_have_attribute("data-state", "free")
    page.get_by_role("button", name="Resume").click()
    expect(spot).to_have_attribute("data-state", "occupied", timeout=WITHIN_MS)


def test_the_keyboard_goes_all_the_way(open_page):
    """Tab to the map, arrows over the places, Enter for details, Escape back to the place."""
    page = open_page("/")
    wait_until_live(page)
    first = page.locator('a.spot[tabindex="0"]')
    expect(first).to_have_count(1)
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.spot')"):
            break
    start = page.evaluate("document.activeElement.dataset.space")
    assert start
    expect(page.locator('[data-ring="focus"]')).to_be_visible()
    page.keyboard.press("ArrowUp")
    above = page.evaluate("document.activeElement.dataset.space")
    assert above
    assert above != start
    page.keyboard.press("Enter")
    expect(page.locator("#details-title")).to_be_focused()
    assert page.locator("#details [data-space]").get_attribute("data-space") == above
    page.keyboard.press("Escape")
    expect(page.locator(f'a.spot[data-space="{above}"]')).to_be_focused()
    expect(page.locator("#details [data-space]")).to_have_count(0)


def test_a_click_shows_why(open_page):
    """The details of a desk tell its state, times and reasons, and the address can be shared."""
    page = open_page("/")
    page.locator('a.spot[data-space="desk-5"]').click()
    details = page.locator("#details")
    expect(details).to_contain_text("Desk 5")
    details.locator("summary").click()
    expect(details).to_contain_text("Motion f0-d1/pir-1, +4.2 nats")
    assert page.url.endswith("/?space=desk-5")


def test_without_script_the_pages_still_work(open_page, site):
    """A plain form finds desks, and a place on the map is a link to its details."""
    site.tell(("desk-1", State.OCCUPIED))
    page = open_page("/desks", java_script_enabled=False)
    page.get_by_role("combobox", name="Floor").select_option("floor-0")
    page.get_by_role("button", name="Search").click()
    assert "floor=floor-0" in page.url
    expect(page.get_by_role("heading", name="Desk 2", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Desk 1", exact=True)).to_be_hidden()
    page.goto(f"{site.address}/")
    page.locator('a.spot[data-space="desk-1"]').click()
    expect(page.locator("#details")).to_contain_text("Someone is here now.")


def test_a_desk_that_is_taken_leaves_the_list_gently(open_page, site):
    """It stays in sight for a moment as occupied, the number is right at once, others appear."""
    site.tell(("desk-2", State.OCCUPIED))
    page = open_page("/desks?floor=floor-0", width=390)
    wait_until_live(page)
    taken, freed = (page.locator(f'.cards [data-space="desk-{n}"]') for n in (1, 2))
    expect(freed).to_be_hidden()
    site.tell(("desk-1", State.OCCUPIED), ("desk-2", State.FREE))
    expect(freed).to_be_visible(timeout=WITHIN_MS)
    expect(taken).to_be_visible()
    expect(taken).to_contain_text("Occupied")
    expect(page.locator("[data-found]")).to_have_text("60 places found")
    expect(taken).to_be_hidden(timeout=12_000)


def test_filters_answer_in_place(open_page):
    """With script a changed filter needs no button and no new page."""
    page = open_page("/desks")
    page.evaluate("window.stayed = true")
    page.get_by_role("combobox", name="Floor").select_option("floor-1")
    expect(page.locator("[data-found]")).to_have_text("60 places found")
    assert page.evaluate("window.stayed")
    assert page.url.endswith("/desks?kind=desk&floor=floor-1&state=free")


def test_a_screen_keeps_its_key_to_itself(open_page, site):
    """The key travels in a header alone, and the page shows the floor live without a person."""
    page = open_page("/sign-in", signed_in=False)
    asked = []
    page.on("request", lambda request: asked.insert(0, request))
    page.goto(f"{site.address}/screen/floor-0#key={site.screen_key}")
    wait_until_live(page)
    expect(page.locator(".screen-free b")).to_have_text("61")
    site.tell(("desk-1", State.OCCUPIED))
    expect(page.locator(".screen-free b")).to_have_text("60", timeout=WITHIN_MS)
    expect(page.locator('g.spot[data-space="desk-1"]')).to_have_attribute("data-state", "occupied")
    assert asked
    assert not any(site.screen_key in request.url.partition("#")[0] for request in asked)
    for request in asked:
        headers = dict(request.all_headers())
        headers.pop("authorization", None)
        assert site.screen_key not in str(headers)
    assert "Sam" not in page.content()


@pytest.mark.parametrize(
    ("fragment", "floor", "told"),
    [
        ("", "floor-0", "needs a key"),
        ("#key=vp_wrong", "floor-0", "is wrong or was revoked"),
        ("#key={key}", "floor-1", "may not show this floor"),
    ],
)
def test_a_screen_says_what_is_wrong_with_its_key(open_page, site, fragment, floor, told):
    """No key, a wrong one and one of another floor each get their sentence."""
    path = f"/screen/{floor}{fragment.format(key=site.screen_key)}"
    page = open_page(path, signed_in=False)
    expect(page.locator("[data-notice]")).to_contain_text(told)
    assert "Ground floor" not in page.content()


def test_a_screen_that_loses_its_connection_shows_nothing_as_free(open_page, site):
    """After 10 s it says so and greys all to unknown; when the service is back, so is the floor."""
    page = open_page("/sign-in", signed_in=False)
    page.clock.install()
    page.goto(f"{site.address}/screen/floor-0#key={site.screen_key}")
    wait_until_live(page)
    site.stop()
    page.clock.fast_forward(11_000)
    expect(page.locator("[data-notice]")).to_contain_text("No connection since")
    expect(page.locator('[data-state="free"][data-space]')).to_have_count(0)
    expect(page.locator(".screen-free b")).to_have_text("?")
    expect(page.locator('g.spot[data-space="desk-1"]')).to_have_attribute("data-state", "unknown")
    site.start()
    page.clock.fast_forward(16_000)
    expect(page.locator(".screen-free b")).to_have_text("61", timeout=15_000)
    expect(page.locator("[data-notice]")).to_be_hidden()


def test_a_key_that_is_revoked_blanks_the_screen(open_page, site):
    """Within five seconds nothing is shown as free any more."""
    page = open_page(f"/screen/floor-0#key={site.screen_key}", signed_in=False)
    wait_until_live(page)
    key = next(key for key in site.people.keys.all() if key.screen == "hall")
    assert site.people.keys.revoke(key.id)
    expect(page.locator('[data-state="free"][data-space]')).to_have_count(0, timeout=5_000)
    expect(page.locator("[data-notice]")).to_contain_text("was revoked")


def test_a_colleague_is_found_without_a_name_in_any_address(open_page, site):
    """The search stays in the browser; choosing asks by id and shows place and time."""
    page = open_page("/people")
    asked = []
    page.on("request", lambda request: asked.append(request.url.lower()))
    page.get_by_label("Search by name").fill("SÁM wit")
    expect(page.locator("[data-names] li:visible")).to_have_count(1)
    expect(page.locator("[data-found]")).to_have_text("1 colleague")
    page.get_by_role("button", name="Sam de Wit").click()
    answer = page.locator("[data-answer]")
    expect(answer).to_contain_text("Maas")
    expect(answer).to_contain_text("There since")
    assert any(f"/v1/people/{site.sam.id}/whereabouts" in url for url in asked)
    assert not any("sam" in url.replace(site.sam.id, "") for url in asked)
    answer.get_by_role("link", name="Show on the map").click()
    expect(page.locator("#details")).to_contain_text("Maas")


def test_withdrawing_takes_one_click(open_page, site):
    """The choice counts at once, and so do a new precision and a pause."""
    page = open_page("/me")
    verdict = page.locator("[data-verdict]")
    page.get_by_role("radio", name="Floor").check()
    expect(verdict).to_contain_text("which floor you are on")
    page.get_by_role("button", name="4 hours").click()
    expect(verdict).to_contain_text("Nobody can find you until")
    page.get_by_role("button", name="End the pause").click()
    expect(verdict).to_contain_text("which floor")
    page.get_by_role("button", name="Stop being found").click()
    expect(verdict).to_have_text("Nobody can find you.")
    assert not site.people.register.person(site.me.id).visibility.visible
    expect(page.get_by_role("button", name="Let colleagues find me")).to_be_focused()


def test_a_key_signs_in_and_a_button_signs_out(open_page, site):
    """The door opens with a pasted key, and closes for good."""
    page = open_page("/sign-in", signed_in=False)
    page.get_by_label("Your key").fill(site.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.address}/")
    assert not page.evaluate("document.cookie").count("vrijplek=")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.address}/sign-in")
    page.goto(f"{site.address}/me")
    expect(page).to_have_url(f"{site.address}/sign-in?next=%2Fme")
    page.get_by_label("Your key").fill(site.key)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.address}/me")


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_nothing_scrolls_sideways_on_a_narrow_phone(open_page, site, locale):
    """At 320 px every page fits, and everything to press is large enough."""
    page = open_page("/", width=320, height=640, locale=locale)
    screen = f"/screen/floor-0#key={site.screen_key}"
    for path in (*PAGES, screen):
        page.goto(site.address + path)
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.evaluate(TOO_SMALL) == [], path


def test_everything_to_press_is_large_enough_on_a_desktop(open_page, site):
    """At 1280 px too, desks on the map included."""
    page = open_page("/")
    for path in PAGES:
        page.goto(site.address + path)
        assert page.evaluate(TOO_SMALL) == [], path


def test_no_page_breaks_its_own_policy(open_page, site):
    """The browser finds no script, style or request that the policy forbids, and no error."""
    page = open_page("/")
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    for path in ("/", "/desks", "/people", "/me", f"/screen/floor-0#key={site.screen_key}"):
        page.goto(site.address + path)
        page.wait_for_load_state()
        page.wait_for_timeout(300)
    assert told == []
