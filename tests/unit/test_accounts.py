"""Accounts at the broker: who may publish and hear what, and how passwords are kept."""

import base64
import itertools
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.machine import program

from vrijplek.broker.accounts import (
    HOME_ASSISTANT,
    OPERATOR,
    PUBLISHER,
    REPLAY,
    SERVICE,
    TELLER,
    Account,
    May,
    allows,
    board_rules,
    covers,
    hashed,
    new_password,
    plain_rules,
    service_rules,
)
from vrijplek.broker.mosquitto import write_files

SITE = "hq"
ROOT = f"vrijplek/v1/{SITE}"
LEVELS = ("a", "b", "$x")
MOST_LEVELS = 3


def may(user, what, topic):
    """Whether an account may do this, with the rules for all and its own."""
    rules = (*board_rules(SITE), *plain_rules(), *service_rules(SITE).get(user, ()))
    return allows(rules, user, what, topic)


@pytest.mark.parametrize("leaf", ["readings", "status"])
def test_a_board_writes_its_own_topics(leaf):
    """Readings and status under its own name."""
    assert may("b1", May.WRITE, f"{ROOT}/b1/{leaf}")


@pytest.mark.parametrize("leaf", ["ack", "command"])
def test_a_board_hears_what_is_told_to_it(leaf):
    """Acknowledgements and commands under its own name."""
    assert may("b1", May.READ, f"{ROOT}/b1/{leaf}")


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/b2/readings",
        f"{ROOT}/b2/status",
        f"{ROOT}/b1/ack",
        f"{ROOT}/b1/command",
        f"{ROOT}/b1/readings/more",
        f"{ROOT}/b11/readings",
        "vrijplek/v1/annex/b1/readings",
        "espresense/devices/watch/b2",
        "espresense/rooms/b2/status",
        "anything",
    ],
)
def test_a_board_writes_nothing_else(topic):
    """Another board's topics, and those that the service writes, are refused."""
    assert not may("b1", May.WRITE, topic)


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/b1/readings",
        f"{ROOT}/b2/ack",
        f"{ROOT}/+/ack",
        f"{ROOT}/+/readings",
        f"{ROOT}/b1/#",
        f"{ROOT}/#",
        "espresense/#",
        "#",
        "+/+/+/+/+",
        "$SYS/#",
        f"$share/thieves/{ROOT}/+/readings",
    ],
)
def test_a_board_hears_no_other(topic):
    """Neither others' readings nor any filter that would hold them."""
    assert not may("b1", May.READ, topic)


def test_a_scanner_of_espresense_writes_under_its_own_name():
    """Devices heard by it, and its own room."""
    assert may("den", May.WRITE, "espresense/devices/watch:invented/den")
    assert may("den", May.WRITE, "espresense/rooms/den/telemetry")
    assert may("den", May.READ, "espresense/rooms/den/max_distance/set")
    assert not may("den", May.WRITE, "espresense/rooms/den/max_distance/set")
    assert not may("den", May.READ, "espresense/settings/+/config")


def test_the_service_only_hears():
    """The account with the session of days can publish nothing under a board's name."""
    assert may(SERVICE, May.READ, f"{ROOT}/+/readings")
    assert may(SERVICE, May.READ, f"{ROOT}/+/status")
    assert may(SERVICE, May.READ, "espresense/devices/+/+")
    assert may(SERVICE, May.READ, "espresense/rooms/+/+")
    assert not may(SERVICE, May.READ, "espresense/#")
    assert not may(SERVICE, May.WRITE, f"{ROOT}/b1/readings")
    assert not may(SERVICE, May.WRITE, f"{ROOT}/b1/ack")
    assert not may(SERVICE, May.READ, "#")


def test_the_teller_only_tells():
    """It hears no board."""
    assert may(TELLER, May.WRITE, f"{ROOT}/b1/ack")
    assert may(TELLER, May.WRITE, f"{ROOT}/b1/command")
    assert not may(TELLER, May.READ, f"{ROOT}/b1/readings")
    assert not may(TELLER, May.WRITE, f"{ROOT}/b1/readings")


def test_the_publisher_says_states_and_hears_when_home_assistant_starts():
    """It hears no board, and speaks in the name of none."""
    assert may(PUBLISHER, May.WRITE, f"{ROOT}/spaces/desk-1/state")
    assert may(PUBLISHER, May.WRITE, f"{ROOT}/floors/floor-0/free")
    assert may(PUBLISHER, May.WRITE, f"{ROOT}/service")
    assert may(PUBLISHER, May.WRITE, "homeassistant/device/vrijplek_hq_floor-0/config")
    assert may(PUBLISHER, May.READ, "homeassistant/status")
    assert not may(PUBLISHER, May.WRITE, f"{ROOT}/b1/readings")
    assert not may(PUBLISHER, May.READ, f"{ROOT}/b1/readings")
    assert not may(PUBLISHER, May.WRITE, "homeassistant/sensor/den/config")


