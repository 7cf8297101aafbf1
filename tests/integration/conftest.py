"""A broker with the project's configuration, for the tests that attack it."""

from collections.abc import Callable, Iterator

import pytest
from support.door import CONF, Door, opened


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
