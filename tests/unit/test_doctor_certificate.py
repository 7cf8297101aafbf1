"""The doctor at the broker's certificate: one that ends soon, one that does not count."""

import socket
import ssl
import subprocess
import threading
import time

import pytest
from support.patient import the_wrong_of

from vrijplek.doctor import broker


@pytest.fixture
def certified(tmp_path):
    """A server with a certificate of so many days for a name; its port and the file of its CA."""
    servers = []

    def serve(days, name="localhost"):
        key, cert = tmp_path / "server.key", tmp_path / "server.crt"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                key,
                "-out",
                cert,
                "-days",
                str(days),
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName=DNS:{name}",
            ],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        threading.Thread(target=_shake, args=(server, context), daemon=True).start()
        return server.getsockname()[1], cert

    yield serve
    for server in servers:
        server.close()


def _shake(server, context):
    while True:
        try:
            taken, _ = server.accept()
        except OSError:
            return
        try:
            context.wrap_socket(taken, server_side=True).close()
        except OSError:
            taken.close()


def test_a_certificate_that_ends_soon(certified):
    """Three weeks before."""
    port, ca = certified(30)
    assert all(f.is_well for f in broker.of_certificate("localhost", port, ca, time.time()))
    soon_s = time.time() + 15 * 86_400
    wrong = the_wrong_of(broker.of_certificate("localhost", port, ca, soon_s))
    assert wrong.found.startswith("valid until 20")


def test_a_certificate_that_does_not_count(certified):
    """Of a CA that nobody knows, or for another name."""
    port, ca = certified(30, "elsewhere")
    unknown = the_wrong_of(broker.of_certificate("localhost", port, None, time.time()))
    assert "self-signed certificate" in unknown.found.replace("self signed", "self-signed")
    other = the_wrong_of(broker.of_certificate("localhost", port, ca, time.time()))
    assert "Hostname mismatch" in other.found
