"""The settings: what a file may say, what the environment says above it, what is said of errors."""

from datetime import time
from pathlib import Path

import pytest

from vrijplek.errors import EXIT_PROBLEMS, EXIT_USAGE, FileProblemsError, UsageError
from vrijplek.settings import (
    FinderSettings,
    HoursSettings,
    PublishSettings,
    port_of,
    read_settings,
)

SMALL = "building: hq.yaml\n"
KEYS = (
    "building, state, http, broker, influx, publish, finder, working_hours, invented_people, "
    "speed, start"
)
COUNCIL = "`works_council_ref`: Reference to the works council's consent"
NO_PORTS = ["abc", "-1", "65536", "80.0", "8 000", "\u0668\u0660", "9" * 5000, "0x50"]


@pytest.fixture
def read(tmp_path):
    """Reads settings from a text."""
    file = tmp_path / "vrijplek.yaml"

    def run(text, **environment):
        file.write_text(text, encoding="utf-8")
        return read_settings(file, environment)

    return run


@pytest.fixture
def problems(read):
    """What is wrong with a text, one line each, without the folder."""

    def run(text):
        with pytest.raises(FileProblemsError) as caught:
            read(text)
        assert caught.value.exit_code == EXIT_PROBLEMS
        return [str(p).rpartition("vrijplek.yaml:")[2] for p in caught.value.problems]

    return run


def test_a_building_is_enough(read):
    """Everything else has a default: loopback, no finder, office hours."""
    found = read(SMALL)
    assert (found.http.host, found.http.port) == ("127.0.0.1", 8000)
    assert found.finder is None
    assert found.working_hours == HoursSettings(
        days=("monday", "tuesday", "wednesday", "thursday", "friday"), start=time(7), end=time(19)
    )


def test_paths_start_at_the_folder_of_the_file(read, tmp_path):
    """However the command was started; absolute ones stay."""
    text = SMALL + (
        "state: kept\nbroker: {password_file: service.password, "
        "teller_password_file: /etc/teller.password}\n"
    )
    found = read(text)
    assert found.building == tmp_path / "hq.yaml"
    assert found.state == tmp_path / "kept"
    assert found.broker.password_file == tmp_path / "service.password"
    assert found.broker.teller_password_file == Path("/etc/teller.password")


def test_no_password_file_stays_none(read):
    """A broker without accounts needs none."""
    assert read(SMALL).broker.password_file is None


def test_the_environment_goes_before_the_file(read):
    """Host, port and state folder; the folder starts where the command was started."""
    text = SMALL + "state: kept\nhttp: {host: 10.0.0.7, port: 80, https: true}\n"
    found = read(text, VRIJPLEK_HOST="::1", VRIJPLEK_PORT="0", VRIJPLEK_STATE="else")
    assert (found.http.host, found.http.port, found.state) == ("::1", 0, Path("else"))
    assert found.http.https


def test_empty_variables_say_nothing(read):
    """As when a script sets them to nothing."""
    found = read(SMALL, VRIJPLEK_HOST="", VRIJPLEK_PORT="", VRIJPLEK_STATE="")
    assert (found.http.host, found.http.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize("text", NO_PORTS)
def test_a_port_that_is_none_is_told(read, text):
    """The variable, what was found and what was expected; the words are wrong, not a file."""
    with pytest.raises(UsageError, match=r"VRIJPLEK_PORT: found .*, expected a port") as caught:
        read(SMALL, VRIJPLEK_PORT=text)
    assert caught.value.exit_code == EXIT_USAGE


def test_a_port_is_a_number_from_0_to_65535():
    """Both ends are ports."""
    assert (port_of("0"), port_of("65535"), port_of("08000")) == (0, 65535, 8000)


def test_all_problems_are_told_at_once_with_their_lines(problems):
    """Types, ranges, misspelt and missing keys, each on the line where it stands."""
    told = problems(
        "building: 4\n"
        "stat: kept\n"
        "http:\n"
        '  port: "8000"\n'
        "broker:\n"
        "  port: 99999\n"
        "finder:\n"
        "  dpia_ref: DPIA-1\n"
        "speed: 0\n"
    )
    assert sorted(told) == [
        "1:11: building: found `4`, expected a text",
        f"2:1: stat: found `stat`, expected `state`, perhaps? The keys here are {KEYS}",
        "4:9: http.port: found `8000`, expected a whole number",
        "6:9: broker.port: found `99999`, expected a number of 65535 or less",
        "8:3: finder.since: found nothing, expected `since`: The day from which that consent holds",
        f"8:3: finder.works_council_ref: found nothing, expected {COUNCIL}",
        "9:8: speed: found `0`, expected a number above 0",
    ]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("sometimes", "working_hours: found `sometimes`, expected `always`, or a mapping"),
        ("[monday]", "working_hours: found a list, expected `always`, or a mapping"),
        ("{days: [mon]}", "working_hours.days[0]: found `mon`, expected `monday`, `tuesday`"),
        ("{days: []}", "working_hours.days: found a list, expected at least one day"),
        ("{start: 7}", 'working_hours.start: found `7`, expected a time of day such as "07:00"'),
        ("{end: late}", 'working_hours.end: found `late`, expected a time of day such as "07:00"'),
        ('{end: "06:00"}', "working_hours: found a mapping, expected `end` later than `start`"),
        ("{from: 7}", "working_hours.from: found `from`, expected one of days, start, end"),
    ],
)
def test_wrong_hours_are_one_problem(problems, hours, told):
    """Nothing is said of the other shape that hours may have."""
    [line] = problems(f"{SMALL}working_hours: {hours}\n")
    assert line.partition(" ")[2].startswith(told)


