"""The containers: all that is mounted is there, nothing is open that need not be."""

import os
import re
import stat
import subprocess
import time
import tomllib
from pathlib import Path

import pytest
import yaml
from support.machine import extra, program

from vrijplek.broker.accounts import HOME_ASSISTANT, OPERATOR, PUBLISHER
from vrijplek.broker.folder import BrokerFolder
from vrijplek.settings import InfluxSettings, read_settings
from vrijplek.storing import AGGREGATES, KEPT_S, TRANSITIONS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
MADE = "./compose/secrets/"
"""What the script makes, and `accounts` after it."""
PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+(-[\w.-]+)?")
FAKE_INFLUX = """#!/bin/bash
# Remembers buckets, mappings and tokens as an InfluxDB 2 would; $FAKE is the folder.
echo "$*" >> "$FAKE/calls"
value() { while [ $# -gt 0 ]; do if [ "$1" = "$W" ]; then echo "$2"; return; fi; shift; done; }
name=$(W=--name value "$@"); db=$(W=--db value "$@")
case "$1 $2 $3" in
  "bucket list "*) [ -e "$FAKE/bucket-$name" ] || { echo "Error: not found" >&2; exit 1; }
    printf 'id-of-%s\\t%s\\n' "$name" "$name";;
  "bucket create "*) touch "$FAKE/bucket-$name";;
  "v1 dbrp list") if [ -e "$FAKE/db-$db" ]; then echo "$db"; fi;;
  "v1 dbrp create") touch "$FAKE/db-$db";;
  "auth create "*)
    printf '{\\n\\t"id": "1",\\n\\t"token": "made-%s==",\\n\\t"status": "active"\\n}\\n' \\
    "$(grep -c '^auth create' "$FAKE/calls")";;
  *) exit 9;;
esac
"""


def mounts(service):
    """What a service mounts of the project, as source and target."""
    for volume in service.get("volumes", ()):
        source, target, *_ = (
            volume.rsplit(":", 2) if volume.endswith(":ro") else (*volume.split(":"),)
        )
        if source.startswith(".") and not source.startswith(MADE):
            yield source, target


def volumes_of(name):
    """Services that mount a named volume."""
    return {
        service
        for service, parts in SERVICES.items()
        if any(volume.startswith(f"{name}:") for volume in parts.get("volumes", ()))
    }


@pytest.fixture
def secrets(tmp_path):
    """Secrets as the script makes them."""
    program("mosquitto_passwd")
    folder = tmp_path / "secrets"
    subprocess.run(["sh", DEPLOY / "compose" / "secrets.sh", folder], check=True)
    return folder


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_its_version(name):
    """Down to the last number, so that the same file starts the same programs."""
    assert PINNED.fullmatch(SERVICES[name]["image"])


