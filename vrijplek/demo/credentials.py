"""Passwords at the demo's broker: made once, kept in a file of the owner's alone."""

import json
from pathlib import Path

from occupancy.building import Building
from vrijplek.broker.accounts import SERVICE, Account, May, Rule, new_password, service_rules
from vrijplek.private import write_private
from vrijplek.subscriptions import filters_of


def accounts(building: Building, file: Path) -> list[Account]:
    """An account for each board and for each part of the service.

    Args:
        building: Its boards.
        file: Where passwords are kept from one start to the next.
    """
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    rules = service_rules(building.site)
    heard = (Rule(May.READ, one) for one in filters_of(building))
    rules[SERVICE] = tuple(dict.fromkeys((*rules[SERVICE], *heard)))
    names = [*rules, *(board.id for board in building.boards)]
    passwords = {name: known.get(name) or new_password() for name in names}
    write_private(file, json.dumps(passwords, indent=2) + "\n")
    return [Account(name, passwords[name], rules.get(name, ())) for name in names]