def test_home_assistant_reads_states_and_nothing_else_of_ours():
    """No board and no badge, and it can't make up a state."""
    assert may(HOME_ASSISTANT, May.READ, f"{ROOT}/spaces/desk-1/state")
    assert may(HOME_ASSISTANT, May.READ, "homeassistant/#")
    assert not may(HOME_ASSISTANT, May.READ, f"{ROOT}/b1/readings")
    assert not may(HOME_ASSISTANT, May.READ, "espresense/devices/+/+")
    assert not may(HOME_ASSISTANT, May.WRITE, f"{ROOT}/spaces/desk-1/state")


def test_the_operator_looks_and_commands_but_fakes_nothing():
    """Readings in the name of a board are refused."""
    assert may(OPERATOR, May.READ, "#")
    assert may(OPERATOR, May.WRITE, f"{ROOT}/b1/command")
    assert not may(OPERATOR, May.WRITE, f"{ROOT}/b1/readings")


def test_replay_speaks_for_any_board_of_its_site_and_hears_nothing():
    """Captures hold messages of many boards."""
    assert may(REPLAY, May.WRITE, f"{ROOT}/b1/readings")
    assert may(REPLAY, May.WRITE, "espresense/devices/watch:invented/den")
    assert not may(REPLAY, May.WRITE, "vrijplek/v1/annex/b1/readings")
    assert not may(REPLAY, May.READ, f"{ROOT}/b1/readings")


def test_an_unknown_user_has_only_what_boards_have():
    """Without a rule of one's own nothing more is allowed."""
    assert not may("stranger", May.WRITE, f"{ROOT}/b1/readings")
    assert not allows((), "b1", May.WRITE, f"{ROOT}/b1/readings")


def matches(pattern, topic):
    """Whether a filter matches a topic, as MQTT 5.0 section 4.7 says, told by another way."""
    if pattern.startswith(("+", "#")) and topic.startswith("$"):
        return False
    if pattern == "#":
        return True
    parts = [r"[^/]*" if level == "+" else re.escape(level) for level in pattern.split("/")]
    if parts[-1] == re.escape("#"):
        return re.fullmatch("/".join(parts[:-1]) + r"(/.*)?", topic) is not None
    return re.fullmatch("/".join(parts), topic) is not None


TOPICS = [
    "/".join(levels)
    for length in range(1, MOST_LEVELS + 2)
    for levels in itertools.product(LEVELS, repeat=length)
]
"""Every topic of a small world."""
filters = st.builds(
    lambda levels, rest: "/".join([*levels, *rest]),
    st.lists(st.sampled_from([*LEVELS, "+"]), min_size=1, max_size=MOST_LEVELS),
    st.sampled_from([[], ["#"]]),
) | st.just("#")


@given(filters, st.sampled_from(TOPICS))
def test_covers_matches_topics_as_the_standard_says(pattern, topic):
    """On plain topics it is the same as a matcher that was written another way."""
    assert covers(pattern, topic) == matches(pattern, topic)


@given(filters, filters)
def test_what_covers_lets_through_is_never_more_than_the_pattern(pattern, wanted):
    """A filter that is covered matches no topic that the pattern does not match."""
    if covers(pattern, wanted):
        loose = [t for t in TOPICS if matches(wanted, t) and not matches(pattern, t)]
        assert loose == []


@given(filters)
def test_a_filter_covers_itself(pattern):
    """So that the rule of an account allows the subscription that it was written for."""
    assert covers(pattern, pattern)


def test_passwords_are_long_random_and_safe_in_a_shell():
    """At least 128 bits each, of letters and digits alone."""
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", password) for password in made)


def test_the_same_password_has_another_hash_each_time():
    """Each has a salt of its own."""
    assert hashed("secret") != hashed("secret")


def test_the_hash_is_that_of_mosquitto_passwd(tmp_path):
    """With the salt that mosquitto chose, the same password gives the same line."""
    file = tmp_path / "passwords"
    subprocess.run([program("mosquitto_passwd"), "-c", "-b", str(file), "b1", "secret"], check=True)
    name, _, theirs = file.read_text().strip().partition(":")
    _, kind, rounds, salt, _ = theirs.split("$")
    assert (name, kind, rounds) == ("b1", "7", "101")
    assert hashed("secret", base64.b64decode(salt)) == theirs


def test_the_files_of_the_broker_are_for_the_owner_alone(tmp_path):
    """Not even what an earlier version left readable stays so, and no password is in clear."""
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "passwords").write_text("left behind")
    (folder / "passwords").chmod(0o644)
    account = Account("b1", "a secret of the board")
    conf = write_files(folder, "127.0.0.1", 1883, [account], board_rules(SITE))
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes == {"mosquitto.conf": 0o600, "passwords": 0o600, "acl": 0o600}
    assert not any(account.password in file.read_text() for file in folder.iterdir())
    assert f"pattern write {ROOT}/%u/readings" in (folder / "acl").read_text()
    assert "use_username_as_clientid true" in conf.read_text()