def test_one_account_for_both_sessions_is_refused(problems):
    """Each client id may be connected once, so they would end each other."""
    [line] = problems(SMALL + "broker:\n  username: one\n  teller_username: one\n")
    assert line.startswith("4:20: broker.teller_username: found `one`, expected another account")


@pytest.mark.parametrize("other", ["username", "teller_username"])
def test_the_publisher_has_an_account_of_its_own(problems, other):
    """For the same reason."""
    [line] = problems(SMALL + f"broker:\n  {other}: one\n  publisher_username: one\n")
    assert f"expected another account than `{other}`" in line


def test_nothing_goes_out_unless_asked(read):
    """With an empty mapping all has a default."""
    assert read(SMALL).publish is None
    assert read(f"{SMALL}publish: {{}}\n").publish == PublishSettings(
        prefix="vrijplek/v1", discovery_prefix="homeassistant", language="nl"
    )


@pytest.mark.parametrize("prefix", ["", "a/", "/a", "a//b", "a/+", "a/#", "#", "$SYS/a", "a b"])
def test_a_prefix_that_nobody_can_publish_under_is_refused(problems, prefix):
    """Empty levels, wildcards and what belongs to the broker."""
    [line] = problems(f'{SMALL}publish: {{prefix: "{prefix}"}}\n')
    assert "expected levels of a topic such as vrijplek/v1" in line


def test_hours_as_people_write_them(read):
    """With and without quotes, with another week."""
    found = read(f'{SMALL}working_hours: {{days: [sunday], start: 08:30, end: "12:00"}}\n')
    assert found.working_hours == HoursSettings(days=("sunday",), start=time(8, 30), end=time(12))


def test_always_is_a_word_for_demos(read):
    """Working hours of always."""
    assert read(f"{SMALL}working_hours: always\n").working_hours == "always"


def test_the_finder_needs_all_three(read):
    """With them it is there."""
    found = read(f"{SMALL}finder: {{dpia_ref: D, works_council_ref: W, since: 2026-12-01}}\n")
    assert isinstance(found.finder, FinderSettings)
    assert found.finder.since.isoformat() == "2026-12-01"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- building\n", "building\n"])
def test_a_file_that_is_no_mapping_is_told(problems, text):
    """An empty one too."""
    [line] = problems(text)
    assert line.endswith("expected a mapping of keys to values")


def test_broken_yaml_is_told_with_its_line(problems):
    """The place where the parser gave up, and nothing guessed beyond it."""
    assert problems("building: hq.yaml\nhttp: {port: 1\n")[0].endswith("expected valid YAML")


def test_a_key_twice_is_told(problems):
    """The second would win silently elsewhere."""
    assert any("building" in line for line in problems("building: a\nbuilding: b\n"))


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    """With its name, so that the command line can tell it."""
    with pytest.raises(OSError) as caught:
        read_settings(tmp_path / "gone.yaml", {})
    assert caught.value.filename == str(tmp_path / "gone.yaml")