def test_the_image_of_the_service_is_of_this_version():
    """And is built from images with a version, out of every package of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert SERVICES["service"]["image"] == f"vrijplek:{project['project']['version']}"
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert bases
    assert all(PINNED.fullmatch(base) for base in bases)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    files = {file for line in copied for file in line.split()}
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages <= files
    assert all((ROOT / file).exists() for file in files)
    kept_out = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in kept_out if line.startswith("!")} == files


@pytest.mark.parametrize("name", SERVICES)
def test_everything_mounted_is_there_and_can_not_be_written(name):
    """Of the project; volumes are made by themselves."""
    for source, target in mounts(SERVICES[name]):
        assert (DEPLOY / source).exists(), source
        assert f"{source}:{target}:ro" in SERVICES[name]["volumes"]


def test_the_script_makes_every_secret(secrets):
    """Each another, for the owner of the folder alone."""
    wanted = {Path(one["file"]).name for one in COMPOSE["secrets"].values()}
    assert {file.name for file in secrets.iterdir()} == wanted | {"broker"}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    texts = [(secrets / name).read_text() for name in wanted]
    assert len(set(texts)) == len(texts)
    assert all(len(text) >= 40 for text in texts)


def test_the_script_changes_no_secret_that_is_there(secrets):
    """It makes what is missing."""
    before = {file.name: file.read_text() for file in secrets.rglob("*") if file.is_file()}
    (secrets / "grafana-password").unlink()
    subprocess.run(["sh", DEPLOY / "compose" / "secrets.sh", secrets], check=True)
    after = {file.name: file.read_text() for file in secrets.rglob("*") if file.is_file()}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"grafana-password"}


def test_the_broker_knows_the_passwords_of_the_service(secrets):
    """Hashed; neither is there as it is."""
    text = (secrets / "broker" / "passwords-service").read_text()
    names = [line.split(":")[0] for line in text.splitlines()]
    settings = read_settings(DEPLOY / "compose" / "vrijplek.yaml", {})
    assert names == [settings.broker.username, settings.broker.teller_username]
    assert (secrets / "service-password").read_text() not in text
    assert all(":$7$" in line for line in text.splitlines())


def test_the_broker_starts_with_what_is_made(secrets, tmp_path):
    """The script, then `vrijplek board prepare`: all that its configuration names is there."""
    folder = secrets / "broker"
    made = BrokerFolder(folder).prepare("broker.example", time.time_ns() // 1_000_000, 30)
    conf = (ROOT / "mosquitto.conf").read_text(encoding="utf-8")
    named = set(re.findall(r"^\w+ /etc/mosquitto/vrijplek/(\S+)$", conf, re.MULTILINE))

    assert set(made) == {PUBLISHER, HOME_ASSISTANT, OPERATOR}
    assert {file.name for file in folder.iterdir()} >= named
    sources = {volume.partition(":")[0] for volume in SERVICES["broker"]["volumes"]}
    assert f"{MADE}broker" in sources


def test_no_secret_stands_in_the_file():
    """Passwords and tokens come from files."""
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", key):
                assert key.endswith("_FILE"), (name, key)
                assert Path(value).name in service["secrets"]


def test_no_secret_is_in_the_repository():
    """Git leaves the folder out."""
    assert "deploy/compose/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_nothing_is_open_that_need_not_be():
    """Boards come in by TLS; people by a proxy on this machine."""
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {
        "broker": ["8883:8883"],
        "service": ["127.0.0.1:8000:8000"],
        "grafana": ["127.0.0.1:3000:3000"],
    }
    assert COMPOSE["networks"]["inside"]["internal"]
    assert COMPOSE["networks"]["store"]["internal"]
    assert {n for n, s in SERVICES.items() if "inside" in s.get("networks", ())} == {
        "broker",
        "service",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_bounded_and_looked_at(name):
    """No capability that is not named, no new one; health, unless it is to end."""
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    ends = service["restart"] == "no"
    assert ends == (name in {"tokens", "accounts"})
    assert ("healthcheck" in service) is not ends
    for other, asked in service.get("depends_on", {}).items():
        expected = "service_completed_successfully" if other == "tokens" else "service_healthy"
        assert asked["condition"] == expected


def test_the_settings_name_what_the_containers_are_called():
    """Broker, InfluxDB, and the files with secrets where they are mounted."""
    settings = read_settings(DEPLOY / "compose" / "vrijplek.yaml", {})
    service = SERVICES["service"]
    assert settings.broker.host in SERVICES
    assert settings.influx is not None
    assert settings.influx.url.removeprefix("http://").partition(":")[0] in SERVICES
    for file in (settings.broker.password_file, settings.broker.teller_password_file):
        assert file is not None
        assert file.parent == Path("/run/secrets")
        assert file.name in service["secrets"]
    assert settings.influx.token_file == Path("/run/tokens/token")
    assert "service-token:/run/tokens:ro" in service["volumes"]


def test_each_token_is_seen_by_who_needs_it_alone():
    """The service's by the service, the analyst's by Grafana."""
    assert volumes_of("service-token") == {"tokens", "service"}
    assert volumes_of("analyst-token") == {"tokens", "grafana"}


def test_the_broker_has_our_configuration_but_for_the_way_to_the_service():
    """One line of mosquitto.conf is another: the listener that the service comes to."""
    [_, _, command] = SERVICES["broker"]["command"]
    script = command.replace("$$", "$").partition(">")[0]
    script = script.replace("/etc/mosquitto/mosquitto.conf", str(ROOT / "mosquitto.conf"))
    told = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout
    ours = (ROOT / "mosquitto.conf").read_text(encoding="utf-8").splitlines()
    changed = [pair for pair in zip(ours, told.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [("listener 1883 127.0.0.1", "listener 1883")]


def tokens(folder):
    """One run of the script with an InfluxDB that is none; what it asked for."""
    (folder / "operator").write_text("secret-of-the-operator")
    for name in ("service", "analyst", "bin"):
        (folder / name).mkdir(exist_ok=True)
    fake = folder / "bin" / "influx"
    fake.write_text(FAKE_INFLUX)
    fake.chmod(0o755)
    (folder / "calls").write_text("")
    changes = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "FAKE": str(folder),
        "OPERATOR_TOKEN": str(folder / "operator"),
        "TOKENS": str(folder),
        "SERVICE_USER": "",
        "ANALYST_USER": "",
    }
    script = DEPLOY / "influxdb" / "tokens.sh"
    subprocess.run(["bash", script], check=True, env=os.environ | changes, capture_output=True)
    return (folder / "calls").read_text().splitlines()


def test_an_analysts_token_reads_aggregates_and_nothing_else(tmp_path):
    """The service's writes and reads both; each is in a file for its owner alone."""
    calls = tokens(tmp_path)
    service, analyst = [call for call in calls if call.startswith("auth create")]
    names = InfluxSettings(url="http://influxdb:8086")
    reads = re.findall(r"--(\w+)-bucket id-of-(\S+)", analyst)
    assert reads == [("read", names.aggregates)]
    assert "--write" not in analyst
    assert "--all-access" not in service + analyst
    assert "--operator" not in service + analyst
    assert set(re.findall(r"--(\w+)-bucket id-of-(\S+)", service)) == {
        (may, place) for may in ("read", "write") for place in (names.transitions, names.aggregates)
    }
    for name, told in (("service", "made-1=="), ("analyst", "made-2==")):
        file = tmp_path / name / "token"
        assert file.read_text() == told
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_tokens_that_are_there_stay(tmp_path):
    """A second run makes nothing."""
    tokens(tmp_path)
    again = tokens(tmp_path)
    assert again
    assert not [call for call in again if "create" in call]


def test_buckets_keep_points_as_long_as_the_service_would_have_them(tmp_path):
    """By the names of the settings, so that the service changes nothing."""
    made = [call for call in tokens(tmp_path) if call.startswith("bucket create")]
    names = InfluxSettings(url="http://influxdb:8086")
    assert made == [
        f"bucket create --name {names.transitions} --retention {KEPT_S[TRANSITIONS] // 3600}h",
        f"bucket create --name {names.aggregates} --retention {KEPT_S[AGGREGATES] // 3600}h",
    ]
    first = SERVICES["influxdb"]["environment"]
    assert first["DOCKER_INFLUXDB_INIT_BUCKET"] == names.transitions
    assert first["DOCKER_INFLUXDB_INIT_RETENTION"] == f"{KEPT_S[TRANSITIONS] // 3600}h"


def test_compose_understands_the_file(tmp_path):
    """Where there is a docker with compose."""
    extra("docker", "compose", "version")
    ended = subprocess.run(
        ["docker", "compose", "-f", DEPLOY / "compose.yaml", "config", "--quiet"],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"VRIJPLEK_BUILDING": str(tmp_path)},
    )
    assert ended.returncode == 0, ended.stderr
