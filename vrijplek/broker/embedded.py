"""The embedded broker: amqtt, for trying things out where there is no mosquitto.

Run as ``python -m vrijplek.broker.embedded FILE``; the file holds host, port and accounts. amqtt
0.12.1 hands a resumed session nothing of what came meanwhile: only the boards' own resending covers
that (decision 0007).
"""

import asyncio
import hmac
import logging
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from vrijplek.broker.accounts import Account, May, Rule, allows


class Guests(msgspec.Struct, frozen=True):
    """Who may come in, and what everyone may do."""

    host: str
    port: int
    accounts: tuple[Account, ...]
    patterns: tuple[Rule, ...]

    def rules_of(self, user: str) -> tuple[Rule, ...]:
        """What one user may do."""
        own = next((a.rules for a in self.accounts if a.name == user), ())
        return (*own, *self.patterns)


class PasswordPlugin(BaseAuthPlugin):
    """Lets in who knows an account's password and uses its name as the client id."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """Whether this client may come in."""
        guests = _guests_of(self.config.file)
        name, password = session.username or "", session.password or ""
        known = next((a.password for a in guests.accounts if a.name == name), None)
        if known is None or session.client_id != name:
            return False
        return hmac.compare_digest(known.encode(), password.encode())

    @dataclass
    class Config:
        """Where the accounts are."""

        file: str = field(default="")


class RulesPlugin(BaseTopicPlugin):
    """Holds each client to its rules."""

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool | None:
        """Whether this client may publish, subscribe to or receive this topic."""
        if session is None or topic is None:
            return False
        user = session.username or ""
        may = May.WRITE if action == Action.PUBLISH else May.READ
        return allows(_guests_of(self.config.file).rules_of(user), user, may, topic)

    @dataclass
    class Config:
        """Where the accounts are."""

        file: str = field(default="")


_known: dict[str, Guests] = {}


def _guests_of(file: str) -> Guests:
    if file not in _known:
        _known[file] = msgspec.json.decode(Path(file).read_bytes(), type=Guests)
    return _known[file]


def configuration(file: Path) -> dict[str, object]:
    """Amqtt's configuration for the accounts in a file."""
    guests = _guests_of(str(file))
    plugin = "vrijplek.broker.embedded"
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{guests.host}:{guests.port}"}},
        "plugins": {
            f"{plugin}.PasswordPlugin": {"file": str(file)},
            f"{plugin}.RulesPlugin": {"file": str(file)},
        },
    }


async def serve(file: Path) -> None:
    """Run the broker until it is told to stop."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    broker = Broker(configuration(file))
    await broker.start()
    await stopping.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(Path(sys.argv[1])))
