"""The site's authority: what it signs, for whom and how long, and what it calls back."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from support.machine import program

from vrijplek.broker.certificates import (
    Authority,
    Issued,
    ends_at,
    host_of,
    serial_of,
    serials_in,
)

NOW_MS = 1_795_500_000_000
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
DAYS = 30
AUTHORITY = Authority.make(NOW_MS)


def verified(tmp_path, issued, purpose, *, authority=AUTHORITY, crl=None, at=NOW):
    """Whether openssl takes a certificate for a purpose, at a time."""
    (tmp_path / "ca").write_text(authority.kept().certificate)
    (tmp_path / "one").write_text(issued.certificate)
    words = [program("openssl"), "verify", "-x509_strict", "-purpose", purpose]
    words += ["-attime", str(int(at.timestamp())), "-CAfile", str(tmp_path / "ca")]
    if crl is not None:
        (tmp_path / "crl").write_text(crl)
        words += ["-crl_check", "-CRLfile", str(tmp_path / "crl")]
    ended = subprocess.run([*words, str(tmp_path / "one")], check=False, capture_output=True)
    return ended.returncode == 0


def test_a_board_gets_a_certificate_for_clients_alone(tmp_path):
    """It is good for a client and for no server."""
    issued = AUTHORITY.for_board("b1", NOW_MS, DAYS)

    assert verified(tmp_path, issued, "sslclient")
    assert not verified(tmp_path, issued, "sslserver")


@pytest.mark.parametrize("host", ["broker.hq.example", "192.0.2.1", "2001:db8::1"])
def test_the_broker_gets_one_for_servers_alone_by_its_host(tmp_path, host):
    """It is good for a server and for no client, and names the host."""
    issued = AUTHORITY.for_server(host, NOW_MS, DAYS)

    assert verified(tmp_path, issued, "sslserver")
    assert not verified(tmp_path, issued, "sslclient")
    assert host_of(issued.certificate) == host


def test_a_long_host_name_is_kept_whole():
    """The common name has a limit of 64, host names have one of 253."""
    host = f"{'a' * 60}.{'b' * 60}.example"

    assert host_of(AUTHORITY.for_server(host, NOW_MS, DAYS).certificate) == host


def test_a_certificate_of_a_board_names_no_host():
    """So nothing can be asked of it."""
    assert host_of(AUTHORITY.for_board("b1", NOW_MS, DAYS).certificate) == ""


def test_it_holds_from_a_day_ago_for_its_days(tmp_path):
    """Clocks of boards run behind; after its days it is worth nothing."""
    issued = AUTHORITY.for_board("b1", NOW_MS, DAYS)

    assert ends_at(issued.certificate) == NOW + timedelta(days=DAYS)
    held = {
        days: verified(tmp_path, issued, "sslclient", at=NOW + timedelta(days=days))
        for days in (-2, -0.5, 29.9, 30.1)
    }
    assert held == {-2: False, -0.5: True, 29.9: True, 30.1: False}


def test_another_authority_counts_nothing(tmp_path):
    """Each site's is its own."""
    other = Authority.make(NOW_MS)
    issued = other.for_board("b1", NOW_MS, DAYS)

    assert not verified(tmp_path, issued, "sslclient")
    assert verified(tmp_path, issued, "sslclient", authority=other)


def test_what_was_called_back_counts_no_more(tmp_path):
    """Only that one, and until the authority itself ends."""
    gone, kept = (AUTHORITY.for_board("b1", NOW_MS, 9000) for _ in range(2))
    crl = AUTHORITY.called_back([serial_of(gone.certificate)], NOW_MS)

    assert serials_in(crl) == (serial_of(gone.certificate),)
    for years in (0, 19):
        at = NOW + timedelta(days=365 * years)
        assert not verified(tmp_path, gone, "sslclient", crl=crl, at=at)
        assert verified(tmp_path, kept, "sslclient", crl=crl, at=at)


def test_an_authority_comes_back_from_what_was_kept(tmp_path):
    """What it signs then is taken by who knows the first."""
    again = Authority.of(AUTHORITY.kept())

    assert verified(tmp_path, again.for_board("b1", NOW_MS, DAYS), "sslclient")


@pytest.mark.parametrize("key", ["of another", "no key"])
def test_a_certificate_without_its_key_is_refused(key):
    """Rather than signing what nobody takes."""
    text = Authority.make(NOW_MS).kept().key if key == "of another" else key

    with pytest.raises(ValueError):
        Authority.of(Issued(AUTHORITY.kept().certificate, text))


def test_an_issued_pair_is_never_shown_by_accident():
    """What holds a key says nothing of it where values are printed."""
    assert "secret" not in repr(Issued("certificate", "secret"))
