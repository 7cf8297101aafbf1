"""The ESPHome configuration in the docs is one that ESPHome takes, and that we understand."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.office import START_MS

from sensors.families.directory import FOREIGN
from sensors.keys import NO_KEYS
from sensors.message import Message

FILE = Path(__file__).parents[2] / "docs" / "devices" / "esphome-desk.yaml"
RELEASE = "esphome==2026.6.5"
SECRETS = ("wifi_ssid", "wifi_password", "ota_password", "mqtt_broker", "mqtt_password")


@pytest.mark.timeout(300)
def test_esphome_finds_the_configuration_valid(tmp_path):
    """By its own command, of a release that is pinned; it needs a folder of its own."""
    (tmp_path / FILE.name).write_text(FILE.read_text())
    (tmp_path / "secrets.yaml").write_text("".join(f"{name}: not-a-secret\n" for name in SECRETS))
    words = ("-m", "uv", "tool", "run", "--from", RELEASE, "esphome", "config", FILE.name)
    ended = subprocess.run(
        (sys.executable, *words), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Configuration is valid" in ended.stdout + ended.stderr


class _Loader(yaml.SafeLoader):
    """Knows ESPHome's own tags."""


_Loader.add_constructor("!secret", lambda loader, node: node.value)


@pytest.mark.parametrize(("name", "kind"), [("pir", "motion"), ("has_target", "presence")])
def test_what_it_publishes_is_understood(name, kind):
    """Each binary sensor of the configuration by the kind that it is meant to be."""
    told = yaml.load(FILE.read_text(), _Loader)  # noqa: S506 - a safe loader with one more tag
    parts = told["binary_sensor"]
    names = {one.get("name") or one["has_target"]["name"] for one in parts}
    assert name in names
    message = Message(f"desk-12/binary_sensor/{name}/state", b"ON", START_MS)
    [said] = FOREIGN["esphome"].hear(message, {}, NO_KEYS).statements
    assert (said.kind, said.value) == (kind, True)
