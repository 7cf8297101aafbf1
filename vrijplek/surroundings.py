"""What decoders may know of a building: its boards, its channels, and where foreign devices are."""

from collections.abc import Callable

from occupancy.building import Building
from occupancy.placement import Board
from sensors.families.directory import wire_name
from sensors.family import Surroundings
from sensors.keys import NO_KEYS, Keys
from sensors.routing import Route, Routes
from sensors.tag import Tag


def surroundings_of(
    building: Building,
    enrolled: Callable[[str, int], Tag | None],
    keys: Callable[[], Keys] = lambda: NO_KEYS,
) -> Surroundings:
    """The surroundings of a building's messages."""
    return Surroundings(
        site=building.site,
        boards={board.id: board.family for board in building.boards},
        sensors={sensor.id: sensor.kind.value for sensor in building.sensors},
        enrolled=enrolled,
        routes=Routes([_route(board) for board in building.boards if board.family != "vrijplek"]),
        keys=keys,
    )


def _route(board: Board) -> Route:
    name = wire_name(board.family, board.base, board.device or board.id)
    device = "" if board.topic else name
    return Route(
        board.family, board.id, device, board.base, board.topic, board.channel, board.heartbeat_s
    )
