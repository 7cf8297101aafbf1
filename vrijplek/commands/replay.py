"""`vrijplek replay`: recorded traffic, published again."""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from paho.mqtt.client import Client, MQTTMessageInfo
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest.session import BrokerAddress, new_client
from vrijplek.broker.accounts import REPLAY
from vrijplek.capture import Recorded, opened, recorded
from vrijplek.commands.state import BrokerOption, PasswordFileOption, StateOption, password_of
from vrijplek.errors import CommandError, UnreachableError, UsageError
from vrijplek.running import Running

CONNECT_S = 10.0
IN_FLIGHT = 1_000


def replay(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A capture: JSON Lines, as of mosquitto_sub -F %j."),
    ],
    speed: Annotated[
        float | None,
        typer.Option(min=0.01, help="Times as fast; as fast as the service where left out."),
    ] = None,
    state: StateOption = Path(".vrijplek"),
    broker: BrokerOption = "",
    username: Annotated[str, typer.Option(help="Account at that broker.")] = REPLAY,
    password_file: PasswordFileOption = None,
) -> None:
    """Publish a recorded file again, with its own timing, into the running service's broker.

    Record one with `mosquitto_sub -h HOST -t '#' -F '%j' > FILE`. A service whose clock runs N
    times as fast wants --speed N, which is the default.

    For example, beside `vrijplek demo --building espresense-house`:

        vrijplek replay espresense-house.jsonl
    """
    with opened(file) as lines:
        messages = [m for m in recorded(lines, str(file)) if m.topic]
    address, own_speed = _address(state, broker, username, password_file)
    publish(address, messages, speed or own_speed)


def _address(
    state: Path, broker: str, username: str, password_file: Path | None
) -> tuple[BrokerAddress, float]:
    if broker:
        host, port = host_and_port(broker)
        password = password_file.read_text().strip() if password_file else ""
        return BrokerAddress(host, port, username, password), 1.0
    running = Running.read(state)
    password = password_of(state, username)
    mqtt5 = running.broker != "amqtt"
    address = BrokerAddress(
        running.broker_host, running.broker_port, username, password, mqtt5=mqtt5
    )
    return address, running.speed


def host_and_port(text: str) -> tuple[str, int]:
    """A broker's host and port, 1883 where none is named.

    Raises:
        UsageError: If it is neither HOST nor HOST:PORT.

    >>> host_and_port("hall:1884"), host_and_port("[::1]:1884"), host_and_port("hall")
    (('hall', 1884), ('::1', 1884), ('hall', 1883))
    """
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:\s]+)(?::(\d{1,5}))?", text)
    if found is None or int(found[2] or 1883) > 65535:
        raise UsageError(f"--broker: found {text!r}, expected HOST or HOST:PORT")
    return found[1].strip("[]"), int(found[2] or 1883)


def publish(
    address: BrokerAddress,
    messages: Sequence[Recorded],
    speed: float,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Publish messages at their own pace, and wait until the broker has them all.

    Raises:
        UnreachableError: If the broker does not answer, refuses the account, or goes away.
        CommandError: If a message can't be published at all, such as one with `#` in its topic.
    """
    client = new_client(address, clean=True)
    client.max_inflight_messages_set(IN_FLIGHT)
    try:
        client.connect(address.host, address.port, 30)
    except OSError as error:
        told = f"no broker on {address.host}:{address.port}: {error}"
        raise UnreachableError(told) from error
    client.loop_start()
    try:
        _wait(client.is_connected, f"the broker does not let {address.username!r} in")
        began_s, first_ms = time.monotonic(), next((m.at_ms for m in messages if m.at_ms), 0)
        with _progress() as progress:
            for message in progress.track(messages, description="publishing"):
                due_s = ((message.at_ms or first_ms) - first_ms) / 1000 / speed
                if (wait_s := due_s - (time.monotonic() - began_s)) > 0:
                    sleep(wait_s)
                sent = _sent(client, message)
        if messages:
            _wait(
                lambda: _has_gone(sent),
                "the broker has gone away, and not everything has reached it",
            )
    finally:
        client.disconnect()
        client.loop_stop()


def _sent(client: Client, message: Recorded) -> MQTTMessageInfo:
    try:
        return client.publish(message.topic or "", message.payload, message.qos, message.retain)
    except ValueError as error:
        raise CommandError(f"line {message.line} can't be published: {error}") from error


def _has_gone(sent: MQTTMessageInfo) -> bool:
    try:
        return sent.is_published()
    except RuntimeError:  # there was no connection then
        return False


def _wait(is_ready: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + CONNECT_S
    while not is_ready():
        if time.monotonic() > deadline:
            raise UnreachableError(complaint)
        time.sleep(0.02)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
