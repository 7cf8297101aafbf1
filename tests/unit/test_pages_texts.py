"""The catalogues: both languages say all that the pages need, and nothing else."""

import re
from pathlib import Path
from string import Formatter

import pytest

from api.access.role import Role
from api.calibrator import BEGAN, ENDED
from api.pages import texts as module
from api.pages.calibrate_page import PROBLEMS
from api.pages.language import chosen
from api.pages.texts import texts
from occupancy import evidence, prospect
from occupancy.label import LANGUAGES
from occupancy.learning.report import Verdict
from occupancy.space import ACTIVITIES, FEATURES
from occupancy.state import State

PAGES = Path(module.__file__).parent
KEY = re.compile(r"""["'`]([a-z]+(?:[.-][a-z]+)*\.[\w.-]*)(?=["'`$\{])""")


def written_keys():
    """Keys as they stand in templates, scripts and code; those that end in a dot are beginnings."""
    files = [path for kind in ("html", "js", "py") for path in PAGES.rglob(f"*.{kind}")]
    return {key for path in files for key in KEY.findall(path.read_text())}


def test_both_languages_have_the_same_keys():
    """No sentence is missing in one of them."""
    assert texts("nl").catalogue.keys() == texts("en").catalogue.keys()


@pytest.mark.parametrize("key", sorted(texts("nl").catalogue))
def test_a_sentence_has_the_same_facts_in_both_languages(key):
    """What one language fills in, the other does too, and neither is empty."""
    said = [texts(language).catalogue[key] for language in LANGUAGES]
    facts = [{name for _, name, _, _ in Formatter().parse(one) if name} for one in said]
    assert facts[0] == facts[1]
    assert all(one.strip() for one in said)


def test_no_sentence_is_left_over():
    """Every key is written somewhere, whole or by its beginning."""
    written = written_keys()
    beginnings = tuple(key for key in written if key.endswith("."))
    catalogue = texts("nl").catalogue
    left = {
        key
        for key in catalogue
        if key.removesuffix(".one") not in written and not key.startswith(beginnings)
    }
    assert not left


@pytest.mark.parametrize(
    ("beginning", "values"),
    [
        ("state.", State),
        ("state.hint.", State),
        ("feature.", FEATURES),
        ("activity.", ACTIVITIES),
        ("live.", ("connecting", "live", "lost", "paused")),
        ("me.js.seen.", ("building", "floor", "zone", "room", "hidden", "paused", "untagged")),
        ("me.answer.", ("building", "floor", "zone", "room", "unknown", BEGAN, ENDED)),
        ("calibrate.verdict.", Verdict),
        ("calibrate.problem.", (*PROBLEMS.values(), "hours")),
    ],
)
def test_everything_that_is_put_together_has_a_sentence(beginning, values):
    """Keys made of a beginning and a value exist for each value."""
    assert {f"{beginning}{value}" for value in values} <= texts("en").catalogue.keys()


def test_every_kind_of_evidence_has_a_name():
    """The kinds that the source of `Evidence` documents are those that a page can say."""
    documented = re.findall(r"`([a-z]+)`", Path(evidence.__file__).read_text())
    assert {"motion", "silence"} <= set(documented)
    assert {f"reason.{kind}" for kind in documented} <= texts("nl").catalogue.keys()


def test_every_cause_of_a_change_has_a_name():
    """The causes that the source of `Prospect` documents are those that a page can say."""
    documented = re.findall(r"`([a-z-]+)`", Path(prospect.__file__).read_text())
    assert {"quiet", "motion", "badge-leaves"} <= set(documented)
    assert {f"outlook.cause.{cause}" for cause in documented} <= texts("nl").catalogue.keys()


def test_scripts_get_their_sentences_only():
    """A page carries the texts of its scripts, not the whole catalogue."""
    carried = texts("nl").for_scripts()
    assert "state.free" in carried
    assert "sign-in.lead" not in carried


def test_another_language_is_refused():
    """The error names what was found and what there is."""
    with pytest.raises(ValueError, match=r"'de'.*'nl', 'en'"):
        texts("de")


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "expected"),
    [
        (None, None, None, "nl"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "de;q=0.9, nl;q=0.1, en;q=0", "nl"),
        (None, None, "en;q=oops", "nl"),
        (None, "en", "nl", "en"),
        ("nl", "en", "en", "nl"),
        ("xx", "yy", "en", "en"),
    ],
)
def test_the_language_is_chosen(asked, remembered, accepted, expected):
    """The address goes before the cookie, the cookie before the browser, and Dutch is left."""
    assert chosen(asked, remembered, accepted) == expected


def test_a_language_that_was_asked_for_is_remembered(house):
    """The cookie decides the next page, and asking for neither sets none."""
    first = house.ask("/?lang=en", Role.STAFF)
    assert "vrijplek_language=en" in first.headers["set-cookie"]
    assert '<html lang="en"' in first.text
    second = house.ask("/", Role.STAFF, headers={"Cookie": "vrijplek_language=en"})
    assert '<html lang="en"' in second.text
    assert "set-cookie" not in second.headers
