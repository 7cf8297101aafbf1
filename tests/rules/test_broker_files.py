"""mosquitto.conf and the rules of deploy/broker, as texts: what must stand where."""

import re

import pytest
from support.tree import ROOT

from vrijplek.broker.accounts import REPLAY, board_rules, plain_rules, service_rules

CONF = (ROOT / "mosquitto.conf").read_text(encoding="utf-8")
SETTING = re.compile(r"^(#?)([a-z_]+) (.+)$", re.MULTILINE)
LISTENERS = re.split(r"^(?=#?listener )", CONF, flags=re.MULTILINE)[1:]
GONE = {
    "allow_duplicate_messages",
    "auth_plugin",
    "bind_address",
    "clientid_prefixes",
    "message_size_limit",
    "port",
    "store_clean_interval",
}
"""What 2.0 calls deprecated or another setting has replaced; 2.1 may take it away."""
LEAVING = {"per_listener_settings", "password_file", "acl_file"}
"""What 2.1 calls deprecated and takes until 3.0: decision 0021."""


def rules_in(file: str) -> dict[str, set[tuple[str, str]]]:
    """The rules of each user in a file, those for everyone under the empty name."""
    found: dict[str, set[tuple[str, str]]] = {}
    user = ""
    for line in (ROOT / "deploy" / "broker" / file).read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["user", user]:
                found[user] = set()
            case ["pattern", may, topic]:
                found.setdefault("", set()).add((may, topic))
            case ["topic", may, topic]:
                found[user].add((may, topic))
            case _:
                assert not line or line.startswith("#"), line
    return found


@pytest.mark.parametrize(
    ("file", "of_code"),
    [
        ("acl-boards", {"": board_rules("+")}),
        ("acl-plain", {"": plain_rules()}),
        ("acl-service", {u: r for u, r in service_rules("+").items() if u != REPLAY}),
    ],
)
def test_the_files_have_the_rules_of_the_code(file, of_code):
    """What a broker of a site allows is what the demo's allows, but for the account of replays."""
    assert rules_in(file) == {
        user: {(rule.may.value, rule.topic) for rule in rules} for user, rules in of_code.items()
    }


def test_every_listener_keeps_its_door():
    """Each, commented ones too, ties client ids to user names and has accounts and rules."""
    assert len(LISTENERS) == 4
    for listener in LISTENERS:
        found = {name: value for _, name, value in SETTING.findall(listener)}
        assert found["use_username_as_clientid"] == "true"
        assert found["allow_anonymous"] == "false"
        assert found["acl_file"].startswith("/etc/mosquitto/vrijplek/acl-")
        assert "password_file" in found or found["require_certificate"] == "true"
        assert int(found["max_connections"]) > 0


def test_what_is_not_encrypted_is_not_open_to_the_network():
    """An open listener is on loopback or speaks TLS; each has a file of passwords of its own."""
    for listener in LISTENERS:
        mark, name, value = SETTING.findall(listener)[0]
        assert name == "listener"
        assert mark == "#" or value.endswith(" 127.0.0.1") or "\ncertfile " in listener
    files = re.findall(r"password_file (\S+)", CONF)
    assert len(files) == len(set(files)) == 3


def test_every_setting_has_a_reason():
    """Where it comes first, a comment of its own stands above it."""
    known, before = set(), ""
    for line in CONF.splitlines():
        found = SETTING.match(line)
        if found and found[2] not in known:
            assert before.startswith("# "), line
            known.add(found[2])
        before = line
    assert len(known) > 20


def test_no_setting_is_one_that_a_later_version_takes_away():
    """None that has been replaced; of those that 2.1 calls deprecated the three that we know."""
    used = {name for _, name, _ in SETTING.findall(CONF)}

    assert used & GONE == set()
    assert used >= LEAVING


def test_sessions_stay_in_memory():
    """What waits for the service holds addresses of tags, which no file may hold."""
    assert re.search(r"^persistence false$", CONF, re.MULTILINE)
    assert not re.search(r"^#?persistence_location ", CONF, re.MULTILINE)


def test_the_log_has_no_topics():
    """The kinds that write topics are off, because those of ESPresense hold addresses of tags."""
    kinds = {value for _, name, value in SETTING.findall(CONF) if name == "log_type"}

    assert kinds == {"error", "warning", "notice"}
