"""Mosquitto as a child: its three files, written anew at each start."""

import getpass
from collections.abc import Sequence
from pathlib import Path

from vrijplek.broker.accounts import Account, Rule, hashed
from vrijplek.private import write_private

CONF = """\
# Written by vrijplek at each start; change mosquitto.conf in the project instead.
# as root, mosquitto would go on as another user, who may not read these files
user {user}
listener {port} {host}
# the client id is the user name: nobody ends another's session
use_username_as_clientid true
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
# in memory alone: what waits for the service holds addresses of tags, which no file may hold;
# after a kill boards send again what was not acknowledged
persistence false
persistent_client_expiration 7d
max_inflight_messages 2000
max_queued_messages 200000
max_packet_size 1048576
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
"""


def write_files(
    folder: Path, host: str, port: int, accounts: Sequence[Account], patterns: Sequence[Rule]
) -> Path:
    """Write configuration, passwords and rules; the configuration's path.

    Args:
        folder: Where, made for its owner alone.
        host: Address to listen on.
        port: Port to listen on.
        accounts: All clients.
        patterns: Rules for everyone, with ``%u``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = "".join(f"{a.name}:{hashed(a.password)}\n" for a in accounts)
    write_private(folder / "passwords", passwords)
    lines = [f"pattern {rule.may} {rule.topic}" for rule in patterns]
    for account in accounts:
        if account.rules:
            lines += ["", f"user {account.name}"]
            lines += [f"topic {rule.may} {rule.topic}" for rule in account.rules]
    write_private(folder / "acl", "\n".join(lines) + "\n")
    conf = folder / "mosquitto.conf"
    write_private(
        conf, CONF.format(port=port, host=host, folder=folder.absolute(), user=getpass.getuser())
    )
    return conf
