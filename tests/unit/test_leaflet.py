"""The leaflet of a board: what is printed to be flashed, and the line to try it."""

import shlex

import msgspec
import pytest

from sensors.families.own.wire import Readings
from vrijplek.broker.certificates import Issued
from vrijplek.broker.folder import Way
from vrijplek.broker.leaflet import TRIAL, Leaflet

SECRET = "a secret of the board"  # noqa: S105 - of no broker


@pytest.fixture
def leaflet(tmp_path):
    """Makes a leaflet of a board by its way and secret."""
    (tmp_path / "ca.crt").write_text("AUTHORITY")

    def make(way, secret=SECRET, **changed):
        how = {
            "host": "broker.example",
            "port": way.port,
            "site": "hq",
            "files": tmp_path,
        } | changed
        return Leaflet("b1", way, secret=secret, authority=tmp_path / "ca.crt", **how)

    return make


def test_the_trial_is_a_message_of_our_format():
    """What the printed line publishes is taken by the decoder."""
    said = msgspec.json.decode(TRIAL.replace("'$(date +%s)'", "1795500000"), type=Readings)

    assert (said.boot, said.seq, len(said.readings)) == ("1795500000", 0, 1)


def test_the_printed_line_is_whole_for_a_shell(leaflet):
    """Also where a folder or a host has a space in its name."""
    line = leaflet(Way.PASSWORD, host="a b").text().strip().splitlines()[-1]
    words = shlex.split(line)

    assert words[:5] == ["mosquitto_pub", "-h", "a b", "-p", "8883"]
    assert words[words.index("-P") + 1] == SECRET


def test_who_has_no_tls_gets_no_authority(leaflet):
    """And neither certificate nor key; the other keys of the JSON are there all the same."""
    flash = msgspec.to_builtins(leaflet(Way.PLAIN).flash())

    assert flash.keys() == {
        "board",
        "host",
        "port",
        "tls",
        "username",
        "clientId",
        "topics",
        "password",
    }
    assert flash["tls"] is False


def test_who_has_a_certificate_gets_no_password(leaflet):
    """But the pair, in the JSON and in the sketch."""
    made = leaflet(Way.CERTIFICATE, Issued("CERTIFICATE", "KEY"))

    assert msgspec.to_builtins(made.flash()).keys() >= {"authority", "certificate", "key"}
    assert made.flash().password == ""
    assert 'MQTT_KEY[] = R"PEM(KEY)PEM"' in made.text()
    assert "-P" not in made.text()


def test_a_leaflet_shows_no_secret_by_accident(leaflet):
    """Where the value itself is printed, as in a traceback."""
    made = leaflet(Way.PASSWORD)

    assert SECRET not in repr(made)
    assert SECRET not in repr(made.flash())
