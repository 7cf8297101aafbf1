"""The broker: whether it is there, lets us in, and whether its certificate still counts.

The service's own account is never tried: its session would be taken from it. The others have none,
and are tried only while the service is not connected.
"""

import contextlib
import queue
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage

from ingest.session import BrokerAddress, new_client
from vrijplek.broker.accounts import PUBLISHER, TELLER
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient
from vrijplek.settings import BrokerSettings

CONNECT_S = 3.0
LISTEN_S = 1.5
TLS_PORT = 8883
SOON_DAYS = 21
DROPPED = "$SYS/broker/publish/messages/dropped"
ENDED = "let in, and the connection was ended after a moment"
TAKEN = "another client uses the same account or id: end it, or give it another"
MENDS = {
    ENDED: TAKEN,
    "Not authorized": "the account or its password: vrijplek board renew, then reload the broker",
    "Bad user name or password": "the account or its password, and its password file here",
    "Client identifier not valid": "use_username_as_clientid at the broker; our id is the account",
    "Unsupported protocol version": "set `mqtt5: false` for a broker that speaks only 3.1.1",
}


def _where(patient: Patient) -> tuple[str, int] | None:
    if patient.settings is not None:
        return patient.settings.broker.host, patient.settings.broker.port
    running = patient.running
    return (running.broker_host, running.broker_port) if running else None


def port(patient: Patient) -> Iterator[Finding]:
    """Whether anybody listens there."""
    where = _where(patient)
    if where is None:
        return
    told = f"{where[0]}:{where[1]}"
    try:
        socket.create_connection(where, timeout=CONNECT_S).close()
    except OSError as error:
        mend = "start the broker again; or correct `broker.host` and `broker.port`"
        yield Finding("broker", f"{told}: {error}", "somebody who listens", mend)
    else:
        yield Finding("broker", told)


def login(patient: Patient) -> Iterator[Finding]:
    """How the broker receives teller and publisher, while the service is not connected."""
    if patient.settings is None or patient.metric("broker_connected"):
        return
    broker = patient.settings.broker
    also = "; the service's own account may still be refused" if patient.answers else ""
    yield from _login(broker, TELLER, broker.teller_username, broker.teller_password_file, also)
    if patient.settings.publish is not None:
        name, file = broker.publisher_username, broker.publisher_password_file
        yield from _login(broker, PUBLISHER, name, file, "")


def _login(
    broker: BrokerSettings, client_id: str, who: str, file: Path | None, also: str
) -> Iterator[Finding]:
    try:
        password = file.read_text().strip() if file else ""
    except OSError:
        return  # the password files have findings of their own
    visit = visited(BrokerAddress(broker.host, broker.port, who, password, client_id, broker.mqtt5))
    what = f"login as {who or 'nobody'}"
    if visit.said == "Success":
        yield Finding(what, f"let in{also}")
        if visit.dropped:
            mend = "raise max_queued_messages; boards send again what was not acknowledged"
            told = f"the broker has dropped {visit.dropped} messages since its start"
            yield Finding("dropped by the broker", told, "0", mend)
    elif visit.said:
        yield Finding(what, visit.said, "let in", MENDS.get(visit.said, "look at the broker's log"))


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a short connection."""

    said: str
    """The broker's reason, `Success` where it let us in; empty where nobody listens."""
    dropped: int = 0
    """Messages that the broker has dropped, where the account may read that."""


def visited(address: BrokerAddress) -> Visit:
    """Connect for a moment, and leave again."""
    client = new_client(address, clean=True)
    client.connect_timeout = CONNECT_S
    said: queue.Queue[str] = queue.Queue()
    dropped: queue.Queue[int] = queue.Queue()
    client.on_connect = lambda _c, _u, _f, reason, _p: said.put(str(reason))
    client.on_disconnect = lambda _c, _u, _f, reason, _p: said.put(str(reason))
    client.on_message = lambda _c, _u, message: _note(message, dropped)
    try:
        client.connect(address.host, address.port, 10)
    except OSError:
        return Visit("")
    client.loop_start()
    try:
        return _listened(client, said, dropped)
    finally:
        client.on_disconnect = None
        client.disconnect()
        client.loop_stop()


def _listened(client: Client, said: queue.Queue[str], dropped: queue.Queue[int]) -> Visit:
    try:
        reason = said.get(timeout=CONNECT_S)
        if reason != "Success":
            return Visit(reason)
        client.subscribe(DROPPED)
        with contextlib.suppress(queue.Empty):
            said.get(timeout=LISTEN_S)
            return Visit(ENDED)
    except queue.Empty:
        return Visit("no answer to CONNECT; is it a broker?")
    with contextlib.suppress(queue.Empty):
        return Visit("Success", dropped.get_nowait())
    return Visit("Success")


def _note(message: MQTTMessage, dropped: queue.Queue[int]) -> None:
    with contextlib.suppress(ValueError):
        dropped.put(int(message.payload))


def certificate(patient: Patient) -> Iterator[Finding]:
    """How long the broker's certificate still counts, where it speaks TLS."""
    where = _where(patient)
    ca_file: Path | None = getattr(patient.settings and patient.settings.broker, "ca_file", None)
    if where is None or (where[1] != TLS_PORT and ca_file is None):
        return
    yield from of_certificate(*where, ca_file, time.time())


def of_certificate(
    host: str, tls_port: int, ca_file: Path | None, now_s: float
) -> Iterator[Finding]:
    """What is wrong with a server's certificate; nothing where nobody listens."""
    mend = "have a new one made, signed by the CA that clients know, and reload the broker"
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        with (
            socket.create_connection((host, tls_port), timeout=CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as tls,
        ):
            ends_s = ssl.cert_time_to_seconds(str((tls.getpeercert() or {})["notAfter"]))
    except ssl.SSLCertVerificationError as error:
        yield Finding("certificate", error.verify_message, "one that is valid for its host", mend)
        return
    except (OSError, KeyError):
        return
    told = f"valid until {datetime.fromtimestamp(ends_s, UTC):%Y-%m-%d}"
    if ends_s - now_s < SOON_DAYS * 86_400:
        yield Finding("certificate", told, f"valid for {SOON_DAYS} days or more", mend)
    else:
        yield Finding("certificate", told)
