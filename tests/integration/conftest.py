"""Brokers: one with the project's configuration, and one in a house with a service."""

from collections.abc import Callable, Iterator

import pytest
from support.door import CONF, Door, opened
from support.house import House
from support.machine import program


@pytest.fixture
def open_door(tmp_path) -> Iterator[Callable[..., Door]]:
    """Starts a broker with a configuration, all listeners open unless asked otherwise."""
    doors: list[Door] = []

    def start(conf: str = opened(CONF)) -> Door:
        doors.append(Door(tmp_path, conf))
        return doors[-1]

    yield start
    for door in doors:
        door.close()


@pytest.fixture
def door(open_door) -> Door:
    """A broker with all listeners open."""
    return open_door()


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    """A house with a broker; everything in it is gone after the test."""
    program("mosquitto")
    made = House(tmp_path)
    yield made
    made.close()
