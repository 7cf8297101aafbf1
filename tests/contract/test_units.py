"""The units for systemd: systemd understands them, and they keep what the documents promise."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.machine import program

from vrijplek.errors import EXIT_BUSY, EXIT_PROBLEMS, EXIT_USAGE

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
NAMES = ("vrijplek.service", "vrijplek-backup.service", "vrijplek-backup.timer")
INSTALLED = "/opt/vrijplek/bin/vrijplek"


def lines(name, key):
    """All values of a key of a unit."""
    return re.findall(rf"^{key}=(.*)$", (UNITS / name).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def units(tmp_path):
    """The units, with a command that this machine has."""
    for name in NAMES:
        text = (UNITS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(INSTALLED, sys.executable))
    drop_in = tmp_path / "broker.service.d"
    drop_in.mkdir()
    text = (UNITS / "mosquitto.service.d" / "vrijplek.conf").read_text(encoding="utf-8")
    (drop_in / "vrijplek.conf").write_text(text)
    (tmp_path / "broker.service").write_text("[Service]\nExecStart=/bin/true\n")
    return tmp_path


def test_systemd_understands_the_units(units):
    """Without a word of complaint, the drop-in of the broker included."""
    checked = [str(units / name) for name in (*NAMES, "broker.service")]
    ended = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", *checked],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_services_may_do_little(units, name):
    """What systemd measures as exposure, 10 for a service without any bounds, stays below 2."""
    ended = subprocess.run(
        [program("systemd-analyze"), "security", "--offline=true", "--threshold=20", units / name],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout[-2000:]


def test_what_does_not_pass_is_not_tried_again():
    """A file that can't be read, and another program in the way; a dead pipeline is not."""
    [told] = lines("vrijplek.service", "RestartPreventExitStatus")
    assert {int(code) for code in told.split()} == {EXIT_USAGE, EXIT_BUSY}
    assert EXIT_PROBLEMS not in {int(code) for code in told.split()}
    assert lines("vrijplek.service", "Restart") == ["on-failure"]


def test_the_service_works_where_its_backup_looks():
    """Both in the state folder that systemd makes for their user alone."""
    assert lines("vrijplek.service", "Environment") == ["VRIJPLEK_STATE=%S/vrijplek"]
    [copy, _] = lines("vrijplek-backup.service", "ExecStart")
    assert copy == f"{INSTALLED} backup %S/vrijplek-backup --state %S/vrijplek"
    for name in NAMES[:2]:
        assert lines(name, "StateDirectoryMode") == ["0700"]
        assert "vrijplek" in lines(name, "StateDirectory")[0].split()
        assert (lines(name, "User"), lines(name, "UMask")) == (["vrijplek"], ["0077"])


def test_the_account_of_the_units_is_made():
    """By systemd-sysusers."""
    account = (UNITS / "vrijplek.sysusers").read_text(encoding="utf-8").splitlines()[-1]
    assert account.split()[:2] == ["u", "vrijplek"]


def test_every_broker_may_have_many_boards():
    """The drop-in is of the section that takes a limit."""
    parsed = configparser.ConfigParser()
    parsed.read(UNITS / "mosquitto.service.d" / "vrijplek.conf")
    assert int(parsed["Service"]["LimitNOFILE"]) >= 10_000
