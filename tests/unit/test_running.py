"""Where a running service is, for the other commands."""

import pytest

from vrijplek.errors import EXIT_UNREACHABLE, UnreachableError
from vrijplek.private import write_private
from vrijplek.running import Running, base_of, reachable

HERE = Running("http://127.0.0.1:8000", "127.0.0.1", 1883, "mosquitto", "hq", 60.0, 1_000, 500)


def test_what_is_saved_is_read(tmp_path):
    """By the owner alone."""
    HERE.save(tmp_path)
    assert Running.read(tmp_path) == HERE
    assert (tmp_path / "running.json").stat().st_mode & 0o777 == 0o600


def test_the_next_start_takes_its_place(tmp_path):
    """The file is replaced as a whole, and nothing is left beside it."""
    HERE.save(tmp_path)
    other = Running("http://127.0.0.1:9", "127.0.0.1", 1, "amqtt", "hq")
    other.save(tmp_path)
    assert Running.read(tmp_path) == other
    assert [file.name for file in tmp_path.iterdir()] == ["running.json"]


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"http": 4}', b"\xff"])
def test_without_a_service_it_is_told_what_to_do(tmp_path, content):
    """A file that is missing or half written is the same as none."""
    if content is not None:
        (tmp_path / "running.json").write_bytes(content)
    with pytest.raises(UnreachableError, match="start one with `vrijplek demo`") as caught:
        Running.read(tmp_path)
    assert caught.value.exit_code == EXIT_UNREACHABLE
    assert str(tmp_path) in str(caught.value)


def test_its_clock_can_be_told_from_the_wall(tmp_path):
    """At its own speed from its anchor; without an anchor it is the wall clock."""
    assert HERE.now_ms(500) == 1_000
    assert HERE.now_ms(600) == 7_000
    assert Running("", "", 0, "given", "hq").now_ms(123) == 123


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - only a text
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("desks.example", "http://desks.example:8000"),
    ],
)
def test_the_address_of_a_server_can_be_opened(host, base):
    """Where it listens everywhere it is reached on loopback; IPv6 has its brackets."""
    assert base_of(host, 8000) == base
    assert reachable(host) in base


def test_a_private_file_is_never_half_written(tmp_path, monkeypatch):
    """When writing ends early, the old one is still there and as it was."""
    file = tmp_path / "keys.json"
    write_private(file, "the old one")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vrijplek.private.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(file, "the new one")
    assert file.read_text() == "the old one"
    assert [left.name for left in tmp_path.iterdir()] == ["keys.json"]


def test_a_private_file_closes_what_was_open(tmp_path):
    """A file that others could read is for the owner alone afterwards."""
    file = tmp_path / "keys.json"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o600)
